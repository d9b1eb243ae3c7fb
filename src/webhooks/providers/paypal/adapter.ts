/**
 * PayPal. Sources: its pages "Webhook event names" and "Integrate webhooks", and the Orders v2, Payments v2, Subscriptions v1,
 * Disputes v1 and (for the payments of subscriptions) Sale v1 resources.
 */
import * as v from "valibot";
import { parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { type ParsedEvents, toReading } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, anyTime, decimal, readDecimal, readPaidDecimal } from "../../reading/provider-fields.ts";
import { invalidField, readClick, readCommissionable, readJsonBody } from "../../reading/read-fields.ts";
import { readDispute } from "./dispute.ts";
import { buyerOf, type Envelope, envelope, id, links, payer, readCustom, readTime } from "./fields.ts";
import { checkPaypalSecret } from "./secret.ts";
import { verifyPaypal } from "./signature.ts";
import { readActivation, readEnd, readUpdate } from "./subscription.ts";

/**
 * An optional field next to the click in `custom_id`: the payment without tax and shipping, which a capture doesn't contain. The
 * order's breakdown does, but isn't parsed.
 */
const AMOUNT_FIELD = "lc_amount";

const money = v.object({ currency_code: anyCaseCurrency, value: decimal });

/** An amount in version 1 of the API. */
const total = v.object({
  currency: anyCaseCurrency,
  total: decimal,
  details: v.nullish(v.object({ subtotal: v.nullish(decimal) })),
});

const capture = v.object({
  resource: v.object({
    id,
    amount: money,
    create_time: anyTime,
    custom_id: v.nullish(v.string()),
    supplementary_data: v.nullish(v.object({ related_ids: v.nullish(v.object({ order_id: v.nullish(id) })) })),
  }),
});

const sale = v.object({
  resource: v.object({
    id,
    amount: total,
    create_time: anyTime,
    billing_agreement_id: v.nullish(id),
    custom: v.nullish(v.string()),
    custom_id: v.nullish(v.string()),
  }),
});

const captureRefund = v.object({
  resource: v.object({ id, amount: money, create_time: anyTime, status: v.nullish(v.string()), links }),
});

const saleRefund = v.object({
  resource: v.object({
    id,
    amount: total,
    create_time: anyTime,
    state: v.nullish(v.string()),
    sale_id: v.nullish(id),
    links,
  }),
});

const order = v.object({
  resource: v.object({
    id,
    create_time: anyTime,
    payer,
    purchase_units: v.array(
      v.object({
        custom_id: v.nullish(v.string()),
        payments: v.nullish(v.object({ captures: v.nullish(v.array(v.object({ id }))) })),
      }),
    ),
  }),
});

type Links = v.InferOutput<typeof links>;
type Order = v.InferOutput<typeof order>["resource"];

export const paypal: Provider = {
  source: "paypal",

  ids: "provider",

  secret: { made_by: "provider", check: checkPaypalSecret },

  headers: ["paypal-cert-url"],

  verify: verifyPaypal,

  parse({ body, headers, query }) {
    const json = readJsonBody(body);
    const event = parseFields(envelope, json);
    const test = isSandbox([headers.get("paypal-cert-url") ?? "", ...(event.links ?? []).map(({ href }) => href)]);
    return toReading({ type: event.event_type, event_id: event.id }, () => {
      const found = READERS.get(event.event_type)?.(json, event, query);
      return Array.isArray(found) ? found.map((each) => ({ ...each, test })) : found;
    });
  },
};

