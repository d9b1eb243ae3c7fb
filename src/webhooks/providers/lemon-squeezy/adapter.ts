/**
 * Lemon Squeezy. Sources: its pages "Webhook Requests", "Signing Requests" and "Event Types", and its API objects Order,
 * Subscription and Subscription Invoice.
 */
import * as v from "valibot";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../../../lib/time.ts";
import { instant, minorUnits, parseFields } from "../../../lib/validation.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { acknowledgeUnfinished } from "../../provider-answers.ts";
import { monthlyPlanBetween, planBetween, readStatedPlan, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, anyTime, providerId } from "../../reading/provider-fields.ts";
import { invalidField, readClick, readCommissionable, readCustomer, readJsonBody } from "../../reading/read-fields.ts";
import { verifyBodySignature } from "../../signatures/body-signature.ts";
import { fromHex } from "../../signatures/signature.ts";
import { asFirstInvoice, endOfTrial, firstInvoiceName, nameTrialEnd } from "./first-invoice.ts";

/** "Between 6 and 40 characters": 30 bytes are 40 characters of base64. */
const SECRET_BYTES = 30;

/** The statuses of orders and invoices that were paid; pending, failed, void and fraudulent ones were not. */
const PAID: ReadonlySet<string> = new Set(["paid", "partial_refund", "partial_refunded", "refunded"]);

/** The statuses of a subscription that is paid for, or will be. */
const RUNNING: ReadonlySet<string> = new Set(["on_trial", "active", "past_due"]);

/** The first payment after a trial is made within this time of the trial's end, unless it fails. */
const AFTER_TRIAL_MS = MS_PER_DAY;
/** An update at most this far from a billing time belongs to it. */
const BILLING_TOLERANCE_MS = 6 * MS_PER_HOUR;
/** A plan is dated this long before the payment that it describes, so that it applies to it. */
const BEFORE_PAYMENT_MS = 10 * MS_PER_MINUTE;

const envelope = v.object({
  meta: v.object({
    event_name: v.string(),
    webhook_id: v.nullish(v.string()),
    test_mode: v.nullish(v.boolean()),
    custom_data: v.nullish(v.unknown()),
  }),
});

const common = {
  store_id: providerId,
  customer_id: providerId,
  user_email: v.nullish(v.unknown()),
  status: v.string(),
  created_at: anyTime,
  updated_at: anyTime,
  test_mode: v.nullish(v.boolean()),
};
const money = { currency: anyCaseCurrency, total: minorUnits, tax: minorUnits };
const refunded = {
  refunded_amount: v.pipe(minorUnits, v.minValue(1, "must be greater than 0")),
  refunded_at: anyTime,
};
const invoiced = { subscription_id: providerId, billing_reason: v.string() };
const product = { product_id: v.nullish(providerId) };

/** A JSON:API resource with these attributes. */
const resource = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object({ data: v.object({ id: providerId, attributes: v.object({ ...common, ...entries }) }) });

const order = resource({ ...money, first_order_item: v.nullish(v.object(product)) });
const refundedOrder = resource({ ...money, ...refunded });
const invoice = resource({ ...money, ...invoiced });
const refundedInvoice = resource({ ...money, ...invoiced, ...refunded });
const subscription = resource({
  ...product,
  variant_id: v.nullish(providerId),
  order_id: providerId,
  // The interval is calculated from these.
  created_at: instant,
  updated_at: instant,
  trial_ends_at: anyTime,
  renews_at: anyTime,
  ends_at: anyTime,
});

type Meta = v.InferOutput<typeof envelope>["meta"];

export const lemonSqueezy: Provider = {
  source: "lemonsqueezy",

  ids: "provider",

  secret: { made_by: "us", make: (random) => random.slice(0, SECRET_BYTES).toBase64({ alphabet: "base64url" }) },

  // X-Event-Name is not signed; the body has the same name.
  headers: [],

  verify: (request, secrets) => verifyBodySignature(request, secrets, { header: "X-Signature", decode: fromHex }),

  parse({ body, query }) {
    const json = readJsonBody(body);
    const { meta } = parseFields(envelope, json);
    const { event_name: type, webhook_id } = meta;
    return toReading({ type, event_id: webhook_id ?? null }, () => READERS.get(type)?.(json, meta, query));
  },

  // "Return a 200": any other status causes up to three retries.
  answer: acknowledgeUnfinished,
};

type Reader = (json: unknown, meta: Meta, query: URLSearchParams) => ParsedEvents;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["order_created", readOrder],
  ["order_refunded", readRefundedOrder],
  ["subscription_created", readSubscription],
  ["subscription_updated", readUpdate],
  ["subscription_payment_success", readInvoice],
  ["subscription_payment_refunded", readRefundedInvoice],
  ["subscription_expired", readExpired],
]);

