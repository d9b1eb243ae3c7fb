/**
 * Paddle Billing, not Paddle Classic. Sources: its pages "Verify webhook signatures", "Handle webhook delivery" and "Work with
 * custom data", and the Transaction, Subscription and Adjustment entities of its webhook reference. The transaction's id is the
 * payment's id.
 */
import * as v from "valibot";
import { portionOf } from "../../../lib/money.ts";
import { parseFields } from "../../../lib/validation.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import { type Provider, providerEvent } from "../../provider.ts";
import { acknowledgeUnfinished } from "../../provider-answers.ts";
import { planEvery, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, anyTime } from "../../reading/provider-fields.ts";
import { invalidField, readClick, readCommissionable, readJsonBody } from "../../reading/read-fields.ts";
import { verifyTimedSignature } from "../../signatures/timed-signature.ts";
import { readAdjustment } from "./adjustment.ts";
import { eventInfoOf, eventWith, minorText, paddleId } from "./fields.ts";

const envelope = v.object({ event_type: v.string(), event_id: v.nullish(v.string()) });

const customData = v.nullish(v.unknown());
const billingCycle = v.nullish(v.object({ interval: v.string(), frequency: v.nullish(v.number()) }));
const price = v.object({ product_id: v.nullish(v.string()), billing_cycle: billingCycle });
const items = v.array(v.object({ price: v.nullish(price) }));

const transaction = eventWith({
  customer_id: v.nullish(paddleId),
  subscription_id: v.nullish(paddleId),
  custom_data: customData,
  discount_id: v.nullish(v.string()),
  currency_code: anyCaseCurrency,
  created_at: anyTime,
  items,
  details: v.object({ totals: v.object({ tax: minorText, total: minorText, grand_total: minorText }) }),
  payments: v.array(v.object({ status: v.string(), captured_at: anyTime })),
});

const subscription = eventWith({
  status: v.string(),
  customer_id: paddleId,
  custom_data: customData,
  created_at: anyTime,
  started_at: anyTime,
  canceled_at: anyTime,
  billing_cycle: billingCycle,
  transaction_id: v.nullish(paddleId),
  items,
});

type Transaction = v.InferOutput<typeof transaction>["data"];

export const paddle: Provider = {
  source: "paddle",

  ids: "provider",

  secret: {
    made_by: "provider",
    check: (text) => {
      if (/^pdl_ntfset_\S+$/.test(text)) return;
      throw invalidField("secret", "must be the secret key of the notification destination, pdl_ntfset_…");
    },
  },

  headers: [],

  // Paddle's own libraries allow 5 s "by default" and only check the past, which would refuse a notification that was delayed.
  // A replay within this wider window is a duplicate by its event id and its transaction.
  verify: (request, secrets, { now }) =>
    verifyTimedSignature(request, secrets, now, {
      header: "Paddle-Signature",
      separator: ";",
      time: "ts",
      scheme: "h1",
      joint: ":",
      tolerance_seconds: 300,
    }),

  parse({ body }) {
    const json = readJsonBody(body);
    const { event_type: type, event_id } = parseFields(envelope, json);
    return toReading({ type, event_id: event_id ?? null }, () => READERS.get(type)?.(json));
  },

  // "Your server must respond with HTTP 200".
  answer: acknowledgeUnfinished,
};

const READERS: ReadonlyMap<string, (json: unknown) => ParsedEvents> = new Map([
  ["transaction.completed", readTransaction],
  ["transaction.paid", () => "The payment is recorded from transaction.completed."],
  ["subscription.created", readSubscription],
  ["subscription.trialing", readSubscription],
  ["subscription.canceled", readEnd],
  ["adjustment.created", readAdjustment],
  ["adjustment.updated", readAdjustment],
]);

