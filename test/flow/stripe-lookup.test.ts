/** Promotion codes that Stripe's webhooks name by id only are credited by their text, with the endpoint's API key. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import invoicePaid from "../fixtures/stripe/invoice-paid-first.json?raw";
import { listDeliveries } from "../support/deliveries.ts";
import { runMinute } from "../support/run-cron.ts";
import { admin, send, setUp } from "../support/story.ts";
import { STRIPE_SECRET, signStripe } from "../webhooks/providers/stripe/signer.ts";

const DAY = 86_400_000;
const KEY = "rk_live_51QMaya";
let status = 200;
const asked: string[] = [];

beforeEach(() => {
  status = 200;
  asked.length = 0;
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { url, headers } = new Request(input as RequestInfo, init as RequestInit);
    asked.push(`${headers.get("authorization")} ${url}`);
    if (status === 0) throw new TypeError("network connection lost");
    const discounts = [{ id: "di_1", promotion_code: { code: "MAYA10" }, coupon: { id: "launch" } }];
    return status === 200 ? Response.json({ discounts }) : new Response(null, { status });
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function sell(api_key?: string) {
  const { program, a } = await setUp({ affiliates: 1 });
  await admin("POST", "/v1/coupons", { program, affiliate: a.username, code: "maya10" });
  const path = `/v1/programs/${program}/endpoints`;
  const { json: endpoint } = await admin("POST", path, {
    source: "stripe",
    secret: STRIPE_SECRET,
    ...(api_key !== undefined && { api_key }),
  });
  const event = JSON.parse(invoicePaid.replaceAll("lc_click", "plan"));
  event.data.object.discounts = ["di_1"];
  const post = async () => {
    const body = JSON.stringify(event);
    const { method, headers } = await signStripe(body, { now: Date.now() });
    return send(`/v1/webhooks/${endpoint.id}`, { method, headers, body });
  };
  return { program, a, endpoint, path: `${path}/${endpoint.id}`, post };
}

test("the invoice's promotion code is looked up, and its owner credited", async () => {
  const { a, post, endpoint, path } = await sell(KEY);
  const answer = await post();
  expect(await answer.json()).toMatchObject({ status: "recorded", attributed_to: a.username });
  expect(asked).toEqual([
    `Bearer ${KEY} https://api.stripe.com/v1/invoices/in_1SqVqXJk7Yd3WbTnFirst001?expand[]=discounts.promotion_code`,
  ]);
  expect(await (await post()).json()).toMatchObject({ status: "duplicate" });
  expect([endpoint.has_api_key, JSON.stringify(endpoint).includes(KEY)]).toEqual([true, false]);
  const stored = await env.DB.prepare("SELECT sealed_api_key FROM endpoints WHERE id = ?").bind(endpoint.id).first();
  expect(JSON.stringify(stored)).not.toContain(KEY);
  const { json } = await admin("PATCH", path, { api_key: null });
  expect(json.has_api_key).toBe(false);
});

test("without an API key nothing is looked up", async () => {
  const { post, path } = await sell();
  expect(await (await post()).json()).toMatchObject({ status: "recorded", attributed_to: null });
  expect(asked).toEqual([]);
  const { json } = await admin("PATCH", path, { api_key: KEY });
  expect(json.has_api_key).toBe(true);
});

test.each([0, 429, 500])("while Stripe's API fails (%d), the sale is stored and credited later", async (failure) => {
  const { a, program, post } = await sell(KEY);
  status = failure;
  const answer = await post();
  expect([answer.status, await answer.json()]).toMatchObject([202, { status: "spooled" }]);
  status = 200;
  await runMinute(Date.now() + 60_000);
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded", attributed_to: a.username }]);
});

test("a sale waits a day at most for a lookup", async () => {
  const { program, post } = await sell(KEY);
  status = 500;
  await post();
  await runMinute(Date.now() + DAY + 60_000);
  const detail = "The API key couldn't be used to look up details: Stripe answered 500.";
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded", attributed_to: null, detail }]);
});

test("a sale is recorded without the code where the key is refused, and its delivery says so", async () => {
  const { program, post, path } = await sell(KEY);
  status = 403;
  expect((await post()).status).toBe(200);
  const detail = "The API key couldn't be used to look up details: Stripe answered 403.";
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded", detail }]);
  const { json } = await admin("GET", path);
  expect(json.warnings).toMatchObject([{ code: "incomplete_sales", detail: expect.stringContaining(detail) }]);
});

test("an API key is refused where it is none, or where the provider has no use for one", async () => {
  const { program, path } = await sell();
  const refused = { status: 422, json: { code: "invalid_api_key", field: "api_key" } };
  expect(await admin("PATCH", path, { api_key: "sk_live_51Q" })).toMatchObject(refused);
  const post = (body: object) => admin("POST", `/v1/programs/${program}/endpoints`, body);
  expect(await post({ source: "stripe", api_key: "whsec_1" })).toMatchObject(refused);
  expect(await post({ source: "gumroad", api_key: KEY })).toMatchObject(refused);
});
