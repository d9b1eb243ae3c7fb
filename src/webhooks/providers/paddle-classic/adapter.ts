/**
 * Paddle Classic, not Paddle Billing. Sources: the pages "Verifying Webhooks", "Subscription Alerts", "One-off Purchase Alerts"
 * and "Risk & Dispute Alerts" of its webhook reference. An alert is a form. The order's id is the payment's id: renewals have
 * orders of their own.
 */
import * as v from "valibot";
import { MS_PER_DAY } from "../../../lib/time.ts";
import { instant, parseFields, shortText } from "../../../lib/validation.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { acknowledgeUnfinished } from "../../provider-answers.ts";
import { monthlyPlanBetween, readStatedPlan, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, readPaidDecimal, readRest } from "../../reading/provider-fields.ts";
import { invalidField, readClick, readCommissionable, readCoupons, readCustomer } from "../../reading/read-fields.ts";
import { looseText, readCustomData } from "../../reading/read-form.ts";
import { checkPublicKey, readAlert, verifyAlert } from "./signature.ts";

const loose = looseText();
const id = shortText;

/** "2020-06-02 12:34:38" or a day, in UTC. Another time takes the place of one that is missing or absurd. */
const utc = v.fallback(
  v.nullish(
    v.pipe(
      v.string(),
      v.transform((text) => `${text.slice(0, 10)}T${text.slice(11) || "00:00:00"}Z`),
      instant,
    ),
    null,
  ),
  null,
);

const envelope = v.object({ alert_name: v.optional(v.pipe(v.string(), v.maxLength(100))), alert_id: loose });

/** The fields of every alert about an order. `passthrough` and `custom_data` are JSON text, where the merchant writes that. */
const buyer = {
  alert_id: loose,
  event_time: utc,
  email: loose,
  user_id: loose,
  country: loose,
  passthrough: v.optional(v.unknown()),
  custom_data: v.optional(v.unknown()),
};

const payment = v.object({
  ...buyer,
  order_id: id,
  currency: anyCaseCurrency,
  sale_gross: v.string(),
  payment_tax: v.optional(v.string(), "0"),
  coupon: v.optional(v.unknown()),
  product_id: loose,
  subscription_id: loose,
  subscription_plan_id: loose,
  status: loose,
  next_bill_date: utc,
});

const subscription = v.object({
  ...buyer,
  subscription_id: id,
  subscription_plan_id: loose,
  status: loose,
  cancellation_effective_date: utc,
});

const refund = v.object({
  ...buyer,
  order_id: id,
  currency: anyCaseCurrency,
  amount: v.optional(v.string()),
  gross_refund: v.optional(v.string()),
  tax_refund: v.optional(v.string()),
  subscription_id: loose,
});

const dispute = v.object({ ...buyer, order_id: id, currency: anyCaseCurrency, amount: v.string() });

type Payment = v.InferOutput<typeof payment>;
type Buyer = Omit<v.InferOutput<v.ObjectSchema<typeof buyer, undefined>>, "alert_id">;

export const paddleClassic: Provider = {
  source: "paddle_classic",

  ids: "provider",

  // A public key is no secret, but it is what proves the sender.
  secret: { made_by: "provider", check: checkPublicKey },

  headers: [],

  verify: verifyAlert,

  parse({ body, query }) {
    const alert = readAlert(body);
    const { alert_name: type, alert_id: event_id } = parseFields(envelope, alert);
    if (type === undefined) return toReading({ type: "fulfillment", event_id }, () => FULFILLMENT);
    return toReading({ type, event_id }, () => READERS.get(type)?.(alert, query));
  },

  // Paddle sends an alert again "until we receive a HTTP 200 status code".
  answer: acknowledgeUnfinished,
};

/** A product's fulfillment webhook is signed in the same way. */
const FULFILLMENT =
  "This is a fulfillment webhook. Sales are recorded from the alerts payment_succeeded and subscription_payment_succeeded.";

const READERS: ReadonlyMap<string, (alert: unknown, query: URLSearchParams) => ParsedEvents> = new Map([
  ["payment_succeeded", readPayment],
  ["subscription_payment_succeeded", readPayment],
  ["subscription_created", readStart],
  ["subscription_updated", () => "Payments of the new plan are recorded from subscription_payment_succeeded."],
  ["subscription_cancelled", readEnd],
  ["payment_refunded", readRefund],
  ["subscription_payment_refunded", readRefund],
  ["payment_dispute_created", (alert: unknown) => readDispute("chargeback", alert)],
  ["payment_dispute_closed", (alert: unknown) => readDispute("chargeback_won", alert)],
  ["locker_processed", () => "The payment is recorded from payment_succeeded."],
]);

