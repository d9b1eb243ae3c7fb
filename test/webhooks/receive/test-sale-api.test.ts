/** Test sales that are sent through an endpoint. */
import { describe, expect, test } from "vitest";
import { admin, click, conversionThat, eventually, setUp } from "../../support/story.ts";

/** A program with a clicked link and an endpoint. */
async function open(endpoint: object, currency = "USD") {
  const { program, a } = await setUp({ affiliates: 1, program: { currency } });
  const { json } = await admin("POST", `/v1/programs/${program}/endpoints`, endpoint);
  const path = `/v1/programs/${program}/endpoints/${json.id}/test-sale`;
  const send = (body: object = { link: a.slug }, headers = {}) => admin("POST", path, body, headers);
  return { program, a, send, endpoint: json.id as string };
}

/** Sends until the click is stored. */
const sendOnceClicked = (send: () => ReturnType<typeof admin>) =>
  eventually(async () => {
    const sent = await send();
    expect(sent.status, JSON.stringify(sent.json)).toBe(200);
    return sent.json;
  });

describe.each([
  ["stripe", { source: "stripe", secret: "whsec_test", test: false }, "USD", 10_000],
  ["stripe in yen", { source: "stripe", secret: "whsec_test", test: false }, "JPY", 100],
  ["stripe in a currency with three decimals", { source: "stripe", secret: "whsec_test" }, "KWD", 100_000],
  ["standard in test mode", { source: "standard", test: true }, "EUR", 10_000],
])("through %s", (_, given, currency, amount) => {
  test("it is received like any delivery, credited in test mode, and earns nothing", async () => {
    const { program, a, send, endpoint } = await open(given, currency);
    await click(a.slug);
    const { status, conversion, attributed_to } = await sendOnceClicked(() => send());
    expect([status, attributed_to]).toEqual(["recorded", a.username]);
    await conversionThat(conversion, { test: true, amount, currency, attributed_to: a.username, entries: [] });
    const { data } = (await admin("GET", `/v1/programs/${program}/deliveries?endpoint=${endpoint}`)).json;
    expect(data).toMatchObject([{ outcome: "recorded", test: true, conversion }]);
    const { json } = await admin("GET", `/v1/programs/${program}/overview`);
    expect(json).toMatchObject({ sales: 0, clicks: 1 });
  });
});

test("a call that is repeated sends one sale, and is in the audit log", async () => {
  const { program, a, send, endpoint } = await open({ source: "standard", test: true });
  await click(a.slug);
  const key = { "Idempotency-Key": "once" };
  const first = await sendOnceClicked(() => send({ link: a.slug }, key));
  expect((await send({ link: a.slug }, key)).json).toEqual(first);
  const { json } = await admin("GET", `/v1/audit?program=${program}&limit=1`);
  expect(json.data[0]).toMatchObject({ action: "endpoint.tested", subject: endpoint });
});

test("nothing is sent without a click, for a real endpoint, without a secret, or for a provider that can't be signed for", async () => {
  const { a, send } = await open({ source: "standard", test: true });
  expect((await send()).json).toMatchObject({ status: 422, code: "link_not_clicked", field: "link" });
  expect((await send({ link: "nothing" })).json).toMatchObject({ status: 422, code: "link_not_found" });
  const other = await open({ source: "standard", test: true });
  expect((await other.send({ link: a.slug })).json).toMatchObject({ status: 422, code: "link_not_found" });
  for (const endpoint of [{ source: "standard" }, { source: "stripe" }, { source: "gumroad", test: true }]) {
    const { send } = await open(endpoint);
    expect((await send()).json).toMatchObject({ status: 409, code: "test_sale_unavailable" });
  }
});
