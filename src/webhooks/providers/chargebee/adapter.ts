/**
 * Chargebee. Sources: its pages "Webhook settings", "Events" and "Currencies", and the Transaction, Invoice and Subscription
 * objects of its API versions 1 and 2. The parsed fields are the same in both, unless noted.
 */
import * as v from "valibot";
import { minorDigitsOf, rescale } from "../../../lib/currency.ts";
import { Problem } from "../../../lib/problem.ts";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { planEvery, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, providerId } from "../../reading/provider-fields.ts";
import {
  CLICK_FIELD,
  invalidField,
  NO_COMMISSION_FIELD,
  readClick,
  readCommissionable,
  readCoupons,
  readCustomer,
  readJsonBody,
} from "../../reading/read-fields.ts";
import { isOneOf } from "../../signatures/signature.ts";

const USERNAME = "lastclick";

/** Zero-decimal currencies have no decimals; all others "up to two decimal places". */
const MAX_DIGITS = 2;

const utf8 = new TextEncoder();

const seconds = v.pipe(
  v.number(),
  v.safeInteger("is not a time in seconds"),
  v.minValue(0, "must not be before 1970"),
  v.transform((at) => at * 1_000),
);

// Custom fields are named `cf_…` and stand next to the resource's own fields.
const CUSTOM_PREFIX = "cf_";
const bags = {
  [`${CUSTOM_PREFIX}${CLICK_FIELD}`]: v.nullish(v.unknown()),
  [`${CUSTOM_PREFIX}${NO_COMMISSION_FIELD}`]: v.nullish(v.unknown()),
  meta_data: v.nullish(v.unknown()),
};

const customer = v.object({ id: providerId, email: v.nullish(v.unknown()), ...bags });

const subscription = v.object({
  id: providerId,
  status: v.string(),
  created_at: v.nullish(seconds),
  trial_start: v.nullish(seconds),
  cancelled_at: v.nullish(seconds),
  billing_period: v.nullish(v.number()),
  billing_period_unit: v.nullish(v.string()),
  plan_id: v.nullish(v.string()),
  subscription_items: v.nullish(v.array(v.object({ item_price_id: v.string() }))),
  ...bags,
});

const invoice = v.object({
  id: providerId,
  total: v.nullish(minorUnits),
  // The total in version 1.
  amount: v.nullish(minorUnits),
  tax: v.nullish(minorUnits),
  amount_paid: v.nullish(minorUnits),
  amount_due: v.nullish(minorUnits),
  line_items: v.nullish(v.array(v.object({ entity_type: v.nullish(v.string()), entity_id: v.nullish(v.string()) }))),
  discounts: v.nullish(
    v.array(
      v.object({
        entity_type: v.nullish(v.string()),
        entity_id: v.nullish(v.string()),
        coupon_set_code: v.nullish(v.string()),
      }),
    ),
  ),
});

const transaction = v.object({
  id: providerId,
  type: v.string(),
  status: v.string(),
  payment_method: v.nullish(v.string()),
  date: seconds,
  amount: minorUnits,
  currency_code: anyCaseCurrency,
  refunded_txn_id: v.nullish(providerId),
  reference_transaction_id: v.nullish(providerId),
});

const named = v.object({ id: v.string(), event_type: v.string() });
const envelope = v.object({ ...named.entries, occurred_at: seconds });
const around = { customer: v.nullish(customer), subscription: v.nullish(subscription) };
const payment = v.object({ content: v.object({ ...around, transaction, invoice: v.nullish(invoice) }) });
const subscribed = v.object({ content: v.object({ ...around, subscription }) });

type Envelope = v.InferOutput<typeof envelope>;
type Payment = v.InferOutput<typeof payment>["content"];
type Invoice = v.InferOutput<typeof invoice>;
type Subscription = v.InferOutput<typeof subscription>;
type Around = Pick<Payment, "customer" | "subscription">;

export const chargebee: Provider = {
  source: "chargebee",

  ids: "provider",

  // The username and the password that the merchant sets for the webhook.
  secret: {
    made_by: "us",
    make: (random) => `${USERNAME}:${random.toBase64({ alphabet: "base64url", omitPadding: true })}`,
  },

  headers: [],

  verify({ headers }, secrets) {
    const [scheme = "", credentials = "", ...rest] = (headers.get("authorization") ?? "").split(" ");
    if (scheme !== "Basic" || credentials === "") {
      return new Problem(401, "signature_missing", "Basic authentication is required.");
    }
    const known = secrets.filter((secret) => secret !== "").map((secret) => utf8.encode(secret).toBase64());
    return rest.length === 0 && isOneOf(credentials, known)
      ? null
      : new Problem(401, "signature_invalid", "The username and password don't match this endpoint's secret.");
  },

  parse({ body }) {
    const json = readJsonBody(body);
    const { event_type: type, id: event_id } = parseFields(named, json);
    return toReading({ type, event_id }, () => READERS.get(type)?.(json, parseFields(envelope, json)));
  },
};

