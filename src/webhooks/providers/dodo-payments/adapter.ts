/**
 * Dodo Payments. Sources: its pages "Webhooks" and "Webhook Events Guide", and the webhook events and the Payment, Subscription,
 * Refund and Dispute objects of its official SDK.
 */
import { Webhook } from "standardwebhooks";
import * as v from "valibot";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../../../lib/time.ts";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { type Provider, providerEvent, type SignedRequest } from "../../provider.ts";
import { planEvery, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, lenient, providerId } from "../../reading/provider-fields.ts";
import { invalidField, readClick, readCommissionable, readCoupons, readJsonBody } from "../../reading/read-fields.ts";
import { checkStandardSecret, verifyStandardSignature } from "../../signatures/standard-signature.ts";
import { customer, customerOf, eventWith } from "./fields.ts";
import { readDispute, readRefund } from "./reversal.ts";

/** A trial ends at most this long before the number of days that it is announced with. */
const TRIAL_TOLERANCE_MS = 6 * MS_PER_HOUR;
/** A new plan is dated this long before its event, so that it applies to a payment that it causes. */
const BEFORE_PAYMENT_MS = 10 * MS_PER_MINUTE;

const envelope = v.object({ type: v.string() });

const discounts = lenient(v.array(v.object({ code: v.nullish(v.unknown()) })));

const payment = eventWith({
  payment_id: providerId,
  total_amount: minorUnits,
  tax: v.nullish(minorUnits),
  currency: anyCaseCurrency,
  customer,
  subscription_id: v.nullish(providerId),
  product_cart: lenient(v.array(v.object({ product_id: lenient(providerId) }))),
  discounts,
  discount_id: v.nullish(v.unknown()),
  is_update_payment_method: v.nullish(v.unknown()),
  metadata: v.nullish(v.unknown()),
  custom_field_responses: v.nullish(v.unknown()),
});

const subscription = eventWith({
  subscription_id: providerId,
  status: v.nullish(v.string()),
  product_id: lenient(providerId),
  payment_frequency_count: lenient(v.number()),
  payment_frequency_interval: lenient(v.string()),
  trial_period_days: lenient(v.number()),
  customer,
  discounts,
  discount_id: v.nullish(v.unknown()),
  metadata: v.nullish(v.unknown()),
  custom_field_responses: v.nullish(v.unknown()),
});

type Subscription = v.InferOutput<typeof subscription>["data"];

export const dodoPayments: Provider = {
  source: "dodopayments",

  ids: "provider",

  secret: { made_by: "provider", check: checkStandardSecret },

  headers: ["webhook-id"],

  verify: (request, secrets, { now }) =>
    verifyStandardSignature(
      request,
      secrets.map((secret) => new Webhook(secret)),
      now,
    ),

  parse(request) {
    const json = readJsonBody(request.body);
    const { type } = parseFields(envelope, json);
    const id = idOf(request);
    return toReading({ type, event_id: id }, () => READERS.get(type)?.(json, id));
  },
};

/** The events of a body, with the id of the message, which is part of what is signed. */
const READERS: ReadonlyMap<string, (json: unknown, id: string) => ParsedEvents> = new Map<
  string,
  (json: unknown, id: string) => ParsedEvents
>([
  ["payment.succeeded", readPayment],
  ["payment.processing", () => "The payment is recorded from payment.succeeded."],
  ["subscription.active", readStart],
  ["subscription.renewed", readChange],
  ["subscription.plan_changed", readChange],
  ["subscription.cancelled", readEnd],
  ["subscription.expired", readEnd],
  ["refund.succeeded", readRefund],
  ["refund.failed", readRefund],
  ["dispute.opened", readDispute],
  ["dispute.challenged", readDispute],
  ["dispute.accepted", readDispute],
  ["dispute.expired", readDispute],
  ["dispute.lost", readDispute],
  ["dispute.won", readDispute],
  ["dispute.cancelled", readDispute],
]);

function idOf({ headers }: SignedRequest): string {
  return headers.get("webhook-id") ?? "";
}

