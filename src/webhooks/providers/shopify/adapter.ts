/**
 * Shopify. Sources: its pages "Verify webhook deliveries" and "Webhooks delivery structure", and the Order, Refund and Dispute
 * resources of its Admin API. All amounts are in the shop's currency, whatever currency the buyer was shown.
 */
import * as v from "valibot";
import { parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent, type SignedRequest } from "../../provider.ts";
import { acknowledgeConflict } from "../../provider-answers.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import {
  anyCaseCurrency,
  anyTime,
  decimal,
  providerId,
  readDecimal,
  readHeader,
  readPaidDecimal,
} from "../../reading/provider-fields.ts";
import {
  CLICK_FIELD,
  invalidField,
  readClick,
  readCommissionable,
  readCoupons,
  readCustomer,
  readId,
  readJsonBody,
} from "../../reading/read-fields.ts";
import { verifyBodySignature } from "../../signatures/body-signature.ts";
import { fromBase64 } from "../../signatures/signature.ts";
import { shopifyRefund } from "./refund.ts";

/** The statuses of an order that was paid in full, including those that were refunded later. */
const PAID: ReadonlySet<string> = new Set(["paid", "partially_refunded", "refunded"]);

/** Access tokens of the Admin API, which are shown next to the secret and easily confused with it. */
const ACCESS_TOKEN = /^shp(?:at|ca|pa|ua|tka)_/;

const taxLine = v.object({
  price: decimal,
  price_set: v.nullish(v.object({ shop_money: v.object({ amount: decimal }) })),
});

const lineItem = v.object({
  product_id: v.nullish(providerId),
  gift_card: v.nullish(v.boolean()),
  price: v.nullish(decimal),
  quantity: v.nullish(v.number()),
  price_set: v.nullish(v.object({ shop_money: v.object({ amount: decimal }) })),
  discount_allocations: v.nullish(
    v.array(v.object({ amount_set: v.nullish(v.object({ shop_money: v.object({ amount: decimal }) })) })),
  ),
  tax_lines: v.array(taxLine),
});

const order = v.object({
  id: providerId,
  created_at: anyTime,
  processed_at: anyTime,
  updated_at: v.string(),
  financial_status: v.string(),
  test: v.nullish(v.boolean()),
  currency: anyCaseCurrency,
  taxes_included: v.boolean(),
  subtotal_price: decimal,
  total_price: decimal,
  line_items: v.array(lineItem),
  customer: v.nullish(v.object({ id: v.nullish(providerId), email: v.nullish(v.unknown()) })),
  email: v.nullish(v.unknown()),
  note_attributes: v.nullish(v.unknown()),
  landing_site: v.nullish(v.string()),
  discount_codes: v.nullish(v.array(v.object({ code: v.string() }))),
});

const canceledOrder = v.object({
  id: providerId,
  financial_status: v.string(),
  cancelled_at: anyTime,
  test: v.nullish(v.boolean()),
});

const deletedOrder = v.object({ id: providerId });

// Sent with or without a time.
const dayOrInstant = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number("is not a time"),
);

const dispute = v.object({
  id: providerId,
  order_id: providerId,
  type: v.string(),
  status: v.string(),
  amount: decimal,
  currency: anyCaseCurrency,
  initiated_at: anyTime,
  finalized_on: v.nullish(dayOrInstant),
});

type Order = v.InferOutput<typeof order>;

export const shopify: Provider = {
  source: "shopify",

  ids: "provider",

  secret: {
    made_by: "provider",
    check: (text) => {
      if (/^\S{16,}$/.test(text) && !ACCESS_TOKEN.test(text)) return;
      const forms =
        "the app's client secret (shpss_…), or the secret that the notification settings show below the webhooks";
      throw invalidField("secret", `must be ${forms}`);
    },
  },

  headers: ["x-shopify-topic", "x-shopify-shop-domain", "x-shopify-webhook-id"],

  verify: (request, secrets) =>
    verifyBodySignature(request, secrets, { header: "X-Shopify-Hmac-Sha256", decode: fromBase64 }),

  parse(request) {
    const topic = readHeader(request, "X-Shopify-Topic");
    // The headers are not signed, so the events' ids are made from the body.
    const event_id = request.headers.get("x-shopify-webhook-id");
    return toReading({ type: topic, event_id }, () => {
      const json = readJsonBody(request.body);
      if (isTestNotification(json)) return "This is Shopify's test notification: the webhook works.";
      return inShop(READERS.get(topic)?.(json, topic), request);
    });
  },

  // Shopify retries a refused webhook eight times, and "after 8 consecutive failures" deletes the app's subscription.
  disables_after: 8,

  answer: acknowledgeConflict,
};

/** The order in the notification that "Send test notification" posts, and in the test refund. It belongs to no shop. */
const TEST_ORDER = "820982911946154508";

function isTestNotification(json: unknown): boolean {
  const { id, order_id } = Object(json) as Record<string, unknown>;
  return [id, order_id].map(readId).includes(TEST_ORDER);
}

/** The events of a body, still without their shop. */
const READERS: ReadonlyMap<string, (json: unknown, topic: string) => ParsedEvents> = new Map([
  ["orders/paid", readOrder],
  ["orders/cancelled", readCanceledOrder],
  ["orders/delete", readDeletedOrder],
  ["refunds/create", shopifyRefund],
  ["disputes/create", readDispute],
  ["disputes/update", readDispute],
]);