type Reader = (json: unknown, event: Envelope, query: URLSearchParams) => ParsedEvents;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["CHECKOUT.ORDER.APPROVED", readOrder],
  ["CHECKOUT.ORDER.COMPLETED", readOrder],
  ["PAYMENT.CAPTURE.COMPLETED", readCapture],
  ["PAYMENT.CAPTURE.REFUNDED", readCaptureRefund],
  ["PAYMENT.CAPTURE.REVERSED", readCaptureRefund],
  ["PAYMENT.REFUND.FAILED", readCaptureRefund],
  ["PAYMENT.REFUND.CANCELLED", readCaptureRefund],
  ["PAYMENT.SALE.COMPLETED", readSale],
  ["PAYMENT.SALE.REFUNDED", readSaleRefund],
  ["PAYMENT.SALE.REVERSED", readSaleRefund],
  [
    "BILLING.SUBSCRIPTION.CREATED",
    () => "The subscription isn't approved yet. BILLING.SUBSCRIPTION.ACTIVATED is used instead.",
  ],
  ["BILLING.SUBSCRIPTION.ACTIVATED", readActivation],
  ["BILLING.SUBSCRIPTION.UPDATED", readUpdate],
  ["BILLING.SUBSCRIPTION.CANCELLED", readEnd],
  ["BILLING.SUBSCRIPTION.EXPIRED", readEnd],
  ["CUSTOMER.DISPUTE.CREATED", readDispute],
  ["CUSTOMER.DISPUTE.RESOLVED", readDispute],
]);

/**
 * The buyer and the click. An order is reported before its payment and, once it has captures, for each of them. A capture itself
 * doesn't contain the buyer.
 */
function readOrder(json: unknown, event: Envelope): ParsedEvents {
  const { resource } = parseFields(order, json);
  const { customer, ...paidWith } = buyerOf(resource.payer);
  if (customer.id === null && customer.email === null) return "The order does not identify the buyer.";
  const touches = touchesOf(resource).filter(({ click, payment }) => click !== null || payment !== null);
  if (touches.length === 0) return "The order has neither a click nor a capture.";
  const buyer = { customer, ...paidWith, related: [resource.id] };
  const common = { type: "touch" as const, occurred_at: resource.create_time, ...buyer };
  return touches.map((touch, at) => providerEvent({ ...touch, ...common, id: `${event.id}:${at}` }));
}

function touchesOf({ purchase_units }: Order): Pick<ProviderEvent, "click" | "payment">[] {
  return purchase_units.flatMap(({ custom_id, payments }) => {
    const click = readClick(readCustom(custom_id));
    const captured = (payments?.captures ?? []).map(({ id }): string | null => id);
    return (captured.length === 0 ? [null] : captured).map((payment) => ({ click, payment }));
  });
}

/** A one-time payment. PayPal's fee is not deducted, because the buyer doesn't pay it. */
function readCapture(json: unknown, event: Envelope): ParsedEvents {
  const { resource } = parseFields(capture, json);
  const { currency_code: currency, value } = resource.amount;
  const gross = readPaidDecimal(value, currency, "resource.amount.value");
  if (gross === 0) return "Nothing was paid.";
  const custom = readCustom(resource.custom_id);
  const order = resource.supplementary_data?.related_ids?.order_id ?? null;
  return [
    providerEvent({
      id: event.id,
      type: "sale",
      occurred_at: resource.create_time,
      click: readClick(custom),
      payment: resource.id,
      // The order contains the buyer; the capture doesn't.
      ...(order !== null && { related: [order] }),
      amount: readBase(custom[AMOUNT_FIELD], gross, currency),
      gross,
      currency,
      ...readCommissionable(custom),
    }),
  ];
}

/** The base that the merchant set next to the click, otherwise the whole payment. Each capture of an order repeats it. */
function readBase(text: unknown, gross: number, currency: string): number {
  if (typeof text !== "string") return gross;
  return Math.min(readPaidDecimal(text, currency, `resource.custom_id.${AMOUNT_FIELD}`), gross);
}

