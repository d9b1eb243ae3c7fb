/**
 * WooCommerce. Sources: the pages "Webhooks" and "Orders" of its REST API, its class WC_Webhook, and the REST API of the
 * Subscriptions plugin, whose renewals are ordinary orders.
 */
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { MS_PER_DAY } from "../../../lib/time.ts";
import { instant, parseFields } from "../../../lib/validation.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import { type Provider, type ProviderEvent, providerEvent, type SignedRequest } from "../../provider.ts";
import { acknowledgeConflict } from "../../provider-answers.ts";
import { planEvery, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import {
  anyCaseCurrency,
  decimal,
  providerId,
  readDecimal,
  readHeader,
  readPaidDecimal,
  readRest,
} from "../../reading/provider-fields.ts";
import { invalidField, readClick, readCoupons, readCustomer, readId, readJsonBody } from "../../reading/read-fields.ts";
import { verifyBodySignature } from "../../signatures/body-signature.ts";
import { fromBase64 } from "../../signatures/signature.ts";

/** The shop's URL. */
const SOURCE = "X-WC-Webhook-Source";

/** Sent unsigned when the webhook is enabled; the shop shows an error unless it gets a 200. */
const PING = /^webhook_id=\d{1,20}$/;

/** The statuses of an order that is not known to be paid. Plugins add statuses for the time after the payment. */
const UNPAID: ReadonlySet<string> = new Set([
  "pending",
  "on-hold",
  "failed",
  "cancelled",
  "checkout-draft",
  "auto-draft",
  "draft",
  "trash",
]);

/** The statuses of a subscription that has ended; one with `pending-cancel` is still active. */
const ENDED: ReadonlySet<string> = new Set(["cancelled", "expired"]);

const INTERVALS: ReadonlySet<string> = new Set(["day", "week", "month", "year"]);

// "2026-01-03T10:00:00", in UTC as the field's name says.
const utc = v.pipe(
  v.string(),
  v.transform((text) => `${text}Z`),
  instant,
);
// A time in the future is null in orders and empty in subscriptions.
const utcOrNone = v.nullish(
  v.union([
    v.pipe(
      v.literal(""),
      v.transform(() => null),
    ),
    utc,
  ]),
);

const buyer = {
  customer_id: v.nullish(v.unknown()),
  billing: v.nullish(v.object({ email: v.nullish(v.unknown()) })),
  meta_data: v.nullish(v.unknown()),
  line_items: v.nullish(v.array(v.object({ product_id: v.nullish(v.unknown()) }))),
};

const order = v.object({
  ...buyer,
  id: providerId,
  status: v.string(),
  currency: anyCaseCurrency,
  date_modified_gmt: v.string(),
  date_paid_gmt: utcOrNone,
  total: decimal,
  total_tax: decimal,
  shipping_total: decimal,
  coupon_lines: v.nullish(v.array(v.object({ code: v.string() }))),
  refunds: v.array(v.object({ id: providerId, total: decimal })),
});

const subscription = v.object({
  ...buyer,
  id: providerId,
  parent_id: v.nullish(v.unknown()),
  status: v.string(),
  billing_period: v.string(),
  billing_interval: v.union([v.string(), v.number()]),
  date_modified_gmt: utc,
  start_date_gmt: utcOrNone,
  trial_end_date_gmt: utcOrNone,
  next_payment_date_gmt: utcOrNone,
  cancelled_date_gmt: utcOrNone,
  end_date_gmt: utcOrNone,
});

type Order = v.InferOutput<typeof order>;
type Buyer = v.InferOutput<v.ObjectSchema<typeof buyer, undefined>>;

export const woocommerce: Provider = {
  source: "woocommerce",

  ids: "provider",

  // The shop decodes HTML entities in the secret; base64url contains none.
  secret: { made_by: "us", make: (random) => random.toBase64({ alphabet: "base64url", omitPadding: true }) },

  headers: ["x-wc-webhook-topic", "x-wc-webhook-source"],

  verify: (request, secrets) =>
    verifyBodySignature(request, secrets, { header: "X-WC-Webhook-Signature", decode: fromBase64 }),

  parse(request) {
    const topic = readHeader(request, "X-WC-Webhook-Topic");
    const found = READERS.get(topic)?.(readJsonBody(request.body));
    // X-WC-Webhook-Delivery-ID is different each time.
    return toReading({ type: topic, event_id: null }, inShop(found, request));
  },

  // The unsigned request that the shop sends when the webhook is enabled.
  probe: (request) => (isPing(request) ? { status: 200 } : null),

  // A refused webhook is never sent again, and the shop disables its webhook.
  disables_after: 5,

  answer: acknowledgeConflict,
};

/** The events of a body, still without their shop. */
const READERS: ReadonlyMap<string, (json: unknown) => ParsedEvents> = new Map([
  ["order.created", readOrder],
  ["order.updated", readOrder],
  ["subscription.created", readSubscription],
  ["subscription.updated", readSubscription],
  ["subscription.switched", readSubscription],
]);

/** Each update contains the whole order: its sale and all of its refunds. */
function readOrder(json: unknown): ParsedEvents {
  const fields = parseFields(order, json);
  const events = [...readSale(fields), ...fields.refunds.flatMap((refund, index) => readRefund(fields, refund, index))];
  if (events.length > 0) return events;
  if (!fields.date_paid_gmt) return "The order is not paid yet.";
  return UNPAID.has(fields.status) ? `The order is ${fields.status}.` : "Nothing was paid, or only tax and shipping.";
}

function readSale(fields: Order): ProviderEvent[] {
  const { id, status, currency, date_paid_gmt, date_modified_gmt } = fields;
  if (UNPAID.has(status) || !date_paid_gmt) return [];
  const gross = readPaidDecimal(fields.total, currency, "total");
  // The tax includes the tax on shipping. Refunds don't change these amounts.
  const amount = readRest(fields, "total", ["total_tax", "shipping_total"], currency);
  if (amount < 0) throw invalidField("total", "is less than its tax and shipping");
  // The order of a plan change names the subscription before the change.
  const renewed = ["_subscription_renewal", "_subscription_switch"]
    .map((key) => readId(metaOf(fields.meta_data, key)))
    .find((subscription) => subscription !== null);
  const common = {
    // An update may change other data of the sale, such as the email: it is the same sale, but another event.
    id: `order:${id}:${date_modified_gmt}`,
    occurred_at: date_paid_gmt,
    customer: customerOf(fields),
    click: readClick(fields.meta_data),
    ...readCoupons((fields.coupon_lines ?? []).map(({ code }) => code)),
  };
  if (amount === 0) {
    const touch = touchOrNote(common, "Nothing was paid, or only tax and shipping.");
    return typeof touch === "object" ? touch : [];
  }
  return [
    providerEvent({
      ...common,
      type: "sale",
      payment: id,
      amount,
      gross,
      currency,
      product: readId(fields.line_items?.[0]?.product_id),
      subscription: renewed === undefined ? null : { id: renewed, interval: null },
    }),
  ];
}

/** An order contains only the totals of its refunds, as negative amounts, without their times or items. */
function readRefund({ id, currency }: Order, refund: Order["refunds"][number], index: number): ProviderEvent[] {
  const total = readDecimal(refund.total, currency, `refunds.${index}.total`);
  // A refund can be without money.
  if (total === 0) return [];
  return [
    providerEvent({
      id: `refund:${id}:${refund.id}`,
      type: "refund",
      occurred_at: null,
      payment: id,
      refund: refund.id,
      gross: Math.abs(total),
      currency,
    }),
  ];
}

/**
 * The end of a subscription, its trial (as long as the next payment is the first one after the trial), and the order that started
 * it. Its payments are orders.
 */
function readSubscription(json: unknown): ParsedEvents {
  const fields = parseFields(subscription, json);
  const { id, status, start_date_gmt, trial_end_date_gmt, next_payment_date_gmt, date_modified_gmt } = fields;
  const customer = customerOf(fields);
  const interval = intervalOf(fields);
  if (ENDED.has(status)) {
    const occurred_at = fields.end_date_gmt ?? fields.cancelled_date_gmt ?? date_modified_gmt;
    const event = { id: `subscription:${id}:ended:${occurred_at}`, occurred_at, subscription: { id, interval } };
    return [providerEvent({ ...event, type: "cancellation", customer })];
  }
  const started = readOrderOfStart(fields);
  if (status === "active" && trial_end_date_gmt && trial_end_date_gmt === next_payment_date_gmt) {
    const trial = providerEvent({
      id: `subscription:${id}:trial`,
      type: "trial",
      occurred_at: start_date_gmt ?? date_modified_gmt,
      // Every update sends it again, so it contains only data that doesn't change.
      customer: customer.id === null ? customer : { id: customer.id, email: null },
      click: readClick(fields.meta_data),
      product: readId(fields.line_items?.[0]?.product_id),
      subscription: { id, interval },
      ...withPlan(planIn(fields), interval),
    });
    return [trial, ...started];
  }
  const events = [...started, ...describe(fields, customer)];
  return events.length > 0
    ? events
    : `Nothing to record: the subscription is ${status}. Payments are recorded from orders.`;
}

/** The plan and product, which renewals don't contain. A trial contains them itself. */
function describe(fields: v.InferOutput<typeof subscription>, customer: ProviderEvent["customer"]): ProviderEvent[] {
  const { id, status, start_date_gmt, date_modified_gmt } = fields;
  const plan = planIn(fields);
  if (plan === null || status !== "active") return [];
  return [
    providerEvent({
      id: `subscription:${id}:plan:${date_modified_gmt}`,
      type: "touch",
      // What is sent on the first day applies from the start, before the first payment.
      occurred_at:
        start_date_gmt && date_modified_gmt - start_date_gmt < MS_PER_DAY ? start_date_gmt : date_modified_gmt,
      customer,
      product: readId(fields.line_items?.[0]?.product_id),
      subscription: { id, interval: null },
      plan,
    }),
  ];
}

/** The order that started a subscription, which may have charged for its trial. A subscription created by hand has none. */
function readOrderOfStart(fields: v.InferOutput<typeof subscription>): ProviderEvent[] {
  const { id, status, start_date_gmt, trial_end_date_gmt } = fields;
  const order = readId(fields.parent_id);
  if (order === null || order === "0" || !start_date_gmt || UNPAID.has(status)) return [];
  const customer = { id: customerOf(fields).id, email: null };
  const interval = intervalOf(fields);
  const isTrial = !!trial_end_date_gmt && trial_end_date_gmt > start_date_gmt;
  // Every update sends it again; if any of these has changed, it is another event.
  const changing = [order, interval, customer.id, isTrial ? "trial" : null].map((part) => part ?? "");
  return [
    providerEvent({
      id: `subscription:${id}:order:${changing.join(":")}`,
      type: "touch",
      occurred_at: start_date_gmt,
      customer,
      payment: order,
      subscription: { id, interval, ...(isTrial && { starts_trial: true as const }) },
    }),
  ];
}

function isPing({ body, headers }: SignedRequest): boolean {
  return PING.test(body) && !headers.has("x-wc-webhook-signature");
}

/** The id of a guest is 0. */
function customerOf({ customer_id, billing }: Buyer): ProviderEvent["customer"] {
  const id = readId(customer_id);
  return readCustomer(id === "0" ? null : id, billing?.email);
}

function metaOf(meta: unknown, key: string): unknown {
  if (!Array.isArray(meta)) return null;
  return meta.find((entry: unknown) => Object(entry).key === key)?.value ?? null;
}

function planIn({ billing_period, billing_interval }: v.InferOutput<typeof subscription>): BillingPlan | null {
  return planEvery(INTERVALS.has(billing_period) ? billing_period : null, Number(billing_interval));
}

/** The interval, if its count is 1; otherwise `plan` has both. */
function intervalOf({ billing_period, billing_interval }: v.InferOutput<typeof subscription>): string | null {
  return String(billing_interval) === "1" && INTERVALS.has(billing_period) ? billing_period : null;
}

function inShop(found: ParsedEvents, request: SignedRequest): ParsedEvents {
  if (!Array.isArray(found)) return found;
  // The header isn't signed, so it may set the account but must not be part of the event's id.
  const account = shopOf(readHeader(request, SOURCE));
  return found.map((event) => ({ ...event, account }));
}

/**
 * `https://www.Shop.example/de/` → `shop.example`, because a shop may change its protocol, and the path depends on the buyer's
 * language. Throws a 422 for an invalid URL.
 */
function shopOf(address: string): string {
  const url = URL.parse(/^https?:\/\//i.test(address) ? address : `https://${address}`);
  if (url === null) throw new Problem(422, "invalid_header", `${SOURCE} is not a URL.`, SOURCE);
  return url.host.replace(/^www\./, "");
}
