/** Events of a provider's test mode: recorded, explained and shown separately; never counted, never paid. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { type ConversionEvent, customerKeyOf } from "../../src/webhooks/conversion-event.ts";
import { readTiles, signIn } from "../portal/session.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

let events = 0;

/** Records a sale in test mode, with changes, in its Customer object. */
async function recordTest(program: string, changes: Partial<ConversionEvent>) {
  events += 1;
  const program_id =
    (await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(program).first<number>("id")) ?? 0;
  const event: ConversionEvent = {
    program_id,
    endpoint: "ep_test",
    namespace: "stripe",
    test: true,
    id: `evt_${events}`,
    type: "sale",
    occurred_at: Date.now(),
    customer: { id: "cus_1", email_hash: null },
    click: null,
    coupon: null,
    payment: "pay_1",
    refund: null,
    amount: 5_000,
    gross: 6_000,
    currency: "USD",
    product: null,
    subscription: null,
    ...changes,
  };
  const object = env.CUSTOMERS.getByName(customerKeyOf(event));
  return { object, receipt: await object.record(event, Date.now()) };
}

test("a test sale is credited, explained and shown separately, never counted and never paid", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const { token } = await click(a.slug);
  const { object, receipt } = await recordTest(program, { click: token });
  expect(receipt).toMatchObject({ status: "recorded", attributed_to: a.username, reason: "last_click" });
  const id = receipt.conversion ?? "";
  await recordTest(program, { type: "lead", payment: null, amount: null, gross: null, click: token });
  await recordTest(program, { type: "trial", payment: null, amount: null, gross: null });
  await recordTest(program, { type: "refund", refund: "re_1", amount: null, gross: 3_000 });
  const shown = await conversionThat(id, { status: "refunded", refunded: 2_500, test: true, gross: 6_000 });
  expect(shown).toMatchObject({ attributed_to: a.username, link: a.slug, entries: [], payment: "pay_1" });
  expect(shown.explanation.touches).toMatchObject([{ affiliate: a.username, outcome: "chosen" }]);
  expect(shown.explanation.notes).toEqual([
    "From the provider’s test mode: not counted and never paid.",
    "30.00 USD of the 60.00 USD paid with tax and shipping were refunded, which reverses 25.00 USD of the sale of 50.00 USD.",
  ]);
  const left = await runInDurableObject(object, (_, state) =>
    state.storage.sql.exec("SELECT message FROM outbox").toArray(),
  );
  expect(JSON.stringify(left)).not.toContain("account");

  // A live sale with the same ids changes the figures.
  const { json } = await postEvent(endpoint, sale({ customer: { id: "cus_1" }, payment: "pay_1", click: token }));
  expect(json.conversion).not.toBe(id);
  await conversionThat(json.conversion, { test: false, gross: null, entries: [{ amount: 3_960 }] });
  const figures = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
  expect(figures.json).toMatchObject({
    conversions: 1,
    conversions_by_type: { lead: 0, trial: 0, sale: 1 },
    balances: { reserve: 3_960, due: 0, paid: 0 },
  });
  const entries = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`);
  expect(entries.json.data).toMatchObject([{ conversion: json.conversion }]);

  const listed = async (query: string) => {
    const answer = await admin("GET", `/v1/conversions?program=${program}${query}`);
    return answer.json.data.map((row: { id: string; test: boolean }) => [row.id, row.test]);
  };
  expect(await listed("")).toEqual([[json.conversion, false]]);
  expect(await listed("&test=false")).toEqual([[json.conversion, false]]);
  const ofTest = await listed(`&test=true&affiliate=${a.username}`);
  expect(ofTest).toHaveLength(3);
  expect(ofTest).toContainEqual([id, true]);

  const { open } = await signIn(a.username);
  const { html } = await open("/app");
  expect(readTiles(html)).toMatchObject({ Sales: "1", "In reserve": "$39.60" });
  expect(readTiles(html)).not.toHaveProperty("Leads");
  expect(/over 30 days: \d+ clicks?, (\d+) sales?/.exec(html)?.[1]).toBe("1");
  expect(html.includes(json.conversion)).toBe(true);
  for (const [testId] of ofTest) {
    expect(html.includes(testId)).toBe(false);
    expect((await open(`/app/conversions/${testId}`)).status).toBe(404);
  }
  expect((await open(`/app/conversions/${json.conversion}`)).status).toBe(200);
});

test("a touch that arrives after its payment credits the payment", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const { token } = await click(a.slug);
  const paid = await recordTest(program, { test: false });
  expect(paid.receipt).toMatchObject({ attributed_to: null, reason: "no_touch" });
  const touched = await recordTest(program, { test: false, type: "touch", click: token, amount: null, gross: null });
  expect(touched.receipt).toMatchObject({ status: "recorded", conversion: null, attributed_to: null, reason: "touch" });
  await conversionThat(paid.receipt.conversion ?? "", {
    test: false,
    attributed_to: a.username,
    reason: "last_click",
    entries: [{ kind: "commission", amount: 2_000 }],
  });
  await recordTest(program, { test: false, type: "chargeback", refund: "d1", amount: null, gross: 6_000 });
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
    expect(json.balances).toMatchObject({ reserve: 0, due: 0 });
  });
  await recordTest(program, { test: false, type: "chargeback_won", refund: "d1", amount: null, gross: null });
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
    expect(json.balances).toMatchObject({ reserve: 2_000, due: 0 });
  });
});