/**
 * Every purchase starts with an order, even that of a subscription. The subscription's first invoice repeats the order's
 * payment, so only the order is the sale. There is no shipping: the base is the total without tax.
 */
function readOrder(json: unknown, meta: Meta): ParsedEvents {
  const { data } = parseFields(order, json);
  const { status, total, tax, currency, created_at, first_order_item } = data.attributes;
  if (!PAID.has(status)) return `The order is ${status}.`;
  const common = { occurred_at: created_at, click: readClick(meta.custom_data), ...origin(data.attributes, meta) };
  if (total === 0) {
    if (common.click === null) return "The order was free.";
    return [providerEvent({ id: `order_created:${data.id}`, type: "touch", ...common })];
  }
  return [
    providerEvent({
      id: `order_created:${data.id}`,
      type: "sale",
      ...common,
      payment: orderName(data.id),
      amount: withoutTax(total, tax),
      gross: total,
      currency,
      ...readCommissionable(meta.custom_data),
      product: first_order_item?.product_id ?? null,
    }),
  ];
}

/** Renewals, and plan changes that are charged immediately; the first invoice too: see `first-invoice.ts`. */
function readInvoice(json: unknown, meta: Meta): ParsedEvents {
  const { data } = parseFields(invoice, json);
  const { status, total, tax, currency, created_at, billing_reason, subscription_id } = data.attributes;
  if (!PAID.has(status)) return `The invoice is ${status}.`;
  if (total === 0) return "Nothing was paid.";
  const sale = providerEvent({
    id: `subscription_payment_success:${data.id}`,
    type: "sale",
    occurred_at: created_at,
    click: readClick(meta.custom_data),
    ...origin(data.attributes, meta),
    payment: invoiceName(data.id, data.attributes),
    amount: withoutTax(total, tax),
    gross: total,
    currency,
    ...readCommissionable(meta.custom_data),
    subscription: { id: subscription_id, interval: null },
  });
  return [billing_reason === "initial" ? asFirstInvoice(sale, subscription_id) : sale];
}

/**
 * Names the order that started the subscription, which is its first payment, or paid for its trial. Without a trial the order
 * also paid the first invoice, whose refund names only the subscription.
 */
function readSubscription(json: unknown, meta: Meta, query: URLSearchParams): ProviderEvent[] {
  const { data } = parseFields(subscription, json);
  const { status, order_id, product_id, variant_id, created_at, renews_at, trial_ends_at = null } = data.attributes;
  const stated = readStatedPlan(query, variant_id, product_id);
  const common = { id: `subscription_created:${data.id}`, occurred_at: created_at, ...origin(data.attributes, meta) };
  const isTrial = status === "on_trial";
  const start = providerEvent({
    ...common,
    id: `subscription_created:${data.id}:order`,
    type: "touch",
    payment: orderName(order_id),
    subscription: { id: data.id, interval: null, ...(isTrial && { starts_trial: true as const }) },
  });
  if (isTrial) {
    return [
      providerEvent({
        ...common,
        type: "trial",
        click: readClick(meta.custom_data),
        product: product_id ?? null,
        subscription: { id: data.id, interval: null },
        ...withPlan(stated),
      }),
      start,
      ...(trial_ends_at === null ? [] : [endOfTrial(common, data.id, trial_ends_at)]),
    ];
  }
  // Invoices contain neither the product nor the interval, so the interval is that of the first period.
  const plan = stated ?? (renews_at ? planBetween(created_at, renews_at) : null);
  const described = providerEvent({
    ...common,
    id: `subscription_created:${data.id}:plan`,
    type: "touch",
    // Its order was placed a few moments earlier.
    occurred_at: created_at - MS_PER_HOUR,
    product: product_id ?? null,
    subscription: { id: data.id, interval: null },
    ...withPlan(plan),
  });
  return [
    providerEvent({ ...common, type: "alias", payment: orderName(order_id), aliases: [firstInvoiceName(data.id)] }),
    start,
    ...(plan === null ? [] : [described]),
  ];
}

/**
 * `subscription_updated` is sent for every change: the plan from then on, after a trial, a renewal or a plan change. A change that
 * isn't made when the customer is billed doesn't show the interval, unless the endpoint's URL states it.
 */
