/** A stand-in for the parts of Cloudflare's API that a deployment calls: one account with one workers.dev subdomain. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";

/** The account as the calls left it. */
export interface FakeAccount {
  databases: { uuid: string; name: string }[];
  queues: { queue_id: string; queue_name: string; consumers: { script: string }[] }[];
  buckets: string[];
  /** The bindings of each Worker; secrets have their value in `text`. */
  workers: Map<string, { type: string; name: string; text?: string }[]>;
  /** Requests that no route answers. */
  unknown: string[];
}

/** An answer: a result, or an error with its code. */
type Answer = { result: unknown } | { code: number; message: string; status: number };

interface Call {
  account: FakeAccount;
  sql: DatabaseSync;
  /** The parameters of the path. */
  given: string[];
  query: URLSearchParams;
  body: Buffer;
  type: string;
}

const NOT_FOUND = { code: 10_007, message: "This Worker does not exist on your account.", status: 404 };

/** The routes below the account. */
const ROUTES: [method: string, path: RegExp, answer: (call: Call) => Answer | Promise<Answer>][] = [
  ["GET", /^d1\/database$/, ({ account, query }) => ({ result: query.get("page") === "1" ? account.databases : [] })],
  [
    "POST",
    /^d1\/database$/,
    ({ account, body }) => {
      const { name } = JSON.parse(body.toString());
      if (account.databases.some((database) => database.name === name)) {
        return { code: 7502, message: "database with name already exists", status: 400 };
      }
      const database = { uuid: crypto.randomUUID(), name, version: "production", created_in_region: "WEUR" };
      account.databases.push(database);
      return { result: database };
    },
  ],
  [
    "GET",
    /^d1\/database\/([^/]+)$/,
    ({ account, given: [uuid] }) => ({ result: account.databases.find((each) => each.uuid === uuid) ?? null }),
  ],
  [
    "POST",
    /^d1\/database\/([^/]+)\/query$/,
    ({ account, sql, given: [uuid], body }) => {
      if (!account.databases.some((database) => database.uuid === uuid)) {
        return { code: 7404, message: "The database could not be found", status: 404 };
      }
      const { sql: text }: { sql: string } = JSON.parse(body.toString());
      try {
        const isQuery = /^\s*select/i.test(text);
        const results = isQuery ? sql.prepare(text).all() : [];
        if (!isQuery) sql.exec(text);
        return { result: [{ results, success: true, meta: { duration: 1, rows_read: 0, rows_written: 0 } }] };
      } catch (error) {
        return { code: 7500, message: `${error instanceof Error ? error.message : error}: SQLITE_ERROR`, status: 400 };
      }
    },
  ],
  [
    "GET",
    /^queues$/,
    ({ account, query }) => ({
      result: account.queues.filter(({ queue_name }) => [null, queue_name].includes(query.get("name"))),
    }),
  ],
  [
    "POST",
    /^queues$/,
    ({ account, body }) => {
      const { queue_name } = JSON.parse(body.toString());
      const queue = { queue_id: `q${account.queues.length}`, queue_name, consumers: [], producers_total_count: 0 };
      account.queues.push(queue);
      return { result: queue };
    },
  ],
  [
    "POST",
    /^queues\/([^/]+)\/consumers$/,
    ({ account, given: [id], body }) => {
      const consumer = { ...JSON.parse(body.toString()), consumer_id: "c1", type: "worker" };
      const added = { ...consumer, script: consumer.script_name };
      account.queues.find(({ queue_id }) => queue_id === id)?.consumers.push(added);
      return { result: added };
    },
  ],
  ["PUT", /^queues\/([^/]+)\/consumers\/([^/]+)$/, ({ body }) => ({ result: JSON.parse(body.toString()) })],
  [
    "POST",
    /^r2\/buckets$/,
    ({ account, body }) => {
      const { name } = JSON.parse(body.toString());
      if (account.buckets.includes(name)) {
        return { code: 10_004, message: "The bucket you tried to create already exists, and you own it.", status: 409 };
      }
      account.buckets.push(name);
      return { result: { name } };
    },
  ],
  [
    "GET",
    /^r2\/buckets\/([^/]+)$/,
    ({ account, given: [name = ""] }) =>
      account.buckets.includes(name)
        ? { result: { name } }
        : { code: 10_006, message: "The specified bucket does not exist.", status: 404 },
  ],
  [
    "GET",
    /^workers\/scripts\/([^/]+)\/secrets$/,
    ({ account, given: [name = ""] }) => {
      const secrets = account.workers.get(name)?.filter(({ type }) => type === "secret_text");
      return secrets === undefined ? NOT_FOUND : { result: secrets.map(({ text, ...shown }) => shown) };
    },
  ],
  [
    "GET",
    /^workers\/scripts\/([^/]+)\/settings$/,
    ({ account, given: [name = ""] }) => {
      const bindings = account.workers.get(name);
      return bindings === undefined ? NOT_FOUND : { result: { bindings: bindings.map(({ text, ...shown }) => shown) } };
    },
  ],
  [
    "GET",
    /^workers\/services\/([^/]+)$/,
    ({ account, given: [name = ""] }) =>
      account.workers.has(name)
        ? {
            result: {
              default_environment: { environment: "production", script: { tag: "t1", last_deployed_from: "wrangler" } },
            },
          }
        : { code: 10_090, message: "workers.api.error.service_not_found", status: 404 },
  ],
  ["GET", /^workers\/services\/[^/]+\/environments\/production$/, () => ({ result: { script: { tag: "t1" } } })],
  ["GET", /^workers\/durable_objects\/namespaces$/, () => ({ result: [] })],
  [
    "PUT",
    /^workers\/scripts\/([^/]+)$/,
    async ({ account, given: [name = ""], body, type }) => {
      const form = await new Response(new Uint8Array(body), { headers: { "Content-Type": type } }).formData();
      const metadata = JSON.parse(String(form.get("metadata")));
      const before = account.workers.get(name) ?? [];
      const sent: { type: string; name: string }[] = metadata.bindings;
      const lacking = sent.filter(
        (binding) => binding.type === "inherit" && !before.some((old) => old.name === binding.name),
      );
      if (lacking.length > 0) {
        return { code: 10_057, message: `inherit binding '${lacking[0]?.name}' is invalid`, status: 400 };
      }
      const own = sent.filter((binding) => binding.type !== "inherit");
      const kept = before.filter(
        (old) => old.type === "secret_text" && !own.some((binding) => binding.name === old.name),
      );
      account.workers.set(name, [...own, ...kept]);
      return { result: { id: name, entry_point: "index.js", startup_time_ms: 10, deployment_id: "v1", tag: "t1" } };
    },
  ],
  ["GET", /^workers\/scripts\/[^/]+\/deployments$/, () => ({ result: { deployments: [] } })],
  ["GET", /^workers\/subdomain$/, () => ({ result: { subdomain: "shop" } })],
  ["GET", /^workers\/scripts\/[^/]+\/subdomain$/, () => ({ result: { enabled: false, previews_enabled: false } })],
  ["POST", /^workers\/scripts\/[^/]+\/subdomain$/, ({ body }) => ({ result: JSON.parse(body.toString()) })],
  ["PUT", /^workers\/scripts\/[^/]+\/schedules$/, () => ({ result: {} })],
];

