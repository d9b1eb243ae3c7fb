/** Plans that are billed every three months, as providers send them: which rule applies, and what each payment earns. */
import { afterEach, beforeEach, test, vi } from "vitest";
import lemonSubscription from "../fixtures/lemonsqueezy/subscription-created.json";
import lemonRenewal from "../fixtures/lemonsqueezy/subscription-payment-success-renewal.json";
import paypalSale from "../fixtures/paypal/sale-completed.json";
import paypalTrial from "../fixtures/paypal/subscription-activated-trial.json";
import stripeInvoice from "../fixtures/stripe/invoice-paid-first.json";
import { type Program, startProgram, timeOf } from "../support/dated-story.ts";
import { signLemonSqueezy } from "../webhooks/providers/lemon-squeezy/signer.ts";
import { PAYPAL_CERTIFICATES, signPaypal } from "../webhooks/providers/paypal/signer.ts";
import { signPostback } from "../webhooks/providers/postback/signer.ts";
import { STRIPE_SECRET, signStripe } from "../webhooks/providers/stripe/signer.ts";

const PAGE = "2025-01-01";
const HOUR = 3_600_000;
const WEBHOOK_ID = "9XL90610J3647323C";
const QUARTERS = ["2026-01-15", "2026-04-15", "2026-07-15"] as const;