function readUpdate(json: unknown, meta: Meta, query: URLSearchParams): ParsedEvents {
  const { data } = parseFields(subscription, json);
  const { status, product_id, variant_id, trial_ends_at, renews_at, updated_at } = data.attributes;
  if (!RUNNING.has(status)) return `The subscription is ${status}.`;
  const isAfterTrial = !!trial_ends_at && updated_at >= trial_ends_at && updated_at - trial_ends_at < AFTER_TRIAL_MS;
  const ends_at = trial_ends_at && (status === "on_trial" || isAfterTrial) ? trial_ends_at : null;
  const billed_at = isAfterTrial ? trial_ends_at : updated_at;
  const isBilled = status === "active" && !!renews_at;
  const plan =
    readStatedPlan(query, variant_id, product_id) ?? (isBilled ? periodOf(billed_at, renews_at, isAfterTrial) : null);
  if (plan === null) {
    // A trial may be extended. Updates repeat this, so it contains only data that doesn't change.
    const { customer: _, ...store } = origin(data.attributes, meta);
    const trial = { id: `subscription_updated:${data.id}:${ends_at}`, occurred_at: ends_at, ...store };
    if (ends_at !== null) return [endOfTrial(trial, data.id, ends_at)];
    return "The update does not show a new billing interval, so there is nothing to record.";
  }
  const { interval, interval_count = 1 } = plan;
  return [
    providerEvent({
      id: `subscription_updated:${data.id}:${product_id ?? ""}:${interval_count}-${interval}:${updated_at}`,
      type: "touch",
      occurred_at: billed_at - BEFORE_PAYMENT_MS,
      ...origin(data.attributes, meta),
      product: product_id ?? null,
      subscription: { id: data.id, interval: null },
      plan,
      ...(ends_at !== null && { related: [nameTrialEnd(data.id, ends_at)] }),
    }),
  ];
}

/** The plan of a period that starts when the customer is billed. A start that isn't certain must be whole months before the end. */
function periodOf(start: number, end: number, isCertain: boolean): BillingPlan | null {
  return isCertain ? planBetween(start, end) : monthlyPlanBetween(start, end, BILLING_TOLERANCE_MS);
}

function readRefundedOrder(json: unknown, meta: Meta): ProviderEvent[] {
  const { data } = parseFields(refundedOrder, json);
  return [refundOf(`order_refunded:${data.id}`, orderName(data.id), data.attributes, meta)];
}

function readRefundedInvoice(json: unknown, meta: Meta): ProviderEvent[] {
  const { data } = parseFields(refundedInvoice, json);
  const { subscription_id } = data.attributes;
  const refund = refundOf(
    `subscription_payment_refunded:${data.id}`,
    invoiceName(data.id, data.attributes),
    data.attributes,
    meta,
  );
  return [{ ...refund, subscription: { id: subscription_id, interval: null } }];
}

/**
 * `refunded_amount` is the total refunded so far, and is used as the refund's id. The same total reported again, by the order's
 * event or by its first invoice's, is therefore the same refund, and a higher total is another one.
 */
function refundOf(
  event: string,
  payment: string,
  attributes: v.InferOutput<typeof refundedOrder>["data"]["attributes"],
  meta: Meta,
): ProviderEvent {
  const { refunded_amount, refunded_at, updated_at, currency } = attributes;
  return providerEvent({
    id: `${event}:${refunded_amount}`,
    type: "refund",
    occurred_at: refunded_at ?? updated_at,
    ...origin(attributes, meta),
    payment,
    refund: `total:${refunded_amount}`,
    gross: refunded_amount,
    cumulative: true,
    currency,
  });
}

/** A canceled subscription stays active until it expires. */
function readExpired(json: unknown, meta: Meta): ProviderEvent[] {
  const { data } = parseFields(subscription, json);
  const { ends_at, updated_at } = data.attributes;
  return [
    providerEvent({
      id: `subscription_expired:${data.id}`,
      type: "cancellation",
      occurred_at: ends_at ?? updated_at,
      ...origin(data.attributes, meta),
      subscription: { id: data.id, interval: null },
    }),
  ];
}

function withoutTax(total: number, tax: number): number {
  if (tax > total) throw invalidField("data.attributes.tax", "must not be more than the total");
  return total - tax;
}

/** The customer, store and mode of an event. */
function origin(
  attributes: { store_id: string; customer_id: string; user_email?: unknown; test_mode?: boolean | null | undefined },
  meta: Meta,
): Pick<ProviderEvent, "customer" | "account" | "test"> {
  return {
    customer: readCustomer(attributes.customer_id, attributes.user_email),
    account: attributes.store_id,
    test: meta.test_mode ?? attributes.test_mode ?? false,
  };
}

// Orders and invoices are numbered separately: each has a number 1.
const orderName = (id: string) => `order-${id}`;

function invoiceName(id: string, invoice: { billing_reason: string; subscription_id: string }): string {
  return invoice.billing_reason === "initial" ? firstInvoiceName(invoice.subscription_id) : `invoice-${id}`;
}
