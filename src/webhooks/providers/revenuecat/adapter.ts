/**
 * RevenueCat: purchases in the App Store, Google Play and other stores. Sources: its pages "Webhooks", "Event Types and Fields",
 * "Sample Events" and "Common Webhook Flows".
 */
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { MS_PER_DAY } from "../../../lib/time.ts";
import { parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { acknowledgeUnfinished } from "../../provider-answers.ts";
import { planBetween, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import {
  anyCaseCurrency,
  anyMilliseconds,
  decimal,
  lenient,
  providerId,
  readDecimal,
} from "../../reading/provider-fields.ts";
import {
  invalidField,
  readClick,
  readCommissionable,
  readCoupons,
  readCustomer,
  readId,
  readJsonBody,
} from "../../reading/read-fields.ts";
import { isOneOf } from "../../signatures/signature.ts";

/** The start of the ids that RevenueCat makes for people who aren't signed in. */
const ANONYMOUS = "$RCAnonymousID:";

/** A renewal is reported at most this long after it was paid. */
const OLD_MS = 3 * MS_PER_DAY;

const envelope = v.object({ event: v.object({ id: providerId, type: v.string() }) });

const transaction = v.object({
  event: v.object({
    id: providerId,
    type: v.string(),
    environment: lenient(v.string()),
    event_timestamp_ms: anyMilliseconds,
    purchased_at_ms: anyMilliseconds,
    expiration_at_ms: anyMilliseconds,
    transaction_id: providerId,
    original_transaction_id: lenient(providerId),
    product_id: lenient(providerId),
    period_type: lenient(v.string()),
    is_family_share: lenient(v.boolean()),
    price_in_purchased_currency: v.nullish(decimal),
    currency: v.nullish(anyCaseCurrency),
    tax_percentage: lenient(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    offer_code: v.nullish(v.unknown()),
    cancel_reason: lenient(v.string()),
    expiration_reason: lenient(v.string()),
    app_user_id: v.nullish(v.unknown()),
    original_app_user_id: v.nullish(v.unknown()),
    aliases: lenient(v.array(v.unknown())),
    subscriber_attributes: lenient(v.record(v.string(), v.object({ value: v.nullish(v.unknown()) }))),
  }),
});

type Transaction = v.InferOutput<typeof transaction>["event"];

export const revenuecat: Provider = {
  source: "revenuecat",

  ids: "provider",

  // The value of the Authorization header that the merchant sets for the webhook.
  secret: { made_by: "us", make: (random) => random.toBase64({ alphabet: "base64url", omitPadding: true }) },

  headers: [],

  verify({ headers }, secrets) {
    const text = (headers.get("authorization") ?? "").replace(/^Bearer /, "");
    if (text === "") return new Problem(401, "signature_missing", "The Authorization header is required.");
    const known = secrets.filter((secret) => secret !== "");
    return isOneOf(text, known)
      ? null
      : new Problem(401, "signature_invalid", "The Authorization header isn't this endpoint's secret.");
  },

  parse({ body }) {
    const json = readJsonBody(body);
    const { id, type } = parseFields(envelope, json).event;
    return toReading({ type, event_id: id }, () => {
      const read = READERS.get(type);
      return typeof read === "function" ? read(parseFields(transaction, json).event) : read;
    });
  },

  // "Your server should return a 200 status code": any other status causes up to five retries.
  answer: acknowledgeUnfinished,
};

/** How an event of a type is read, or why it isn't. */
const READERS: ReadonlyMap<string, ((event: Transaction) => ParsedEvents) | string> = new Map<
  string,
  ((event: Transaction) => ParsedEvents) | string
>([
  ["INITIAL_PURCHASE", readPurchase],
  ["RENEWAL", readPurchase],
  ["NON_RENEWING_PURCHASE", readPurchase],
  ["CANCELLATION", readCancellation],
  ["REFUND_REVERSED", readReversed],
  ["EXPIRATION", readEnd],
  ["PRODUCT_CHANGE", "The new product is recorded from its RENEWAL."],
  ["INVOICE_ISSUANCE", "The invoice isn't paid yet."],
  ["TEST", "RevenueCat's test event has no purchase."],
]);

/** A purchase, a renewal, or a trial. The price includes the tax, of which RevenueCat estimates the share. */
function readPurchase(event: Transaction): ParsedEvents {
  const { purchased_at_ms, event_timestamp_ms, currency, price_in_purchased_currency: price, type } = event;
  if (event.is_family_share) return "The purchase is shared by a family member, who paid for it.";
  const isRenewal = type === "RENEWAL";
  const subscription = type === "NON_RENEWING_PURCHASE" ? null : { id: subscriptionOf(event), interval: null };
  const known = {
    ...commonOf(event),
    // Stores renew up to a day before the new period, and a changed subscription keeps its first time.
    occurred_at: isRenewal ? (event_timestamp_ms ?? purchased_at_ms) : (purchased_at_ms ?? event_timestamp_ms),
    click: readClick(attributesOf(event)),
    ...readCoupons([event.offer_code]),
    subscription,
  };
  if (event.period_type === "TRIAL" && subscription !== null) {
    return [providerEvent({ ...known, type: "trial", product: event.product_id })];
  }
  if (price === null || price === undefined || !currency) {
    return touchOrNote(known, "The price is not known.");
  }
  const gross = readDecimal(price, currency, "event.price_in_purchased_currency");
  if (gross < 0) throw invalidField("event.price_in_purchased_currency", "must not be negative");
  const amount = gross - Math.round(gross * (event.tax_percentage ?? 0));
  if (amount === 0) return touchOrNote(known, "Nothing was paid.");
  const plan = subscription === null ? null : planOf(event);
  const interval = plan?.interval ?? null;
  return [
    providerEvent({
      ...known,
      ...readCommissionable(attributesOf(event)),
      type: "sale",
      payment: event.transaction_id,
      amount,
      gross,
      currency,
      product: event.product_id,
      subscription: subscription === null ? null : { ...subscription, interval },
      ...withPlan(plan, interval),
    }),
  ];
}

/** A refund, whose price is negative, or the news that the subscription won't be renewed. */
function readCancellation(event: Transaction): ParsedEvents {
  const { currency, price_in_purchased_currency: price, cancel_reason } = event;
  const field = "event.price_in_purchased_currency";
  const units = price === null || price === undefined || !currency ? null : readDecimal(price, currency, field);
  const isRefund = cancel_reason === "CUSTOMER_SUPPORT" || (units !== null && units < 0);
  if (!isRefund) return "The subscription runs until it expires.";
  if (units === null || units === 0) return "The refund does not say what was refunded.";
  return [reversalOf(event, "refund", Math.abs(units))];
}

/** The App Store took a refund back. */
function readReversed(event: Transaction): ParsedEvents {
  return [reversalOf(event, "refund_failed", null)];
}

/** The end of a subscription's last period. */
function readEnd(event: Transaction): ParsedEvents {
  if (event.expiration_reason === "SUBSCRIPTION_PAUSED") return "The subscription is paused.";
  return [
    providerEvent({
      ...commonOf(event),
      type: "cancellation",
      occurred_at: event.event_timestamp_ms,
      subscription: { id: subscriptionOf(event), interval: null },
    }),
  ];
}

/** A refund has no id of its own, and RevenueCat reports one for a transaction. */
function reversalOf(event: Transaction, type: "refund" | "refund_failed", gross: number | null): ProviderEvent {
  return providerEvent({
    ...commonOf(event),
    type,
    occurred_at: event.event_timestamp_ms,
    payment: event.transaction_id,
    refund: event.transaction_id,
    gross,
    currency: gross === null ? null : (event.currency ?? null),
  });
}

function commonOf(event: Transaction): Pick<ProviderEvent, "id" | "test" | "customer"> {
  const ids = [event.app_user_id, ...(event.aliases ?? []), event.original_app_user_id].map(readId);
  const known = ids.find((id) => id !== null && !id.startsWith(ANONYMOUS));
  return {
    id: event.id,
    test: event.environment === "SANDBOX",
    customer: readCustomer(known ?? ids.at(-1) ?? ids[0] ?? null, attributesOf(event).$email),
  };
}

/** The values of the customer's attributes. */
function attributesOf({ subscriber_attributes }: Transaction): Record<string, unknown> {
  return Object.fromEntries(Object.entries(subscriber_attributes ?? {}).map(([name, { value }]) => [name, value]));
}

function subscriptionOf(event: Transaction): string {
  return event.original_transaction_id ?? event.transaction_id;
}

/**
 * The period that was paid for. Stores bill weeks, months and years; other periods are the rest of one after a change. Stripe's
 * changed subscriptions keep the time of their first purchase, so a renewal of an old purchase has no known period.
 */
function planOf({ type, event_timestamp_ms, purchased_at_ms, expiration_at_ms }: Transaction) {
  if (purchased_at_ms === null || expiration_at_ms === null) return null;
  const isOld = type === "RENEWAL" && (event_timestamp_ms ?? purchased_at_ms) - purchased_at_ms > OLD_MS;
  if (isOld) return null;
  const plan = planBetween(purchased_at_ms, expiration_at_ms);
  return plan?.interval === "day" ? null : plan;
}
