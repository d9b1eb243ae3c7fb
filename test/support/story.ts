/** Building blocks of the flow tests: a merchant's setup, visitors' clicks, checkouts' webhooks, and API reads. */
import { env, exports } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { expect, vi } from "vitest";

export const ORIGIN = "https://go.example.com";
export const BROWSER =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

const POLL = { timeout: 10_000, interval: 20 };

/** A request to the real Worker; redirects are not followed. */
export function send(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new Request(new URL(path, ORIGIN), { redirect: "manual", ...init }));
}

/** An admin call; returns the response's status and JSON. */
export async function admin(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
): Promise<{ status: number; json: any }> {
  const response = await send(path, {
    method,
    headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}`, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}

async function create(path: string, body: unknown) {
  const { status, json } = await admin("POST", path, body);
  expect(status, JSON.stringify(json)).toBe(201);
  return json;
}

let unique = 0;

/** A program with approved affiliates `a`, `b` …, each with one link, and a webhook endpoint. */
export async function setUp(options: { preset?: string; program?: Record<string, unknown>; affiliates?: number } = {}) {
  unique += 1;
  const number = unique;
  const program = `prog${number}`;
  const names = ["a", "b", "c"].slice(0, options.affiliates ?? 2);
  const affiliates = names.map((name) => ({ name, username: `${name}${number}`, slug: `${name}-link-${number}` }));
  await create("/v1/programs", {
    slug: program,
    name: `Program ${number}`,
    currency: "USD",
    preset: options.preset ?? "kartra-classic",
    destination_hosts: ["shop.example"],
    ...options.program,
  });
  // One after the other, so that their ids are in this order.
  for (const { name, username } of affiliates) {
    await create("/v1/affiliates", { username, name: `Affiliate ${name}`, email: `${username}@example.com` });
  }
  const enroll = async ({ username, slug }: { username: string; slug: string }) => {
    await create(`/v1/programs/${program}/enrollments`, { affiliate: username });
    await create("/v1/links", { program, affiliate: username, slug, destination: "https://shop.example/pricing" });
  };
  const [endpoint] = await Promise.all([
    create(`/v1/programs/${program}/endpoints`, { source: "standard" }),
    ...affiliates.map(enroll),
  ]);
  const [a, b = { username: "", slug: "" }] = affiliates;
  if (a === undefined) throw new Error("a story needs an affiliate");
  return { program, a, b, affiliates, endpoint: endpoint as { id: string; url: string; secret: string } };
}

/** A visitor's click; returns the landing URL's parts. */
export async function click(slug: string, init: { headers?: Record<string, string>; method?: string } = {}) {
  const response = await send(`/${slug}`, {
    ...(init.method !== undefined && { method: init.method }),
    headers: { "User-Agent": BROWSER, ...init.headers },
  });
  const location = response.headers.get("location");
  const token = location === null ? null : new URL(location).searchParams.get("lc_click");
  return {
    response,
    status: response.status,
    location,
    token: token ?? "",
    cookie: response.headers.get("set-cookie"),
  };
}

/** Posts a signed event as a checkout would; overrides make it invalid on purpose. */
export async function postEvent(
  endpoint: { id: string; secret: string },
  event: Record<string, unknown> | string,
  options: { id?: string; timestamp?: Date; secret?: string; headers?: Record<string, string> } = {},
) {
  const id = options.id ?? `msg_${crypto.randomUUID()}`;
  const timestamp = options.timestamp ?? new Date();
  const body = typeof event === "string" ? event : JSON.stringify(event);
  const response = await send(`/v1/webhooks/${endpoint.id}`, {
    method: "POST",
    body,
    headers: {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(timestamp.getTime() / 1_000)),
      "webhook-signature": new Webhook(options.secret ?? endpoint.secret).sign(id, timestamp, body),
      ...options.headers,
    },
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
  return { status: response.status, json: (await response.json()) as any };
}

/** A sale of 99.00 USD with a new payment id, with changes. */
export function sale(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: "sale",
    occurred_at: new Date().toISOString(),
    customer: { id: `cus_${crypto.randomUUID()}` },
    payment: `pay_${crypto.randomUUID()}`,
    amount: 9_900,
    currency: "USD",
    ...changes,
  };
}

/** Retries a check until an eventually consistent result satisfies it. */
export function eventually<T>(check: () => Promise<T>): Promise<T> {
  return vi.waitFor(check, POLL);
}

/** A conversion, once it is projected and matches the expectation. */
export function conversionThat(id: string, expected: Record<string, unknown>) {
  return eventually(async () => {
    const { json } = await admin("GET", `/v1/conversions/${id}`);
    expect(json).toMatchObject(expected);
    return json;
  });
}
