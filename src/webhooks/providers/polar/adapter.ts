/**
 * Polar. Sources: its pages "Handle & monitor webhook deliveries" and "Webhook Events", the Order, Subscription and Refund
 * schemas of its API, and its server's code for signatures and amounts. The order's id is the payment's id.
 */
import { Webhook } from "standardwebhooks";
import * as v from "valibot";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent, type SignedRequest } from "../../provider.ts";
import { acknowledgeConflict } from "../../provider-answers.ts";
import { planEvery, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, anyTime, lenient, providerId } from "../../reading/provider-fields.ts";
import {
  findClick,
  invalidField,
  readClick,
  readCommissionable,
  readCoupons,
  readCustomer,
  readJsonBody,
} from "../../reading/read-fields.ts";
import { readPaid, readUnits } from "../../reading/stripe-units.ts";
import { fromBase64 } from "../../signatures/signature.ts";
import { STANDARD_PREFIX, verifyStandardSignature } from "../../signatures/standard-signature.ts";

const utf8 = new TextEncoder();

const envelope = v.object({ type: v.string() });

/** Polar charges through Stripe, in its minor units. A credit is negative. */
const units = v.pipe(v.number(), v.safeInteger("must be an integer of minor units"));

const customData = v.nullish(v.unknown());
const customer = lenient(v.object({ email: v.nullish(v.unknown()) }));
const discount = lenient(v.object({ code: v.nullish(v.unknown()) }));
const billed = { recurring_interval: lenient(v.string()), recurring_interval_count: lenient(v.number()) };

const eventWith = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object({ timestamp: anyTime, data: v.object({ id: providerId, created_at: anyTime, ...entries }) });

const order = eventWith({
  paid: v.boolean(),
  currency: anyCaseCurrency,
  net_amount: units,
  tax_amount: units,
  applied_balance_amount: v.nullish(units),
  customer_id: lenient(providerId),
  customer,
  product_id: lenient(providerId),
  subscription_id: v.nullish(providerId),
  subscription: lenient(v.object({ metadata: customData, ...billed })),
  discount,
  metadata: customData,
  custom_field_data: customData,
});

const subscription = eventWith({
  status: v.string(),
  trial_start: anyTime,
  started_at: anyTime,
  ended_at: anyTime,
  customer_id: lenient(providerId),
  customer,
  product_id: lenient(providerId),
  discount,
  metadata: customData,
  custom_field_data: customData,
  ...billed,
});

const refund = eventWith({
  status: v.string(),
  amount: minorUnits,
  tax_amount: minorUnits,
  currency: anyCaseCurrency,
  order_id: providerId,
  customer_id: lenient(providerId),
});

type Order = v.InferOutput<typeof order>["data"];
type Subscription = v.InferOutput<typeof subscription>["data"];

export const polar: Provider = {
  source: "polar",

  ids: "provider",

  secret: {
    made_by: "provider",
    check: (text) => {
      // Before Polar created all secrets, merchants could choose them.
      if (/^[^\s\p{Cc}]{6,200}$/u.test(text)) return;
      throw invalidField("secret", "must be the secret that Polar shows with the endpoint, whsec_…");
    },
  },

  headers: ["webhook-id"],

  verify: (request, secrets, { now }) => verifyStandardSignature(request, secrets.flatMap(keysOf), now),

  parse(request) {
    const json = readJsonBody(request.body);
    const { type } = parseFields(envelope, json);
    const id = idOf(request);
    return toReading({ type, event_id: id }, () => READERS.get(type)?.(json, id));
  },

  // "Webhook endpoints are automatically disabled after 10 consecutive failed deliveries".
  answer: acknowledgeConflict,
};

/** The events of a body, with the id of the delivery's event, which is part of what is signed. */
const READERS: ReadonlyMap<string, (json: unknown, id: string) => ParsedEvents> = new Map([
  ["order.paid", readOrder],
  ["order.created", () => "The payment is recorded from order.paid."],
  ["order.updated", () => "The payment is recorded from order.paid."],
  ["order.refunded", () => "The refund is recorded from refund.created and refund.updated."],
  ["subscription.created", readSubscription],
  ["subscription.canceled", () => "A canceled subscription is active until it is revoked."],
  ["subscription.revoked", readEnd],
  ["refund.created", readRefund],
  ["refund.updated", readRefund],
]);

/**
 * The keys that Polar may sign with. A secret that it created since 2026-09-08 is a key in base64, as in the specification; the
 * text of an older one is itself the key. The two look alike, so both are tried.
 */
function keysOf(secret: string): Webhook[] {
  if (secret === "") return [];
  const decoded = secret.startsWith(STANDARD_PREFIX) ? fromBase64(secret.slice(STANDARD_PREFIX.length)) : null;
  const keys = [utf8.encode(secret), ...(decoded === null || decoded.length === 0 ? [] : [decoded])];
  return keys.map((key) => new Webhook(key, { format: "raw" }));
}