/**
 * The only event with a sale. `subtotal_price` is after discounts and before shipping, duties and tips. Gift cards are no part of
 * the base when they are bought: the order that is paid with one counts in full, since to Shopify a gift card is a means of payment.
 */
function readOrder(json: unknown): ParsedEvents {
  const fields = parseFields(order, json);
  const { id, currency, financial_status } = fields;
  if (!PAID.has(financial_status)) return `The order is ${financial_status}.`;
  const subtotal = readDecimal(fields.subtotal_price, currency, "subtotal_price");
  const goods = subtotal - giftCardsOf(fields);
  const amount = fields.taxes_included ? goods - taxOf(fields) : goods;
  if (amount < 0) throw invalidField("subtotal_price", "is less than its tax");
  const item = fields.line_items.find(({ gift_card }) => !gift_card);
  const common = {
    id: `orders/paid:${id}:${fields.updated_at}`,
    occurred_at: fields.processed_at ?? fields.created_at,
    customer: readCustomer(fields.customer?.id ?? null, fields.email, fields.customer?.email),
    click: readClick(fields.note_attributes) ?? readLandingSite(fields.landing_site),
    ...readCoupons((fields.discount_codes ?? []).map(({ code }) => code)),
    test: fields.test ?? false,
  };
  if (amount === 0) return touchOrNote(common, "Nothing was paid, or only tax, shipping and gift cards.");
  return [
    providerEvent({
      ...common,
      type: "sale",
      payment: id,
      amount,
      gross: readPaidDecimal(fields.total_price, currency, "total_price"),
      currency,
      ...readCommissionable(fields.note_attributes),
      product: item?.product_id ?? null,
    }),
  ];
}

/** A canceled order has earned nothing, whether or not the customer was refunded, and Shopify can't undo that. */
function readCanceledOrder(json: unknown): ParsedEvents {
  const { id, financial_status, cancelled_at, test } = parseFields(canceledOrder, json);
  if (!PAID.has(financial_status)) return `The order is ${financial_status}.`;
  return [endOf(`orders/cancelled:${id}`, id, { at: cancelled_at, refund: "cancelled", test: test ?? false })];
}

/** Contains only the order's id, not even the time. */
function readDeletedOrder(json: unknown): ParsedEvents {
  const { id } = parseFields(deletedOrder, json);
  return [endOf(`orders/delete:${id}`, id, { at: null, refund: "deleted", test: false })];
}

/** The reversal of the whole order, without amounts: an order may have been edited since it was paid. */
function endOf(
  id: string,
  payment: string,
  { at, refund, test }: { at: number | null; refund: string; test: boolean },
): ProviderEvent {
  const payment_state = { at, is_paid: false, refunds: [] };
  return providerEvent({ id, type: "refund", occurred_at: at, payment, refund, payment_state, test });
}

/** What was paid for gift cards. They aren't taxed. */
function giftCardsOf({ line_items, currency }: Order): number {
  return line_items
    .filter(({ gift_card }) => gift_card)
    .map(({ price, price_set, quantity, discount_allocations }) => {
      const read = (text: string) => readPaidDecimal(text, currency, "line_items.price");
      const discounts = (discount_allocations ?? []).map(({ amount_set }) =>
        read(amount_set?.shop_money.amount ?? "0"),
      );
      const each = read(price_set?.shop_money.amount ?? price ?? "0");
      return discounts.reduce((rest, discount) => rest - discount, each * (quantity ?? 1));
    })
    .reduce((total, paid) => total + paid, 0);
}

/** The tax that is included in the items' prices. The subtotal doesn't include shipping or its tax. */
function taxOf({ line_items, currency }: Order): number {
  return line_items
    .filter(({ gift_card }) => !gift_card)
    .flatMap((item) => item.tax_lines)
    .map(({ price, price_set }) =>
      readDecimal(price_set?.shop_money.amount ?? price, currency, "line_items.tax_lines.price"),
    )
    .reduce((total, tax) => total + tax, 0);
}

/** The click in the URL of the buyer's first page, for shops that don't add the token to the cart. */
function readLandingSite(page: string | null | undefined): string | null {
  const url = page ? URL.parse(page, "https://shop.invalid") : null;
  return url === null ? null : readClick({ [CLICK_FIELD]: url.searchParams.get(CLICK_FIELD) });
}

/** An inquiry withdraws no money yet. If it becomes a chargeback, Shopify sends an update. */
function readDispute(json: unknown, topic: string): ParsedEvents {
  const { id, order_id, type, status, amount, currency, initiated_at, finalized_on } = parseFields(dispute, json);
  if (type !== "chargeback") return `The type of the dispute is ${type}. Only chargebacks are recorded.`;
  if (status === "charge_refunded") return "The payment was refunded. The refund is recorded from its own event.";
  const won = status === "won";
  return [
    providerEvent({
      id: `${topic}:${id}:${status}`,
      type: won ? "chargeback_won" : "chargeback",
      occurred_at: won ? (finalized_on ?? initiated_at) : initiated_at,
      payment: order_id,
      refund: `dispute-${id}`,
      gross: readPaidDecimal(amount, currency, "amount"),
      currency,
    }),
  ];
}

function inShop(found: ParsedEvents, request: SignedRequest): ParsedEvents {
  if (!Array.isArray(found)) return found;
  const account = readHeader(request, "X-Shopify-Shop-Domain").toLowerCase();
  return found.map((event) => ({ ...event, account }));
}
