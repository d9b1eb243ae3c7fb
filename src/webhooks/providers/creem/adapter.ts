/**
 * Creem. Sources: its page "Webhooks", and the Checkout, Order, Subscription, Transaction, Refund and Dispute entities of its
 * official SDK. The transaction's id is the payment's id.
 */
import * as v from "valibot";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { type Provider, providerEvent } from "../../provider.ts";
import { acknowledgeUnfinished } from "../../provider-answers.ts";
import { withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, anyTime, lenient, providerId } from "../../reading/provider-fields.ts";
import { findClick, invalidField, readClick, readCommissionable, readJsonBody } from "../../reading/read-fields.ts";
import { verifyBodySignature } from "../../signatures/body-signature.ts";
import { fromHex } from "../../signatures/signature.ts";
import { couponsOf, discount, eventWith, infoOf, planOf, product, referenceTo, time } from "./fields.ts";
import { readDispute, readRefund } from "./reversal.ts";

const customData = v.nullish(v.unknown());
const optionalAmount = v.nullish(minorUnits);

const transaction = v.object({
  id: providerId,
  amount_paid: minorUnits,
  tax_amount: optionalAmount,
  currency: anyCaseCurrency,
  period_start: lenient(v.number()),
  period_end: lenient(v.number()),
  created_at: time,
});

const checkout = eventWith({
  request_id: v.nullish(v.unknown()),
  order: v.nullish(
    v.object({
      id: providerId,
      status: lenient(v.string()),
      type: lenient(v.string()),
      transaction: v.nullish(providerId),
      amount: minorUnits,
      amount_paid: optionalAmount,
      tax_amount: optionalAmount,
      currency: anyCaseCurrency,
    }),
  ),
  product,
  subscription: v.nullish(referenceTo({ metadata: customData })),
  discount,
  metadata: customData,
});

const subscription = eventWith({
  status: lenient(v.string()),
  product,
  last_transaction: v.nullish(transaction),
  canceled_at: anyTime,
  created_at: anyTime,
  discount,
  metadata: customData,
});

const envelope = v.object({ eventType: v.string(), id: v.nullish(v.string()) });

type Checkout = v.InferOutput<typeof checkout>["object"];

export const creem: Provider = {
  source: "creem",

  ids: "provider",

  secret: {
    made_by: "provider",
    check: (text) => {
      if (/^whsec_\S{6,190}$/.test(text)) return;
      throw invalidField("secret", "must be the signing secret that Creem shows with the webhook, whsec_…");
    },
  },

  headers: [],

  verify: (request, secrets) => verifyBodySignature(request, secrets, { header: "creem-signature", decode: fromHex }),

  parse({ body }) {
    const json = readJsonBody(body);
    const { eventType: type, id } = parseFields(envelope, json);
    return toReading({ type, event_id: id ?? null }, () => READERS.get(type)?.(json));
  },

  // "Respond with an HTTP 200 OK": any other status causes up to four retries.
  answer: acknowledgeUnfinished,
};

const READERS: ReadonlyMap<string, (json: unknown) => ParsedEvents> = new Map([
  ["checkout.completed", readCheckout],
  ["subscription.paid", readPayment],
  ["subscription.trialing", readTrial],
  ["subscription.active", () => "The payment is recorded from subscription.paid."],
  ["subscription.scheduled_cancel", () => "The subscription is active until subscription.canceled."],
  ["subscription.expired", () => "The payment may still be retried. The end is recorded from subscription.canceled."],
  ["subscription.canceled", readEnd],
  ["refund.created", readRefund],
  ["dispute.created", readDispute],
]);

/** A purchase. Of a subscription only the click and the coupon, because `subscription.paid` reports all its payments. */
function readCheckout(json: unknown): ParsedEvents {
  const event = parseFields(checkout, json);
  const { order, product: bought, subscription: started, request_id, metadata, discount: used } = event.object;
  const known = {
    ...infoOf(event),
    occurred_at: event.created_at,
    click: readClick(metadata) ?? readClick(Object(started).metadata) ?? findClick(request_id),
    ...couponsOf(used),
  };
  if (started || order?.type === "recurring") {
    const subscription = started ? { id: started.id, interval: null } : null;
    return touchOrNote({ ...known, subscription }, "The payment is recorded from subscription.paid.");
  }
  if (!order || order.status === "pending") return touchOrNote(known, "The order is not paid yet.");
  const money = moneyOf(order, "object.order.tax_amount");
  if (money.amount === 0) return touchOrNote(known, "Nothing was paid, or only tax.");
  return [
    providerEvent({
      ...known,
      ...readCommissionable(metadata),
      type: "sale",
      payment: order.transaction ?? order.id,
      aliases: order.transaction ? [order.id] : [],
      ...money,
      currency: order.currency,
      product: bought?.id ?? null,
    }),
  ];
}

/** A payment of a subscription, first or not. While it is trialing, what was paid for the trial. */
function readPayment(json: unknown): ParsedEvents {
  const event = parseFields(subscription, json);
  const { id, status, product: bought, last_transaction: paid, metadata, discount: used } = event.object;
  const known = {
    ...infoOf(event),
    occurred_at: paid?.created_at ?? event.created_at,
    click: readClick(metadata),
    ...couponsOf(used),
  };
  if (!paid) return touchOrNote(known, "The event does not say what was paid.");
  const { plan, interval } = planOf(bought, paid);
  const started = { id, interval, ...(status === "trialing" && { starts_trial: true as const }) };
  const money = moneyOf(paid, "object.last_transaction.tax_amount");
  if (money.amount === 0) return touchOrNote({ ...known, subscription: started }, "Nothing was paid, or only tax.");
  return [
    providerEvent({
      ...known,
      ...readCommissionable(metadata),
      type: "sale",
      payment: paid.id,
      ...money,
      currency: paid.currency,
      product: bought?.id ?? null,
      subscription: started,
      ...withPlan(plan, interval),
    }),
  ];
}

function readTrial(json: unknown): ParsedEvents {
  const event = parseFields(subscription, json);
  const { id, created_at, product: bought, metadata, discount: used } = event.object;
  const { plan, interval } = planOf(bought);
  return [
    providerEvent({
      ...infoOf(event),
      type: "trial",
      occurred_at: created_at ?? event.created_at,
      click: readClick(metadata),
      ...couponsOf(used),
      product: bought?.id ?? null,
      subscription: { id, interval },
      ...withPlan(plan, interval),
    }),
  ];
}

/** A canceled subscription has ended. Until then it is a scheduled cancellation. */
function readEnd(json: unknown): ParsedEvents {
  const event = parseFields(subscription, json);
  return [
    providerEvent({
      ...infoOf(event),
      type: "cancellation",
      occurred_at: event.object.canceled_at ?? event.created_at,
      subscription: { id: event.object.id, interval: null },
    }),
  ];
}

/** What was paid includes the tax, whether or not the price does. Older orders contain only their amount without it. */
function moneyOf(
  { amount, amount_paid: gross, tax_amount: tax }: Partial<NonNullable<Checkout["order"]>>,
  field: string,
): { amount: number; gross: number | null } {
  if (typeof gross !== "number") return { amount: amount ?? 0, gross: null };
  if ((tax ?? 0) > gross) throw invalidField(field, "must not be more than what was paid");
  return { amount: gross - (tax ?? 0), gross };
}
