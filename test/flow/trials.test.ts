/** Trials that are paid for, and orders that start subscriptions, as providers tell them: which payment is the first. */
import { expect, test } from "vitest";
import lemonOrder from "../fixtures/lemonsqueezy/order-created.json";
import lemonSubscription from "../fixtures/lemonsqueezy/subscription-created.json";
import lemonRenewal from "../fixtures/lemonsqueezy/subscription-payment-success-renewal.json";
import wooRenewal from "../fixtures/woocommerce/order-created-renewal.json";
import wooOrder from "../fixtures/woocommerce/order-updated-paid.json";
import wooSubscription from "../fixtures/woocommerce/subscription-created-on-trial.json";
import { type Program, startProgram, timeOf } from "../support/dated-story.ts";
import { admin, click, eventually, postEvent, sale, send, setUp } from "../support/story.ts";
import { signLemonSqueezy } from "../webhooks/providers/lemon-squeezy/signer.ts";
import { signPostback } from "../webhooks/providers/postback/signer.ts";
import { signWooCommerce } from "../webhooks/providers/woocommerce/signer.ts";
import { notify } from "./kartra-ipn.ts";

const PAGE = "2025-01-01";

test("kartra: a paid trial of 1.00 earns nothing, and the rebill of 99.00 is the first payment", async () => {
  const program = await startProgram(PAGE, "kartra", { ann: {} }, "kartra");
  const click = await program.click("ann", "2026-01-01");
  await notify(program, "2026-01-02", { type: "trial", id: "1", lead: "lee", amount: "1.00", click });
  await notify(program, "2026-01-16", { type: "rebill", id: "2", lead: "lee", amount: "99.00" });
  await notify(program, "2026-02-16", { type: "rebill", id: "3", lead: "lee", amount: "99.00" });
  await program.expectLedger("ann", [
    ["commission", 1_980],
    ["commission", 0],
  ]);
});

test("kartra: customers on a paid trial count for no tier", async () => {
  const program = await startProgram(PAGE, "kartra", { ann: {} }, "kartra");
  for (const lead of ["lee", "kim", "max"]) {
    const click = await program.click("ann", "2026-01-01");
    await notify(program, "2026-01-02", { type: "trial", id: `t-${lead}`, lead, amount: "600.00", click });
  }
  await notify(program, "2026-01-16", { type: "rebill", id: "2", lead: "lee", amount: "99.00" });
  await program.entries("ann", 1);
  expect(await program.tier("ann", "2026-06-01")).toBe("referral");
});

/** A program with Kartra's terms, and what its affiliate's sales have earned so far. */
async function kartraTerms() {
  const story = await setUp({ preset: "kartra", affiliates: 1 });
  const { token } = await click(story.a.slug);
  const earned = (count: number) =>
    eventually(async () => {
      const path = `/v1/programs/${story.program}/affiliates/${story.a.username}/entries`;
      const { data } = (await admin("GET", path)).json;
      expect(data).toHaveLength(count);
      return data.map(({ amount }: { amount: number }) => amount).toReversed();
    });
  return { ...story, token, earned };
}

test.each([
  ["with ids", "txid=t1", "txid=p1"],
  ["with the order alone", "order_id=7", "order_id=7"],
  ["with the click alone", "", ""],
])("postback: event=trial&amount=1 %s, then a sale of 99.00", async (_, trial, full) => {
  const { program, token, earned } = await kartraTerms();
  const created = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "postback" });
  const { id: endpoint, secret } = created.json;
  const plan = `click_id=${token}&customer_id=c1&subscription_id=s1&interval=month&currency=USD`;
  for (const fields of [`event=trial&amount=1&${trial}&${plan}`, `event=sale&amount=99&${full}&${plan}`]) {
    const { path, query } = signPostback(fields, { endpoint, secret });
    const response = await send(`${path}?${query}`);
    expect(response.status, await response.text()).toBe(200);
  }
  expect(await earned(1)).toEqual([9_900]);
});

test("generic event: a trial with an amount, then sales of 99.00", async () => {
  const { endpoint, token, earned } = await kartraTerms();
  const plan = { customer: { id: "cus_1" }, subscription: { id: "sub_1", interval: "month" } };
  const began = await postEvent(endpoint, { ...sale({ ...plan, click: token }), type: "trial", amount: 100 });
  expect([began.status, began.json.status]).toEqual([200, "recorded"]);
  await postEvent(endpoint, sale(plan));
  expect(await earned(1)).toEqual([9_900]);
});

const lemon = async (program: Program, at: string, fixture: object) =>
  program.receive(timeOf(at), await signLemonSqueezy(JSON.stringify(fixture), { secret: program.endpoint.secret }));