/**
 * A payment: of a purchase, or of a subscription, whose product and interval only its own events contain. `total_amount` includes
 * the tax, whether or not the prices do.
 */
function readPayment(json: unknown, id: string): ParsedEvents {
  const { timestamp, data } = parseFields(payment, json);
  const known = {
    id,
    occurred_at: timestamp ?? data.created_at,
    customer: customerOf(data),
    ...carriedBy(data),
    subscription: data.subscription_id ? { id: data.subscription_id, interval: null } : null,
  };
  if (data.is_update_payment_method === true) return "A payment method was changed. Nothing was paid.";
  const { total_amount: gross, tax } = data;
  if ((tax ?? 0) > gross) throw invalidField("data.tax", "must not be more than the total");
  const amount = gross - (tax ?? 0);
  if (amount === 0) return touchOrNote(known, "Nothing was paid, or only tax.");
  return [
    providerEvent({
      ...known,
      ...readCommissionable(data.metadata, data.custom_field_responses),
      type: "sale",
      payment: data.payment_id,
      amount,
      gross,
      currency: data.currency,
      product: data.product_cart?.[0]?.product_id ?? null,
    }),
  ];
}

/** The start of a subscription: its trial, or its product and interval. Its first payment has an event of its own. */
function readStart(json: unknown, id: string): ParsedEvents {
  const event = parseFields(subscription, json);
  const { timestamp, data } = event;
  const { created_at, trial_period_days: days } = data;
  if (!days || days <= 0) return describe(event, id, created_at ?? timestamp);
  const started_at = created_at ?? timestamp;
  const trial_ends_at = started_at === null ? null : started_at + days * MS_PER_DAY - TRIAL_TOLERANCE_MS;
  const plan = planOf(data);
  const interval = plan?.interval ?? null;
  return [
    providerEvent({
      id,
      type: "trial",
      occurred_at: started_at,
      customer: customerOf(data),
      ...carriedBy(data),
      product: data.product_id,
      subscription: { id: data.subscription_id, interval, ...(trial_ends_at !== null && { trial_ends_at }) },
      ...withPlan(plan, interval),
    }),
  ];
}

/** The product and interval from then on. */
function readChange(json: unknown, id: string): ParsedEvents {
  const event = parseFields(subscription, json);
  return describe(event, id, event.timestamp === null ? null : event.timestamp - BEFORE_PAYMENT_MS);
}

function describe({ data }: v.InferOutput<typeof subscription>, id: string, occurred_at: number | null): ParsedEvents {
  const plan = planOf(data);
  const known = {
    id,
    occurred_at,
    customer: customerOf(data),
    ...carriedBy(data),
    product: data.product_id,
    subscription: { id: data.subscription_id, interval: null },
  };
  if (plan === null) return touchOrNote(known, "The subscription's interval is not known.");
  return [providerEvent({ ...known, type: "touch", plan })];
}

/** The end of a subscription. One that will be canceled at its next billing date is still active. */
function readEnd(json: unknown, id: string): ParsedEvents {
  const { timestamp, data } = parseFields(subscription, json);
  if (data.status === "active") return "The subscription is still active until it is canceled or expires.";
  return [
    providerEvent({
      id,
      type: "cancellation",
      occurred_at: timestamp,
      customer: customerOf(data),
      subscription: { id: data.subscription_id, interval: null },
    }),
  ];
}

/** The click and the coupons. Payments from before discounts were listed have only the discount's id. */
function carriedBy(data: Pick<Subscription, "metadata" | "custom_field_responses" | "discounts" | "discount_id">) {
  const codes = data.discounts?.map(({ code }) => code) ?? [];
  return {
    click: readClick(data.metadata) ?? readClick(data.custom_field_responses),
    ...readCoupons(codes.length > 0 ? codes : [data.discount_id]),
  };
}

function planOf({ payment_frequency_interval, payment_frequency_count }: Subscription) {
  return planEvery(payment_frequency_interval?.toLowerCase(), payment_frequency_count ?? 1);
}