function idOf({ headers }: SignedRequest): string {
  return headers.get("webhook-id") ?? "";
}

/** An order is one payment, whatever its `billing_reason`: a purchase, a first payment, a renewal or a plan change. */
function readOrder(json: unknown, id: string): ParsedEvents {
  const { timestamp, data } = parseFields(order, json);
  if (!data.paid) return "The order is not paid yet.";
  const bags = [data.metadata, data.custom_field_data, data.subscription?.metadata];
  const interval = data.subscription?.recurring_interval ?? null;
  const known = {
    id,
    occurred_at: timestamp ?? data.created_at,
    customer: readCustomer(data.customer_id ?? null, data.customer?.email),
    click: clickIn(bags),
    ...readCoupons([data.discount?.code]),
    subscription: data.subscription_id ? { id: data.subscription_id, interval } : null,
    ...(data.subscription_id && withPlan(planOf(data.subscription ?? {}), interval)),
  };
  const money = moneyOf(data);
  if (money === null) return touchOrNote(known, "Nothing was paid. The order is free, or a credit covered it.");
  if (money.amount === 0) return touchOrNote(known, "Only tax was paid.");
  return [
    providerEvent({
      ...known,
      ...readCommissionable(...bags),
      type: "sale",
      payment: data.id,
      ...money,
      currency: data.currency,
      product: data.product_id ?? null,
    }),
  ];
}

/**
 * `net_amount` is after discounts and without tax, whether or not the prices include it. The customer's balance pays a part
 * (negative), or an earlier debt is paid with the order (positive).
 */
function moneyOf({ net_amount: net, tax_amount: tax, applied_balance_amount: balance, currency }: Order) {
  const total = net + tax;
  const paid = Math.max(0, total + (balance ?? 0));
  return total <= 0 || paid === 0 ? null : readPaid({ net, total, paid }, currency, "data.net_amount");
}

/** A trial. Its order is free, and the first payment after it is an order like a renewal. */
function readSubscription(json: unknown, id: string): ParsedEvents {
  const { timestamp, data } = parseFields(subscription, json);
  if (data.status !== "trialing") return "The subscription has no trial. Its payments are recorded from order.paid.";
  const interval = data.recurring_interval ?? null;
  return [
    providerEvent({
      id,
      type: "trial",
      occurred_at: data.trial_start ?? data.started_at ?? timestamp,
      customer: customerOf(data),
      click: clickIn([data.metadata, data.custom_field_data]),
      ...readCoupons([data.discount?.code]),
      product: data.product_id ?? null,
      subscription: { id: data.id, interval },
      ...withPlan(planOf(data), interval),
    }),
  ];
}

/** Polar sends `subscription.revoked` when the subscription ends, and `subscription.canceled` when its end is scheduled. */
function readEnd(json: unknown, id: string): ParsedEvents {
  const { timestamp, data } = parseFields(subscription, json);
  return [
    providerEvent({
      id,
      type: "cancellation",
      occurred_at: data.ended_at ?? timestamp,
      customer: customerOf(data),
      subscription: { id: data.id, interval: null },
    }),
  ];
}

/**
 * `refund.created` and `refund.updated`: each contains the refund as it was then. Its amounts are without a part of the order
 * that a balance paid, so only their sum is compared with what was paid. Polar also refunds to prevent a dispute.
 */
function readRefund(json: unknown, id: string): ParsedEvents {
  const { timestamp, data } = parseFields(refund, json);
  const { status, amount, tax_amount, currency } = data;
  const common = {
    id,
    customer: { id: data.customer_id ?? null, email: null },
    payment: data.order_id,
    refund: data.id,
    gross: readUnits(amount + tax_amount, currency, "data.amount"),
    currency,
  };
  switch (status) {
    case "succeeded":
      if (common.gross === 0) return "Nothing was refunded.";
      return [providerEvent({ ...common, type: "refund", occurred_at: data.created_at ?? timestamp })];
    case "failed":
    case "canceled":
      return [providerEvent({ ...common, type: "refund_failed", occurred_at: timestamp })];
    default:
      return `The refund is ${status}.`;
  }
}

function customerOf({ customer_id, customer }: Pick<Subscription, "customer_id" | "customer">) {
  return readCustomer(customer_id ?? null, customer?.email);
}

function planOf({ recurring_interval, recurring_interval_count }: Partial<Subscription>) {
  return planEvery(recurring_interval, recurring_interval_count ?? 1);
}

/**
 * The click in the order's metadata, which Polar copies from the checkout, in a custom field, or in the subscription's metadata.
 * The parameter `reference_id` of a Checkout Link becomes a field of the metadata.
 */
function clickIn(bags: readonly unknown[]): ProviderEvent["click"] {
  const clicks = bags.map((bag) => readClick(bag) ?? findClick(Object(bag).reference_id));
  return clicks.find((click) => click !== null) ?? null;
}