const READERS: ReadonlyMap<string, (json: unknown, event: Envelope) => ParsedEvents> = new Map([
  ["payment_succeeded", readPayment],
  ["payment_refunded", readRefund],
  ["payment_failed", readChange],
  ["transaction_updated", readChange],
  ["transaction_deleted", readChange],
  ["subscription_created", readStart],
  ["subscription_created_with_backdating", readStart],
  ["subscription_started", readStart],
  ["subscription_cancelled", readEnd],
  ["subscription_canceled_with_backdating", readEnd],
]);

/**
 * A payment is a transaction, because an invoice can be paid by several transactions, and by credits that were paid for before.
 * The base is the same share of the transaction as the invoice's total without tax is of its total.
 */
function readPayment(json: unknown, event: Envelope): ParsedEvents {
  const { content } = parseFields(payment, json);
  const { transaction: paid, invoice: bill } = content;
  if (paid.type !== "payment" || paid.status !== "success") return `The ${paid.type} is ${paid.status}.`;
  if (paid.amount === 0) return "Nothing was paid.";
  const currency = paid.currency_code;
  return [
    providerEvent({
      id: event.id,
      // A payment during a trial, such as for its setup.
      type: content.subscription?.status === "in_trial" ? "trial" : "sale",
      occurred_at: paid.date,
      ...about(content),
      click: clickOf(content),
      ...(bill && couponsOf(bill)),
      payment: paid.id,
      aliases: bill && bill.amount_due === 0 && bill.amount_paid === paid.amount ? [invoiceName(bill.id)] : [],
      amount: toMinor(bill ? withoutTax(paid.amount, bill) : paid.amount, currency),
      gross: toMinor(paid.amount, currency),
      currency,
      ...readCommissionable(...[content.subscription, content.customer].flatMap(bagsOf)),
      product: (bill ? planIn(bill) : null) ?? planOf(content.subscription),
    }),
  ];
}

/** A chargeback is a refund with that payment method. Chargebee sends no event when a chargeback is won. */
function readRefund(json: unknown, event: Envelope): ParsedEvents {
  const { content } = parseFields(payment, json);
  const { transaction: refund, invoice: bill } = content;
  if (refund.type !== "refund" || refund.status !== "success") return `The ${refund.type} is ${refund.status}.`;
  const refunded = refundedBy(refund, bill);
  if (refunded === null) throw invalidField("content.transaction.refunded_txn_id", "is missing");
  return [
    providerEvent({
      id: event.id,
      type: refund.payment_method === "chargeback" ? "chargeback" : "refund",
      occurred_at: refund.date,
      ...about(content),
      payment: refunded,
      refund: refund.id,
      gross: toMinor(refund.amount, refund.currency_code),
      currency: refund.currency_code,
    }),
  ];
}

/** The statuses of a transaction that moved no money, or whose money went back. */
const UNDONE: ReadonlySet<string> = new Set(["voided", "failure", "timeout", "late_failure"]);

/**
 * A transaction that doesn't count any longer: a payment that was voided, deleted, or that the bank returned ("a successful
 * payment transaction has failed now": `late_failure`), or a refund to which this happened. The next payment is a new transaction.
 */
function readChange(json: unknown, event: Envelope): ParsedEvents {
  const { content } = parseFields(payment, json);
  const { transaction: changed, invoice: bill } = content;
  const isDeleted = event.event_type === "transaction_deleted";
  const common = { id: event.id, occurred_at: event.occurred_at, ...about(content) };
  if (changed.type === "refund" && (isDeleted || UNDONE.has(changed.status))) {
    const refunded = refundedBy(changed, bill);
    if (refunded === null) return "The event does not identify the payment.";
    return [providerEvent({ ...common, type: "refund_failed", payment: refunded, refund: changed.id })];
  }
  // A payment that failed at once was never recorded.
  const isReturned = isDeleted || changed.status === "late_failure" || changed.status === "voided";
  if (changed.type !== "payment" || !isReturned) return `The ${changed.type} is ${changed.status}.`;
  return [
    providerEvent({
      ...common,
      type: "refund",
      payment: changed.id,
      refund: "reversed",
      gross: toMinor(changed.amount, changed.currency_code),
      currency: changed.currency_code,
    }),
  ];
}