/** A transaction is one payment, whatever its `origin`: a first payment, a renewal, a plan change or a one-time charge. */
function readTransaction(json: unknown): ParsedEvents {
  const event = parseFields(transaction, json);
  const { data } = event;
  const item = data.items.find(({ price }) => price?.billing_cycle) ?? data.items[0];
  const cycle = item?.price?.billing_cycle;
  const interval = cycle?.interval ?? null;
  const known = {
    ...eventInfoOf(event),
    customer: { id: data.customer_id ?? null, email: null },
    click: readClick(data.custom_data),
    // Earlier releases read no discount, so `coupon` stays empty: the event is the same one when it is sent again.
    ...(data.discount_id && { coupons: [data.discount_id] }),
    subscription: data.subscription_id ? { id: data.subscription_id, interval } : null,
    ...(data.subscription_id && withPlan(planOf(cycle), interval)),
  };
  const { amount, gross } = readPaid(data);
  if (amount === 0) {
    if (known.click === null && !data.discount_id) return "Nothing was paid.";
    return [providerEvent({ ...known, type: "touch", occurred_at: data.created_at ?? event.occurred_at })];
  }
  const captured = data.payments.find(({ status }) => status === "captured");
  return [
    providerEvent({
      ...known,
      type: "sale",
      occurred_at: captured?.captured_at ?? event.occurred_at,
      payment: data.id,
      amount,
      gross,
      currency: data.currency_code,
      ...readCommissionable(data.custom_data),
      product: item?.price?.product_id ?? null,
    }),
  ];
}

function planOf(cycle: v.InferOutput<typeof billingCycle>): BillingPlan | null {
  return planEvery(cycle?.interval, cycle?.frequency ?? 1);
}

/**
 * `total` is after discounts and includes tax, whether or not the prices do. `grand_total` is lower if a credit paid a part,
 * which reduces the tax in the same proportion ("See the tax amount charged after credits are applied").
 */
function readPaid({ details }: Transaction): { amount: number; gross: number } {
  const { tax, total, grand_total: gross } = details.totals;
  if (gross <= 0 || total <= 0) return { amount: 0, gross: 0 };
  if (tax < 0 || tax > total) throw invalidField("data.details.totals.tax", "must be between 0 and the total");
  return { amount: portionOf(total - tax, Math.min(gross, total), total), gross };
}

/**
 * The start of a trial, which both `subscription.created` and `subscription.trialing` report. Only the first names its
 * transaction, which may charge for the trial.
 */
function readSubscription(json: unknown): ParsedEvents {
  const event = parseFields(subscription, json);
  const { id, status, customer_id, custom_data, created_at, started_at, billing_cycle, items } = event.data;
  if (status !== "trialing")
    return "The subscription has no trial. Its payments are recorded from transaction.completed.";
  const { transaction_id } = event.data;
  const info = eventInfoOf(event);
  const common = {
    ...info,
    occurred_at: started_at ?? created_at ?? event.occurred_at,
    customer: { id: customer_id, email: null },
  };
  const trial = { id, interval: billing_cycle?.interval ?? null };
  const paid = providerEvent({
    ...common,
    id: `${info.id}:transaction`,
    type: "touch",
    payment: transaction_id ?? null,
    subscription: { ...trial, starts_trial: true },
  });
  return [
    providerEvent({
      ...common,
      type: "trial",
      click: readClick(custom_data),
      product: items[0]?.price?.product_id ?? null,
      subscription: trial,
      ...withPlan(planOf(billing_cycle), billing_cycle?.interval),
    }),
    ...(transaction_id ? [paid] : []),
  ];
}

/** Paddle sends `subscription.canceled` when the subscription ends, not when its end is scheduled. */
function readEnd(json: unknown): ParsedEvents {
  const event = parseFields(subscription, json);
  const { id, customer_id, canceled_at } = event.data;
  return [
    providerEvent({
      ...eventInfoOf(event),
      type: "cancellation",
      occurred_at: canceled_at ?? event.occurred_at,
      customer: { id: customer_id, email: null },
      subscription: { id, interval: null },
    }),
  ];
}
