/** Webhooks that contain only ids are completed with the endpoint's API key, now or later. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import created from "../fixtures/bigcommerce/order-created.json?raw";
import { listDeliveries } from "../support/deliveries.ts";
import { runMinute } from "../support/run-cron.ts";
import { admin, send, setUp } from "../support/story.ts";
import { BIGCOMMERCE_TOKEN } from "../webhooks/providers/bigcommerce/signer.ts";
import { BIGCOMMERCE_ANSWERS } from "./provider-requests.ts";

const MINUTE = 60_000;
let status = 200;
/** Replaces the body of the API's answers. */
let broken: (() => Response) | null = null;

beforeEach(() => {
  status = 200;
  broken = null;
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const { url, headers } = new Request(input as RequestInfo, init as RequestInit);
    if (broken !== null) return broken();
    if (status === 0) throw new TypeError("network connection lost");
    if (headers.get("x-auth-token") !== BIGCOMMERCE_TOKEN) return new Response(null, { status: 401 });
    const answer = (BIGCOMMERCE_ANSWERS as Record<string, string>)[url];
    return status === 200 ? new Response(answer) : new Response(null, { status });
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function connect(api_key?: string) {
  const { program, a } = await setUp({ affiliates: 1 });
  await admin("POST", "/v1/coupons", { program, affiliate: a.username, code: "maya10" });
  const path = `/v1/programs/${program}/endpoints`;
  const { json: endpoint } = await admin("POST", path, { source: "bigcommerce", ...(api_key && { api_key }) });
  const post = (body = created) => send(endpoint.url, { method: "POST", body });
  const replay = async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/deliveries`);
    return admin("POST", `/v1/programs/${program}/deliveries/${json.data[0].id}/replay`);
  };
  return { program, a, path: `${path}/${endpoint.id}`, post, replay };
}

test("the order is fetched, credited, and counted once however many webhooks report it", async () => {
  const { a, post } = await connect(BIGCOMMERCE_TOKEN);
  expect(await (await post()).json()).toMatchObject({ status: "recorded", attributed_to: a.username });
  const updated = created.replace("store/order/created", "store/order/updated");
  expect(await (await post(updated)).json()).toMatchObject({ status: "duplicate" });
});

test("the same webhook again is a duplicate, also where the API answers something else by then", async () => {
  const { post } = await connect(BIGCOMMERCE_TOKEN);
  expect((await (await post()).json<{ status: string }>()).status).toBe("recorded");
  const [order = ""] = Object.values(BIGCOMMERCE_ANSWERS);
  const fixed = JSON.parse(order);
  fixed.billing_address.email = "corrected@example.org";
  vi.mocked(fetch).mockImplementationOnce(async () => Response.json(fixed));
  expect((await (await post()).json<{ status: string }>()).status).toBe("duplicate");
});

test.each([0, 429, 503])("while the API fails (%d), the webhook is stored and completed later", async (failure) => {
  const { a, program, post } = await connect(BIGCOMMERCE_TOKEN);
  status = failure;
  const answer = await post();
  expect([answer.status, await answer.json()]).toMatchObject([
    202,
    { status: "spooled", reason: "provider_unavailable" },
  ]);
  await runMinute(Date.now() + MINUTE);
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "spooled" }]);
  status = 200;
  await runMinute(Date.now() + 5 * MINUTE);
  expect(await listDeliveries(program)).toMatchObject([
    { outcome: "recorded", attributed_to: a.username, type: "store/order/created" },
  ]);
});

test.each([
  ["stops in its body", () => new Response(new ReadableStream({ pull: (body) => body.error(new Error("timed out")) }))],
  ["is cut off", () => new Response('{"id": 250, "status')],
  ["is a proxy's page", () => new Response("<h1>Back soon</h1>")],
])("an acknowledged webhook isn't refused where a later answer %s", async (_, answer) => {
  const { a, program, post } = await connect(BIGCOMMERCE_TOKEN);
  status = 503;
  expect((await post()).status).toBe(202);
  broken = answer;
  await runMinute(Date.now() + MINUTE);
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "spooled", reason: "provider_unavailable" }]);
  [broken, status] = [null, 200];
  await runMinute(Date.now() + 5 * MINUTE);
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded", attributed_to: a.username }]);
});

test("without an API key the webhook is refused, and replayed once there is one", async () => {
  const { a, program, path, post, replay } = await connect();
  expect((await post()).status).toBe(422);
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "refused", reason: "endpoint_without_api_key" }]);
  await admin("PATCH", path, { api_key: BIGCOMMERCE_TOKEN });
  await replay();
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded", attributed_to: a.username }]);
});

test("a key of another store is refused with the reason", async () => {
  const { program, post } = await connect(`${BIGCOMMERCE_TOKEN}x`);
  expect((await post()).status).toBe(422);
  const detail = "The API key couldn't be used to look up the event: BigCommerce answered 401.";
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "refused", reason: "lookup_failed", detail }]);
});

test("a replayed delivery that was recorded stays so while the API fails", async () => {
  const { program, post, replay } = await connect(BIGCOMMERCE_TOKEN);
  await post();
  status = 503;
  await replay();
  expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded" }]);
});

test("a customer is erased only once stored webhooks, which may be theirs, are completed", async () => {
  const { program, post } = await connect(BIGCOMMERCE_TOKEN);
  await post();
  status = 503;
  await post(created.replace("store/order/created", "store/order/updated"));
  const erase = () => admin("POST", "/v1/customers/erase", { program, email: "janedoe@example.com" });
  expect(await erase()).toMatchObject({ status: 503, json: { code: "customer_busy" } });
  status = 200;
  expect((await erase()).status).toBe(200);
  expect(await listDeliveries(program)).not.toContainEqual(expect.objectContaining({ outcome: "spooled" }));
});