/** The first or a later payment of a subscription. */
function readSale(json: unknown, event: Envelope): ParsedEvents {
  const { resource } = parseFields(sale, json);
  const { currency, total, details } = resource.amount;
  const gross = readPaidDecimal(total, currency, "resource.amount.total");
  if (gross === 0) return "Nothing was paid.";
  const subtotal = details?.subtotal ?? null;
  const amount = subtotal === null ? gross : readPaidDecimal(subtotal, currency, "resource.amount.details.subtotal");
  const agreement = resource.billing_agreement_id ?? null;
  return [
    providerEvent({
      id: event.id,
      type: "sale",
      occurred_at: resource.create_time,
      click: readClick(readCustom(resource.custom_id ?? resource.custom)),
      payment: resource.id,
      // A discount on shipping reduces the total but not the subtotal.
      amount: Math.min(amount, gross),
      gross,
      currency,
      ...readCommissionable(readCustom(resource.custom_id ?? resource.custom)),
      subscription: agreement === null ? null : { id: agreement, interval: null },
    }),
  ];
}

/** The refunded or reversed capture is only named in a link. */
function readCaptureRefund(json: unknown, event: Envelope): ParsedEvents {
  const { resource } = parseFields(captureRefund, json);
  const payment = findLinked(resource.links, "up", "captures") ?? findLinked(resource.links, "self", "captures");
  if (payment === null) throw invalidField("resource.links", "do not name the refunded capture");
  if (isFailed(event, resource.status)) return [failureOf(event, { refund: resource.id, payment })];
  const { value, currency_code: currency } = resource.amount;
  const gross = Math.abs(readDecimal(value, currency, "resource.amount.value"));
  return [reversalOf(event, { refund: resource.id, payment, gross, currency, occurred_at: resource.create_time })];
}

/** In a reversal, the resource may be the sale itself. */
function readSaleRefund(json: unknown, event: Envelope): ParsedEvents {
  const { resource } = parseFields(saleRefund, json);
  const payment = resource.sale_id ?? findLinked(resource.links, "sale", "sale") ?? resource.id;
  if (isFailed(event, resource.state)) return [failureOf(event, { refund: resource.id, payment })];
  const { total, currency } = resource.amount;
  const gross = Math.abs(readDecimal(total, currency, "resource.amount.total"));
  const occurred_at = resource.create_time ?? readTime(event.create_time);
  return [reversalOf(event, { refund: resource.id, payment, gross, currency, occurred_at })];
}

const FAILED: ReadonlySet<string> = new Set(["FAILED", "CANCELLED"]);

/** Whether a refund didn't go through, as its event or its status says. A bank may return its money after it was completed. */
function isFailed({ event_type }: Envelope, status: string | null | undefined): boolean {
  return event_type.startsWith("PAYMENT.REFUND.") || FAILED.has(status?.toUpperCase() ?? "");
}

/** Dated at the event, since a refund only has the time of its creation. */
function failureOf(event: Envelope, failed: Pick<ProviderEvent, "refund" | "payment">): ProviderEvent {
  return providerEvent({ ...failed, id: event.id, type: "refund_failed", occurred_at: readTime(event.create_time) });
}

/**
 * A refund has its own id. A reversal gets its payment's id, because it doesn't name the dispute that caused it: see `dispute.ts`.
 */
function reversalOf(
  event: Envelope,
  reversal: Pick<ProviderEvent, "refund" | "payment" | "gross" | "currency" | "occurred_at">,
): ProviderEvent {
  return event.event_type.endsWith(".REVERSED")
    ? providerEvent({ ...reversal, id: event.id, type: "chargeback", refund: reversal.payment })
    : providerEvent({ ...reversal, id: event.id, type: "refund" });
}

function findLinked(links: Links, rel: string, collection: string): string | null {
  const link = (links ?? []).find((each) => each.rel === rel && each.href.includes(`/${collection}/`));
  return link?.href.match(/\/([A-Za-z0-9-]+)$/)?.[1] ?? null;
}

function isSandbox(urls: readonly string[]): boolean {
  return urls.some((url) => /^https:\/\/api(?:-m)?\.sandbox\.paypal\.com\//.test(url));
}
