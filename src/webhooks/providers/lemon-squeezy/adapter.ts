/**
 * Lemon Squeezy, by its pages "Webhook Requests", "Signing Requests" and "Event Types", and its API objects Order,
 * Subscription and Subscription Invoice.
 */
import * as v from "valibot";
import { MS_PER_HOUR } from "../../../lib/time.ts";
import { instant, minorUnits, parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { acknowledgeUnfinished } from "../../provider-answers.ts";
import { planBetween, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, providerId } from "../../reading/provider-fields.ts";
import { invalidField, readClick, readEmail, readJsonBody } from "../../reading/read-fields.ts";
import { verifyBodySignature } from "../../signatures/body-signature.ts";
import { fromHex } from "../../signatures/signature.ts";

/** "Between 6 and 40 characters": 30 bytes make 40 of base64. */
const SECRET_BYTES = 30;

/** The money of these orders and invoices was taken; pending, failed, void and fraudulent ones are not. */
const PAID: ReadonlySet<string> = new Set(["paid", "partial_refund", "refunded"]);

const envelope = v.object({
  meta: v.object({
    event_name: v.string(),
    webhook_id: v.nullish(v.string()),
    test_mode: v.nullish(v.boolean()),
    custom_data: v.nullish(v.unknown()),
  }),
});

const of = {
  store_id: providerId,
  customer_id: providerId,
  user_email: v.nullish(v.unknown()),
  status: v.string(),
  created_at: instant,
  updated_at: instant,
  test_mode: v.nullish(v.boolean()),
};
const money = { currency: anyCaseCurrency, total: minorUnits, tax: minorUnits };
const givenBack = { refunded_amount: v.pipe(minorUnits, v.minValue(1, "is nothing")), refunded_at: v.nullish(instant) };
const invoiced = { subscription_id: providerId, billing_reason: v.string() };
const product = { product_id: v.nullish(providerId) };

/** A JSON:API resource with these attributes. */
const resource = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object({ data: v.object({ id: providerId, attributes: v.object({ ...of, ...entries }) }) });

const order = resource({ ...money, first_order_item: v.nullish(v.object(product)) });
const refundedOrder = resource({ ...money, ...givenBack });
const invoice = resource({ ...money, ...invoiced });
const refundedInvoice = resource({ ...money, ...invoiced, ...givenBack });
const subscription = resource({
  ...product,
  order_id: providerId,
  renews_at: v.nullish(instant),
  ends_at: v.nullish(instant),
});

type Meta = v.InferOutput<typeof envelope>["meta"];

export const lemonSqueezy: Provider = {
  source: "lemonsqueezy",

  ids: "provider",

  secret: { made_by: "us", make: (random) => random.slice(0, SECRET_BYTES).toBase64({ alphabet: "base64url" }) },

  // X-Event-Name is not signed; the body says the same.
  headers: [],

  verify: (request, secrets) => verifyBodySignature(request, secrets, { header: "X-Signature", decode: fromHex }),

  parse({ body }) {
    const json = readJsonBody(body);
    const { meta } = parseFields(envelope, json);
    const found = READERS.get(meta.event_name)?.(json, meta);
    return toReading({ type: meta.event_name, event_id: meta.webhook_id ?? null }, found);
  },

  // "Return a 200": after anything else it is sent three times more.
  answer: acknowledgeUnfinished,
};

const READERS: ReadonlyMap<string, (json: unknown, meta: Meta) => ParsedEvents> = new Map([
  ["order_created", readOrder],
  ["order_refunded", readRefundedOrder],
  ["subscription_created", readSubscription],
  ["subscription_payment_success", readInvoice],
  ["subscription_payment_refunded", readRefundedInvoice],
  ["subscription_expired", readExpired],
]);

/**
 * Every purchase begins with an order, that of a subscription too, whose first invoice repeats its payment: the order
 * alone is the sale. There is no shipping, so that all but the tax is the base, whether prices contain tax or not.
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
      product: first_order_item?.product_id ?? null,
    }),
  ];
}

/** The invoices after the first: renewals, and changes that are charged at once. */
function readInvoice(json: unknown, meta: Meta): ParsedEvents {
  const { data } = parseFields(invoice, json);
  const { status, total, tax, currency, created_at, billing_reason, subscription_id } = data.attributes;
  if (!PAID.has(status)) return `The invoice is ${status}.`;
  if (billing_reason === "initial") return "The first payment of a subscription is told by its order.";
  if (total === 0) return "Nothing was paid.";
  return [
    providerEvent({
      id: `subscription_payment_success:${data.id}`,
      type: "sale",
      occurred_at: created_at,
      click: readClick(meta.custom_data),
      ...origin(data.attributes, meta),
      payment: invoiceName(data.id, data.attributes),
      amount: withoutTax(total, tax),
      gross: total,
      currency,
      subscription: { id: subscription_id, interval: null },
    }),
  ];
}

/**
 * It says which order started the subscription: the order is its first payment, or what was paid for its trial. Without a
 * trial the order also paid the first invoice, whose refund names only the subscription.
 */
function readSubscription(json: unknown, meta: Meta): ProviderEvent[] {
  const { data } = parseFields(subscription, json);
  const { status, order_id, product_id, created_at, renews_at } = data.attributes;
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
      }),
      start,
    ];
  }
  // Its invoices tell neither its product nor how often it renews: its first period does.
  const plan = renews_at ? planBetween(created_at, renews_at) : null;
  const described = providerEvent({
    ...common,
    id: `subscription_created:${data.id}:plan`,
    type: "touch",
    // The order that started it was placed some moments before.
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
 * `refunded_amount` is all that has been given back so far. A refund is named by it: the same total told again is the same
 * refund, be it by the order's event or by its first invoice's, and a further refund is a further one.
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

/** A cancelled subscription runs on until it expires. */
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
  if (tax > total) throw invalidField("data.attributes.tax", "is more than the total");
  return total - tax;
}

/** Whose event it is, in which store and mode. */
function origin(
  attributes: { store_id: string; customer_id: string; user_email?: unknown; test_mode?: boolean | null | undefined },
  meta: Meta,
): Pick<ProviderEvent, "customer" | "account" | "test"> {
  return {
    customer: { id: attributes.customer_id, email: readEmail(attributes.user_email) },
    account: attributes.store_id,
    test: meta.test_mode ?? attributes.test_mode ?? false,
  };
}

// Orders and invoices are counted apart: number 1 is both.
const orderName = (id: string) => `order-${id}`;
const firstInvoiceName = (subscription: string) => `subscription-${subscription}-first`;

function invoiceName(id: string, invoice: { billing_reason: string; subscription_id: string }): string {
  return invoice.billing_reason === "initial" ? firstInvoiceName(invoice.subscription_id) : `invoice-${id}`;
}