/** A fixture with other attributes and the click. */
const withAttributes = (
  fixture: { meta: object; data: { attributes: object } },
  attributes: object,
  click?: string,
) => ({
  meta: { ...fixture.meta, custom_data: { lc_click: click } },
  data: { ...fixture.data, attributes: { ...fixture.data.attributes, ...attributes } },
});

/** The order and two renewals of a subscription at Lemon Squeezy. */
async function lemonStory(status: "active" | "on_trial", isSubscriptionFirst: boolean) {
  const program = await startProgram(PAGE, "kartra", { ann: {} }, "lemonsqueezy");
  const click = await program.click("ann", "2026-01-02");
  const subscription = withAttributes(lemonSubscription, { status }, click);
  const order = withAttributes(lemonOrder, {}, click);
  const { data } = lemonSubscription;
  const [first, second] = isSubscriptionFirst ? [subscription, order] : [order, subscription];
  await lemon(program, "2026-01-03T10:03:00Z", first);
  await lemon(program, "2026-01-03T10:04:00Z", second);
  for (const [index, at] of ["2026-02-03T10:00:00Z", "2026-03-03T10:00:00Z"].entries()) {
    const renewal = withAttributes(lemonRenewal, { subscription_id: Number(data.id), created_at: at });
    await lemon(program, at, { ...renewal, data: { ...renewal.data, id: `renewal-${index}` } });
  }
  return program;
}

const woo = async (program: Program, at: string, topic: string, fixture: object) =>
  program.receive(
    timeOf(at),
    await signWooCommerce(JSON.stringify(fixture), { secret: program.endpoint.secret, topic }),
  );

/** The order of 100.00 and two renewals of 20.00 of a subscription at WooCommerce. */
async function wooStory(trial_end_date_gmt: string, isSubscriptionFirst: boolean) {
  const program = await startProgram(PAGE, "kartra", { ann: {} }, "woocommerce");
  const click = await program.click("ann", "2026-01-02");
  const order = { ...wooOrder, meta_data: [{ key: "lc_click", value: click }] };
  const subscription = {
    ...wooSubscription,
    parent_id: order.id,
    start_date_gmt: order.date_paid_gmt,
    trial_end_date_gmt,
    meta_data: [],
  };
  const told: [string, object][] = [
    ["order.updated", order],
    ["subscription.created", subscription],
  ];
  for (const [topic, fixture] of isSubscriptionFirst ? told.toReversed() : told) {
    await woo(program, "2026-01-03T10:02:00Z", topic, fixture);
  }
  for (const [index, month] of ["02", "03"].entries()) {
    const renewal = {
      ...wooRenewal,
      id: 9_000 + index,
      date_paid_gmt: `2026-${month}-10T10:00:10`,
      meta_data: [{ key: "_subscription_renewal", value: String(subscription.id) }],
    };
    await woo(program, `2026-${month}-10T10:01:00Z`, "order.created", renewal);
  }
  return program;
}

test("the order that starts a subscription is its first payment", async () => {
  const ofLemon = await lemonStory("active", false);
  // 20% of 19.00, and 100% as soon as the plan is known to be monthly.
  await ofLemon.expectLedger("ann", [
    ["commission", 380],
    ["reversal", 1_520],
    ["commission", 0],
    ["commission", 0],
  ]);
  const ofWoo = await wooStory("", true);
  // Of a monthly plan it is 100%.
  await ofWoo.expectLedger("ann", [
    ["commission", 10_000],
    ["commission", 0],
    ["commission", 0],
  ]);
});

test("an order whose subscription is told later is corrected", async () => {
  const program = await wooStory("", false);
  await program.expectLedger("ann", [
    ["commission", 2_000],
    ["reversal", 8_000],
    ["commission", 0],
    ["commission", 0],
  ]);
});

test("the order that starts a trial is none of its payments", async () => {
  const ofLemon = await lemonStory("on_trial", true);
  // 20% of 24.00.
  await ofLemon.expectLedger("ann", [
    ["commission", 480],
    ["commission", 0],
  ]);
  const ofWoo = await wooStory("2026-02-10T10:00:00", true);
  await ofWoo.expectLedger("ann", [
    ["commission", 2_000],
    ["commission", 0],
  ]);
});

test("an order that turns out to have started a trial is reversed", async () => {
  const program = await wooStory("2026-02-10T10:00:00", false);
  await program.expectLedger("ann", [
    ["commission", 2_000],
    ["reversal", -2_000],
    ["commission", 2_000],
    ["commission", 0],
  ]);
});
