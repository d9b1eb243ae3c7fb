/** `Idempotency-Key` on calls that create: the same response again, and one record. */
import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { noonAfter, runCron } from "../support/run-cron.ts";
import { ORIGIN } from "../support/story.ts";

const DAY_MS = 86_400_000;
const program = {
  slug: "repeated",
  name: "Repeated",
  currency: "USD",
  destination_hosts: ["shop.example"],
  preset: "carrot",
};

async function post(path: string, key: string, body: unknown, bearer = env.ADMIN_TOKEN) {
  const headers = { Authorization: `Bearer ${bearer}`, "Idempotency-Key": key };
  const request = new Request(`${ORIGIN}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const response = await exports.default.fetch(request);
  const replayed = response.headers.get("Idempotent-Replayed");
  return { status: response.status, replayed, json: await response.json<Record<string, unknown>>() };
}

const count = (sql: string) => env.DB.prepare(`SELECT count(*) AS n FROM ${sql}`).first<number>("n");

describe("a call that is repeated with its Idempotency-Key", () => {
  test("gets the first response, and creates nothing again", async () => {
    const first = await post("/v1/keys", "key-1", { name: "Finance" });
    const again = await post("/v1/keys", "key-1", { name: "Finance" });
    expect(first).toMatchObject({ status: 201, replayed: null, json: { key: expect.stringMatching(/^lca_/) } });
    expect(again).toEqual({ ...first, replayed: "true" });
    expect(await count("admin_keys WHERE name = 'Finance'")).toBe(1);
    expect(await count("audit_entries WHERE action = 'key.created'")).toBe(1);
  });

  test("gets one record even if both calls run at the same time", async () => {
    const calls = await Promise.all([1, 2, 3, 4].map(() => post("/v1/keys", "key-2", { name: "Racing" })));
    for (const call of calls) expect(call).toMatchObject({ status: 201, json: calls[0]?.json ?? {} });
    expect(await count("admin_keys WHERE name = 'Racing'")).toBe(1);
  });

  test("is created rather than refused where the name is unique", async () => {
    expect(await post("/v1/programs", "program-1", program)).toMatchObject({ status: 201, replayed: null });
    expect(await post("/v1/programs", "program-1", program)).toMatchObject({ status: 201, replayed: "true" });
    expect(await post("/v1/programs", "program-2", program)).toMatchObject({ json: { code: "program_exists" } });
  });

  test("is refused with other content", async () => {
    const other = await post("/v1/keys", "key-1", { name: "Support" });
    expect(other).toMatchObject({ status: 409, json: { code: "idempotency_key_reused" } });
  });

  test("runs again after an error, which stores nothing", async () => {
    expect(await post("/v1/keys", "key-3", {})).toMatchObject({ status: 422 });
    expect(await post("/v1/keys", "key-3", { name: "Corrected" })).toMatchObject({ status: 201, replayed: null });
  });

  test("is another call for another API key", async () => {
    const { json } = await post("/v1/keys", "key-4", { name: "Script" });
    const own = await post("/v1/keys", "key-1", { name: "Finance" }, String(json.key));
    expect(own).toMatchObject({ status: 201, replayed: null });
  });

  test("finds no key in clear text in the database", async () => {
    const { json } = await post("/v1/keys", "key-5", { name: "Sealed" });
    const { results } = await env.DB.prepare("SELECT sealed_response FROM idempotent_calls").all();
    expect(results.length).toBeGreaterThan(0);
    expect(JSON.stringify(results)).not.toContain(String(json.key));
  });
});

test.each([["with spaces"], ["x".repeat(201)]])("the Idempotency-Key %j is refused", async (key) => {
  expect(await post("/v1/keys", key, { name: "n" })).toMatchObject({
    status: 422,
    json: { code: "invalid_idempotency_key" },
  });
});

test("a body that is too long is refused without reading all of it", async () => {
  const CHUNKS = 40;
  const post = async (path: string, headers: Record<string, string>) => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        if (pulled > CHUNKS) return controller.close();
        controller.enqueue(new Uint8Array(1_000_000));
      },
    });
    const sent = new Request(`${ORIGIN}${path}`, { method: "POST", headers, body });
    const { status } = await exports.default.fetch(sent);
    return { status, isAllRead: pulled > CHUNKS };
  };
  const Authorization = `Bearer ${env.ADMIN_TOKEN}`;
  const refused = { status: 413, isAllRead: false };
  expect(await post("/v1/keys", { Authorization, "Idempotency-Key": "long-1" })).toEqual(refused);
  const form = { Origin: ORIGIN, "Content-Type": "application/x-www-form-urlencoded" };
  for (const page of ["/admin/sign-in", "/app/sign-in"]) {
    expect(await post(page, form), page).toEqual({ status: 400, isAllRead: false });
  }
});

test("a response is kept for at least 24 hours, and deleted after 48", async () => {
  await post("/v1/keys", "key-6", { name: "Kept" });
  await runCron(noonAfter(Date.now()));
  expect(await count("idempotent_calls WHERE idempotency_key = 'key-6'")).toBe(1);
  await runCron(noonAfter(Date.now()) + 2 * DAY_MS);
  expect(await count("idempotent_calls WHERE idempotency_key = 'key-6'")).toBe(0);
});