beforeEach(() => {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const certificate = PAYPAL_CERTIFICATES[String(input instanceof Request ? input.url : input)];
    return certificate === undefined ? new Response(null, { status: 404 }) : new Response(certificate);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Quarterly plans: 25% in the first six months. Monthly plans: 100% of the first payment. Everything else: 10%. */
const TERMS = {
  rates: [
    { interval: ["month"], interval_count: 3, months: { from: 0, to: 5 }, rate_bps: 2_500 },
    { interval: ["month"], payment: { from: 1, to: 1 }, rate_bps: 10_000 },
    { rate_bps: 1_000 },
  ],
};

/**
 * Three payments of 297.00. The first two are in months 0 and 3: 25% of 297.00 is 74.25. The third is in month 6: 10% is 29.70.
 */
const QUARTERLY = [7_425, 7_425, 2_970].map((amount): [string, number] => ["commission", amount]);

const postback = (program: Program, at: string, fields: Record<string, unknown>) => {
  const { headers, body } = signPostback(fields, { endpoint: program.endpoint.id, secret: program.endpoint.secret });
  return program.receive(timeOf(at), { headers, body });
};

/** Three payments by postback, with these fields about the plan. */
async function postbackStory(plan: Record<string, unknown>): Promise<Program> {
  const program = await startProgram(PAGE, "kartra-classic", { ann: {} }, "postback", { terms: TERMS });
  const click_id = await program.click("ann", "2026-01-14");
  for (const [index, day] of QUARTERS.entries()) {
    const occurred_at = new Date(timeOf(day)).toISOString();
    const payment = { txid: `p${index}`, amount: "297.00", currency: "USD", customer_id: "c1", subscription_id: "s1" };
    await postback(program, day, { ...payment, ...plan, occurred_at, ...(index === 0 && { click_id }) });
  }
  return program;
}

test("postback: interval=month and interval_count=3", async () => {
  const program = await postbackStory({ interval: "month", interval_count: 3 });
  await program.expectLedger("ann", QUARTERLY);
});

test("postback: interval=month alone is a monthly plan", async () => {
  const program = await postbackStory({ interval: "month" });
  // 100% of the first payment, then 10% each.
  await program.expectLedger("ann", [
    ["commission", 29_700],
    ["commission", 2_970],
    ["commission", 2_970],
  ]);
});

/** Three invoices of 297.00 without tax, whose line has these fields. */
async function stripeStory(lineOf: (start: number, end: number) => object): Promise<Program> {
  const program = await startProgram(PAGE, "kartra-classic", { ann: {} }, "stripe", {
    terms: TERMS,
    secret: STRIPE_SECRET,
  });
  const lc_click = await program.click("ann", "2026-01-14");
  const ends = [...QUARTERS.slice(1), "2026-10-15"];
  for (const [index, day] of QUARTERS.entries()) {
    const [start, end] = [timeOf(day) / 1_000, timeOf(ends[index] ?? "") / 1_000];
    const { object } = stripeInvoice.data;
    const [line] = object.lines.data;
    const invoice = {
      ...object,
      ...{ id: `in_${index}`, currency: "usd", amount_paid: 29_700, total: 29_700, total_excluding_tax: 29_700 },
      ...{ total_taxes: [], metadata: { lc_click }, status_transitions: { paid_at: start } },
      lines: { data: [{ ...line, amount: 29_700, ...lineOf(start, end) }] },
    };
    const event = { ...stripeInvoice, id: `evt_${index}`, created: start, data: { object: invoice } };
    await program.receive(timeOf(day), await signStripe(JSON.stringify(event), { now: timeOf(day) }));
  }
  return program;
}

test("stripe: invoices whose lines have the period alone, as since API version 2025-03-31", async () => {
  const program = await stripeStory((start, end) => ({ period: { start, end } }));
  await program.expectLedger("ann", QUARTERLY);
});

test("stripe: invoices whose lines have a price with interval_count 3", async () => {
  const price = { product: "prod_1", recurring: { interval: "month", interval_count: 3 } };
  const program = await stripeStory((start, end) => ({ price, period: { start, end } }));
  await program.expectLedger("ann", QUARTERLY);
});

/** A trial, then three payments of 297.00 at PayPal, with updates of the subscription after the payments or none. */
async function paypalStory(query: string, hasUpdates: boolean): Promise<Program> {
  const program = await startProgram(PAGE, "kartra-classic", { ann: {} }, "paypal", {
    terms: TERMS,
    secret: WEBHOOK_ID,
  });
  const custom_id = await program.click("ann", "2026-01-01");
  const { resource } = paypalTrial;
  const send = async (at: number, event: object) => {
    const { headers, body } = await signPaypal(JSON.stringify(event), { webhook_id: WEBHOOK_ID, at });
    await program.receive(at, { headers, body }, query);
  };
  const started_at = new Date(timeOf("2026-01-01")).toISOString();
  const trial_ends_at = new Date(timeOf("2026-01-15")).toISOString();
  const billing_info = { ...resource.billing_info, next_billing_time: trial_ends_at };
  const trial = { ...resource, custom_id, start_time: started_at, create_time: started_at, billing_info };
  await send(timeOf("2026-01-01"), { ...paypalTrial, create_time: started_at, resource: trial });
  const next = [...QUARTERS.slice(1), "2026-10-15"];
  for (const [index, day] of QUARTERS.entries()) {
    const paid_at = new Date(timeOf(day) + HOUR).toISOString();
    const amount = { currency: "USD", total: "297.00", details: { subtotal: "297.00" } };
    const payment = { ...paypalSale.resource, id: `SALE${index}`, amount, billing_agreement_id: resource.id };
    await send(timeOf(day) + HOUR, {
      ...paypalSale,
      id: `WH-SALE-${index}`,
      create_time: paid_at,
      resource: { ...payment, custom_id: null, custom: null, create_time: paid_at },
    });
    if (!hasUpdates) continue;
    const cycles = [
      { tenure_type: "TRIAL", cycles_completed: 1 },
      { tenure_type: "REGULAR", cycles_completed: index + 1 },
    ];
    const billed = {
      ...{ cycle_executions: cycles, last_payment: { time: paid_at }, failed_payments_count: 0 },
      next_billing_time: new Date(timeOf(next[index] ?? "")).toISOString(),
    };
    await send(timeOf(day) + HOUR + 60_000, {
      ...{ ...paypalTrial, id: `WH-UPDATE-${index}`, event_type: "BILLING.SUBSCRIPTION.UPDATED" },
      create_time: new Date(timeOf(day) + HOUR + 60_000).toISOString(),
      resource: { ...trial, billing_info: billed },
    });
  }
  return program;
}

test("paypal: payments after a trial, with the plan in the webhook's URL", async () => {
  const program = await paypalStory(`plan=${paypalTrial.resource.plan_id}:3-month`, false);
  await program.expectLedger("ann", QUARTERLY);
});

test("paypal: payments after a trial, whose interval an update shows", async () => {
  const program = await paypalStory("", true);
  // The first payment earns 10% until the update arrives; 44.55 more make it 25%.
  await program.expectLedger("ann", [["commission", 2_970], ["reversal", 4_455], ...QUARTERLY.slice(1)]);
});

test("paypal: payments after a trial whose interval is not known earn by the other rule", async () => {
  const program = await paypalStory("", false);
  await program.expectLedger("ann", [
    ["commission", 2_970],
    ["commission", 2_970],
    ["commission", 2_970],
  ]);
});

/** A trial and three renewals of 24.00 at Lemon Squeezy; updates of the subscription arrive with the renewals. */
async function lemonStory(): Promise<Program> {
  const program = await startProgram(PAGE, "kartra-classic", { ann: {} }, "lemonsqueezy", { terms: TERMS });
  const lc_click = await program.click("ann", "2026-01-01");
  const isoOf = (at: string, ms = 0) => new Date(timeOf(at) + ms).toISOString();
  const send = async (at: number, fixture: { meta: object; data: object }, name: string, attributes: object) => {
    const { data } = fixture as typeof lemonSubscription;
    const event = {
      meta: { ...fixture.meta, event_name: name, custom_data: { lc_click } },
      data: {
        ...data,
        id: name.includes("payment") ? `${at}` : data.id,
        attributes: { ...data.attributes, ...attributes },
      },
    };
    await program.receive(at, await signLemonSqueezy(JSON.stringify(event), { secret: program.endpoint.secret }));
  };
  const trial_ends_at = isoOf("2026-01-15");
  await send(timeOf("2026-01-01"), lemonSubscription, "subscription_created", {
    ...{ status: "on_trial", trial_ends_at, renews_at: trial_ends_at },
    ...{ created_at: isoOf("2026-01-01"), updated_at: isoOf("2026-01-01") },
  });
  const next = [...QUARTERS.slice(1), "2026-10-15"];
  for (const [index, day] of QUARTERS.entries()) {
    await send(timeOf(day) + 60_000, lemonSubscription, "subscription_updated", {
      ...{ status: "active", trial_ends_at, renews_at: isoOf(next[index] ?? "") },
      updated_at: isoOf(day, 60_000),
    });
    await send(timeOf(day) + 90_000, lemonRenewal, "subscription_payment_success", {
      ...{ subscription_id: Number(lemonSubscription.data.id), created_at: isoOf(day, 30_000), currency: "USD" },
      ...{ total: 29_700, tax: 0 },
    });
  }
  return program;
}

test("lemonsqueezy: payments after a trial, whose interval an update shows", async () => {
  const program = await lemonStory();
  await program.expectLedger("ann", QUARTERLY);
});