function refundedBy(refund: Payment["transaction"], bill: Invoice | null | undefined): string | null {
  return refund.refunded_txn_id ?? refund.reference_transaction_id ?? (bill ? invoiceName(bill.id) : null);
}

/** A trial, or the customer with the click. The payment has its own event. */
function readStart(json: unknown, event: Envelope): ParsedEvents {
  const { content } = parseFields(subscribed, json);
  const { status, trial_start, created_at } = content.subscription;
  const click = clickOf(content);
  const common = { id: event.id, ...about(content), click };
  if (status === "in_trial") {
    const product = planOf(content.subscription);
    return [providerEvent({ ...common, type: "trial", occurred_at: trial_start ?? event.occurred_at, product })];
  }
  if (click === null)
    return `The subscription is ${status} and has no click. Its payments are recorded from payment_succeeded.`;
  return [providerEvent({ ...common, type: "touch", occurred_at: created_at ?? event.occurred_at })];
}

/** Sent when a subscription ends. `subscription_cancellation_scheduled`, which is ignored, only announces it. */
function readEnd(json: unknown, event: Envelope): ParsedEvents {
  const { content } = parseFields(subscribed, json);
  const occurred_at = content.subscription.cancelled_at ?? event.occurred_at;
  return [providerEvent({ id: event.id, type: "cancellation", occurred_at, ...about(content) })];
}

function about({ customer, subscription }: Around): Pick<ProviderEvent, "customer" | "subscription" | "plan"> {
  return {
    customer: readCustomer(customer?.id ?? null, customer?.email),
    subscription: subscription ? { id: subscription.id, interval: intervalOf(subscription) } : null,
    ...(subscription &&
      withPlan(planEvery(subscription.billing_period_unit, subscription.billing_period), intervalOf(subscription))),
  };
}

/** The interval, if its count is 1; otherwise `plan` has both. */
function intervalOf({ billing_period, billing_period_unit }: Subscription): string | null {
  return billing_period === 1 ? (billing_period_unit ?? null) : null;
}

/** The subscription's click, otherwise the customer's, which may be much older. */
function clickOf({ subscription, customer }: Around): string | null {
  const found = [subscription, customer].flatMap(bagsOf).map(readClick);
  return found.find((click) => click !== null) ?? null;
}

/** A resource's own fields with our names, and its metadata. */
function bagsOf(resource: Around["customer"] | Around["subscription"]): unknown[] {
  if (!resource) return [];
  const own = Object.entries(resource).filter(([name, value]) => name.startsWith(CUSTOM_PREFIX) && value !== null);
  return [
    Object.fromEntries(own.map(([name, value]) => [name.slice(CUSTOM_PREFIX.length), value])),
    resource.meta_data,
  ];
}

function couponsOf({ discounts }: Invoice): Pick<ProviderEvent, "coupon" | "coupons"> {
  const used = (discounts ?? []).filter(({ entity_type }) => entity_type?.includes("coupon"));
  return readCoupons(used.map(({ coupon_set_code, entity_id }) => coupon_set_code ?? entity_id));
}

/** The invoice's plan in either version of the product catalog, or its first other item. */
function planIn({ line_items }: Invoice): string | null {
  const items = line_items ?? [];
  const plan = items.find(({ entity_type }) => entity_type === "plan" || entity_type === "plan_item_price");
  return (plan ?? items[0])?.entity_id ?? null;
}

function planOf(subscription: Subscription | null | undefined): string | null {
  return subscription?.plan_id ?? subscription?.subscription_items?.[0]?.item_price_id ?? null;
}

/** The payment without tax, rounded to the nearest unit. */
function withoutTax(paid: number, { total, amount, tax }: Invoice): number {
  const billed = total ?? amount ?? 0;
  const net = billed - (tax ?? 0);
  if (net < 0) throw invalidField("content.invoice.tax", "must not be more than the total");
  if (billed === 0 || net === billed) return paid;
  const [wide, half] = [BigInt(paid) * BigInt(net), BigInt(billed) / 2n];
  return Number((wide + half) / BigInt(billed));
}

function toMinor(amount: number, currency: string): number {
  const units = rescale(amount, Math.min(MAX_DIGITS, minorDigitsOf(currency)), currency);
  if (units === null) throw invalidField("content.transaction.amount", `is not an amount of ${currency}`);
  return units;
}

// A transaction and an invoice may have the same id; merchants can choose both.
const invoiceName = (id: string) => `invoice:${id}`;