/** A payment for a product, or for a subscription: the first one, a renewal, or a plan change. */
function readPayment(alert: unknown, query: URLSearchParams): ParsedEvents {
  const paid = parseFields(payment, alert);
  const { order_id, currency, subscription_id, subscription_plan_id } = paid;
  const isTrial = paid.status === "trialing";
  const plan = planOf(paid, isTrial, query);
  const interval = plan?.interval_count === undefined ? (plan?.interval ?? null) : null;
  const known = {
    ...common(paid),
    ...readCoupons([paid.coupon]),
    id: `payment:${order_id}`,
    product: subscription_plan_id ?? paid.product_id,
    subscription:
      subscription_id === null
        ? null
        : { id: subscription_id, interval, ...(isTrial && { starts_trial: true as const }) },
    ...(subscription_id !== null && withPlan(plan, interval)),
  };
  const money = amountsOf(paid);
  if (money.amount === 0) return touchOrNote(known, "Nothing was paid, or only tax.");
  const custom = [readCustomData(paid.passthrough), readCustomData(paid.custom_data)];
  return [
    providerEvent({
      ...known,
      ...money,
      ...readCommissionable(...custom),
      type: "sale",
      payment: order_id,
      currency,
    }),
  ];
}

/** `sale_gross` is the total after the coupon, with tax. */
function amountsOf(paid: Payment): { amount: number; gross: number } {
  const { currency, sale_gross } = paid;
  const gross = readPaidDecimal(sale_gross, currency, "sale_gross");
  const amount = readRest(paid, "sale_gross", ["payment_tax"], currency);
  if (amount < 0) throw invalidField("sale_gross", "is less than its tax");
  return { amount, gross };
}

/**
 * How often a subscription is billed. Paddle sends only the day of the next payment, which is a period later, unless a trial or
 * a change of plan shortens the period.
 */
function planOf(paid: Payment, isTrial: boolean, query: URLSearchParams): BillingPlan | null {
  const stated = readStatedPlan(query, paid.subscription_plan_id);
  const { event_time, next_bill_date } = paid;
  if (stated !== null || isTrial || event_time === null || next_bill_date === null) return stated;
  return monthlyPlanBetween(event_time - (event_time % MS_PER_DAY), next_bill_date);
}

/** The start of a trial. What it charges is reported by `subscription_payment_succeeded`, also as `trialing`. */
function readStart(alert: unknown, query: URLSearchParams): ParsedEvents {
  const started = parseFields(subscription, alert);
  const { subscription_id, subscription_plan_id: product } = started;
  if (started.status !== "trialing") {
    return "The subscription has no trial. Its payments are recorded from subscription_payment_succeeded.";
  }
  const plan = readStatedPlan(query, product);
  const interval = plan?.interval_count === undefined ? (plan?.interval ?? null) : null;
  return [
    providerEvent({
      ...common(started),
      id: `trial:${subscription_id}`,
      type: "trial",
      product,
      subscription: { id: subscription_id, interval },
      ...withPlan(plan, interval),
    }),
  ];
}

/** The subscription stays active until the effective date. */
function readEnd(alert: unknown): ParsedEvents {
  const ended = parseFields(subscription, alert);
  const { subscription_id, event_time, cancellation_effective_date: effective } = ended;
  const { click: _, ...known } = common(ended);
  const occurred_at = effective === null ? event_time : Math.max(effective, event_time ?? 0);
  return [
    providerEvent({
      ...known,
      id: `subscription_cancelled:${subscription_id}:${occurred_at}`,
      type: "cancellation",
      occurred_at,
      subscription: { id: subscription_id, interval: null },
    }),
  ];
}

/** A refund, which has no id but that of its alert. Its amounts are in the currency of the payment. */
function readRefund(alert: unknown): ParsedEvents {
  const back = parseFields(refund, alert);
  const { order_id, currency, subscription_id, tax_refund } = back;
  const gross_refund = back.gross_refund ?? back.amount;
  if (gross_refund === undefined) throw invalidField("gross_refund", "is missing");
  const gross = readPaidDecimal(gross_refund, currency, "gross_refund");
  const isTaxKnown = back.gross_refund !== undefined && tax_refund !== undefined;
  const amount = isTaxKnown ? readRest({ gross_refund, tax_refund }, "gross_refund", ["tax_refund"], currency) : null;
  if (gross === 0 || amount === 0) return "Nothing but tax was refunded.";
  if (amount !== null && amount < 0) throw invalidField("gross_refund", "is less than its tax");
  const { click: _, ...known } = common(back);
  const name = back.alert_id ?? `${order_id}@${back.event_time}`;
  return [
    providerEvent({
      ...known,
      id: `refund:${name}`,
      type: "refund",
      payment: order_id,
      refund: name,
      amount,
      gross,
      currency,
      subscription: subscription_id === null ? null : { id: subscription_id, interval: null },
    }),
  ];
}

/** A dispute of the whole order. Paddle sends `payment_dispute_closed` only for a dispute that was won. */
function readDispute(type: "chargeback" | "chargeback_won", alert: unknown): ParsedEvents {
  const { amount, currency, order_id, ...disputed } = parseFields(dispute, alert);
  const { click: _, ...known } = common(disputed);
  const gross = readPaidDecimal(amount, currency, "amount");
  return [
    providerEvent({ ...known, id: `${type}:${order_id}`, type, payment: order_id, refund: order_id, gross, currency }),
  ];
}

function common({ event_time, email, user_id, country, passthrough, custom_data }: Buyer) {
  const isCountry = country !== null && /^[A-Z]{2}$/.test(country);
  return {
    occurred_at: event_time,
    customer: readCustomer(user_id, email) satisfies ProviderEvent["customer"],
    click: readClick(readCustomData(passthrough)) ?? readClick(readCustomData(custom_data)),
    ...(isCountry && { country }),
  };
}