/** Serves the API until it is disposed of. */
export async function serveCloudflareApi(): Promise<AsyncDisposable & { url: string; account: FakeAccount }> {
  const account: FakeAccount = { databases: [], queues: [], buckets: [], workers: new Map(), unknown: [] };
  const sql = new DatabaseSync(":memory:");
  const server = createServer(async (request, response) => {
    const answer = await answerTo(request, account, sql);
    const isResult = "result" in answer;
    response.writeHead(isResult ? 200 : answer.status, { "Content-Type": "application/json" });
    const errors = isResult ? [] : [{ code: answer.code, message: answer.message }];
    const result = isResult ? answer.result : null;
    response.end(
      JSON.stringify({ success: isResult, errors, messages: [], result, result_info: { page: 1, total_pages: 1 } }),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    account,
    async [Symbol.asyncDispose]() {
      await new Promise((done) => server.close(done));
    },
  };
}

async function answerTo(request: IncomingMessage, account: FakeAccount, sql: DatabaseSync): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://api");
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (pathname === "/user") return { result: { id: "u1", email: "owner@example.com" } };
  if (pathname === "/user/tokens/verify") return { result: { id: "t1", status: "active" } };
  if (pathname === "/accounts") return { result: [{ id: "acc1", name: "Shop" }] };
  if (pathname === "/memberships") return { result: [{ id: "m1", account: { id: "acc1", name: "Shop" } }] };
  const path = pathname.replace("/accounts/acc1/", "");
  for (const [method, pattern, answer] of ROUTES) {
    const match = method === request.method ? pattern.exec(path) : null;
    if (match === null) continue;
    const type = request.headers["content-type"] ?? "";
    return answer({ account, sql, given: match.slice(1), query: searchParams, body: Buffer.concat(chunks), type });
  }
  account.unknown.push(`${request.method} ${pathname}`);
  return { code: 7003, message: `Could not route to ${pathname}`, status: 404 };
}
