/**
 * Braintree. Sources: the reference pages of its webhooks "Subscription", "Transaction", "Dispute" and "Disbursement", and of
 * the objects that they contain.
 *
 * For a card payment outside a subscription, Braintree sends nothing before the disbursement, and nothing for its refund. The
 * sandbox is a separate account, whose notifications look the same as live ones.
 */
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { MS_PER_DAY } from "../../../lib/time.ts";
import { calendarDay, parseFields } from "../../../lib/validation.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { monthlyPlanBetween, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, anyTime, decimal, readPaidDecimal } from "../../reading/provider-fields.ts";
import {
  CLICK_FIELD,
  invalidField,
  readClick,
  readCommissionable,
  readCustomer,
  readId,
  readPayer,
} from "../../reading/read-fields.ts";
import { answerChallenge, checkBraintreeSecret, readForm, verifyBraintree } from "./signature.ts";
import { readXml } from "./xml.ts";

/** The statuses of a transaction that moved no money. */
const FAILED: ReadonlySet<string> = new Set([
  "authorization_expired",
  "failed",
  "gateway_rejected",
  "processor_declined",
  "settlement_declined",
  "voided",
]);

/** A retrieval only requests documents; no money moves. */
const RETRIEVAL = "retrieval";

const id = v.pipe(v.string(), v.minLength(1, "is empty"));
const day = v.pipe(
  calendarDay,
  v.transform((days) => days * MS_PER_DAY),
);

const notification = v.object({ kind: id, timestamp: anyTime, source_merchant_id: v.nullish(v.string()) });

const transaction = v.object({
  id,
  type: v.nullish(v.string()),
  status: v.nullish(v.string()),
  amount: decimal,
  tax_amount: v.nullish(decimal),
  shipping_amount: v.nullish(decimal),
  currency_iso_code: anyCaseCurrency,
  created_at: anyTime,
  customer: v.nullish(v.unknown()),
  custom_fields: v.nullish(v.unknown()),
  credit_card: v.nullish(v.unknown()),
  paypal: v.nullish(v.unknown()),
  plan_id: v.nullish(v.string()),
  subscription_id: v.nullish(v.string()),
  subscription: v.nullish(
    v.object({ billing_period_start_date: v.nullish(day), billing_period_end_date: v.nullish(day) }),
  ),
  refunded_transaction_id: v.nullish(v.string()),
});

const billed = v.object({ subject: v.object({ subscription: v.object({ id, transactions: v.array(v.unknown()) }) }) });

// Only the newest transaction is parsed.
const charged = v.object({
  subject: v.object({
    subscription: v.object({ transactions: v.tupleWithRest([transaction], v.unknown()) }),
  }),
});

const settled = v.object({ subject: v.object({ transaction }) });

const ended = v.object({ subject: v.object({ subscription: v.object({ id }) }) });

const dispute = v.object({
  subject: v.object({
    dispute: v.object({
      id,
      kind: v.nullish(v.string()),
      amount_disputed: v.nullish(decimal),
      amount: v.nullish(decimal),
      currency_iso_code: anyCaseCurrency,
      created_at: anyTime,
      date_opened: v.nullish(day),
      received_date: v.nullish(day),
      transaction: v.object({ id }),
    }),
  }),
});

type Notification = v.InferOutput<typeof notification>;
type Transaction = v.InferOutput<typeof transaction>;

export const braintree: Provider = {
  source: "braintree",

  ids: "provider",

  secret: { made_by: "provider", check: checkBraintreeSecret },

  headers: [],

  verify: verifyBraintree,

  parse({ body }) {
    const xml = readXml(decode(readForm(body).payload));
    const about = parseFields(notification, xml);
    const account = about.source_merchant_id || null;
    return toReading({ type: about.kind, event_id: null }, () => {
      const found = READERS.get(about.kind)?.(xml, about);
      return Array.isArray(found) ? found.map((event) => ({ ...event, account })) : found;
    });
  },

  probe: (request, secrets) => (request.method === "POST" ? null : answerChallenge(request, secrets)),
};

/** A notification has no id. Its kind and its object form one, which is the same when it is sent again. */
const READERS: ReadonlyMap<string, (xml: unknown, about: Notification) => ParsedEvents> = new Map([
  ["check", () => "Braintree tested the URL. There is nothing to record."],
  ["subscription_charged_successfully", readCharge],
  ["subscription_went_active", () => "The payment is recorded from subscription_charged_successfully."],
  ["subscription_trial_ended", () => "Only the trial ended. Payments are recorded from their own notifications."],
  ["subscription_canceled", readEnd],
  ["subscription_expired", readEnd],
  ["transaction_settled", readTransaction],
  ["transaction_disbursed", readTransaction],
  ["transaction_settlement_declined", readDeclined],
  ["refund_failed", readDeclined],
  ["dispute_opened", readDispute],
  ["dispute_accepted", readDispute],
  ["dispute_auto_accepted", readDispute],
  ["dispute_expired", readDispute],
  ["dispute_lost", readDispute],
  ["dispute_won", readDispute],
]);

/** The first transaction is the newest and was charged now. Earlier notifications reported the others. */
function readCharge(xml: unknown, about: Notification): ParsedEvents {
  const { id, transactions } = parseFields(billed, xml).subject.subscription;
  if (transactions.length === 0) return "The customer was charged nothing.";
  const [newest] = parseFields(charged, xml).subject.subscription.transactions;
  return payOrRefund(newest, about, "subject.subscription.transactions.0", id);
}

/** Bank debits and some other methods are reported once they are settled; the others when they are disbursed, if at all. */
function readTransaction(xml: unknown, about: Notification): ParsedEvents {
  return payOrRefund(parseFields(settled, xml).subject.transaction, about, "subject.transaction", null);
}

/** The same transaction gives the same sale or refund, whichever notification reports it. */
function payOrRefund(
  paid: Transaction,
  about: Notification,
  field: string,
  subscriptionId: string | null,
): ParsedEvents {
  if (FAILED.has(paid.status ?? "")) return `The transaction is ${paid.status}.`;
  const currency = paid.currency_iso_code;
  const gross = readPaidDecimal(paid.amount, currency, `${field}.amount`);
  if (gross === 0) return "Nothing was paid.";
  const common = { id: `${about.kind}:${paid.id}`, occurred_at: paid.created_at ?? about.timestamp, gross, currency };
  if (paid.type === "credit") {
    const payment = paid.refunded_transaction_id || null;
    if (payment === null) return "The credit is not a refund of a payment.";
    return [providerEvent({ ...common, type: "refund", payment, refund: paid.id })];
  }
  const tax = readPaidDecimal(paid.tax_amount || "0", currency, `${field}.tax_amount`);
  const shipping = readPaidDecimal(paid.shipping_amount || "0", currency, `${field}.shipping_amount`);
  const amount = gross - tax - shipping;
  if (amount < 0) throw invalidField(`${field}.amount`, "is less than its tax and shipping");
  if (amount === 0) return "Only tax and shipping were paid.";
  const subscription = subscriptionId ?? (paid.subscription_id || null);
  return [
    providerEvent({
      ...common,
      type: "sale",
      ...customerOf(paid),
      ...payerOf(paid),
      payment: paid.id,
      amount,
      ...readCommissionable(paid.custom_fields),
      product: paid.plan_id || null,
      subscription: subscription === null ? null : { id: subscription, interval: intervalOf(paid) },
      ...(subscription !== null && withPlan(planOf(paid), intervalOf(paid))),
    }),
  ];
}

/**
 * A bank debit can be returned days after it was charged, which counts as a full refund. A refund can fail too, also after
 * another notification reported it.
 */
function readDeclined(xml: unknown, about: Notification): ParsedEvents {
  const { transaction: declined } = parseFields(settled, xml).subject;
  if (declined.type === "credit") return failedRefundOf(declined, about);
  const currency = declined.currency_iso_code;
  return [
    providerEvent({
      id: `${about.kind}:${declined.id}`,
      type: "refund",
      occurred_at: about.timestamp,
      payment: declined.id,
      refund: about.kind,
      gross: readPaidDecimal(declined.amount, currency, "subject.transaction.amount"),
      currency,
    }),
  ];
}

function failedRefundOf({ id: refund, refunded_transaction_id }: Transaction, about: Notification): ParsedEvents {
  const payment = refunded_transaction_id || null;
  if (payment === null) return "The credit is not a refund of a payment.";
  const id = `${about.kind}:${refund}`;
  return [providerEvent({ id, type: "refund_failed", occurred_at: about.timestamp, payment, refund })];
}

/** In Braintree a canceled subscription ends immediately. */
function readEnd(xml: unknown, about: Notification): ParsedEvents {
  const { subscription } = parseFields(ended, xml).subject;
  return [
    providerEvent({
      id: `${about.kind}:${subscription.id}`,
      type: "cancellation",
      occurred_at: about.timestamp,
      subscription: { id: subscription.id, interval: null },
    }),
  ];
}

/** A dispute that is opened, lost, accepted or expired is one chargeback, dated when it was opened. A won one undoes it. */
function readDispute(xml: unknown, about: Notification): ParsedEvents {
  const { dispute: fields } = parseFields(dispute, xml).subject;
  if (fields.kind === RETRIEVAL) return "A retrieval request moves no money.";
  const common = { id: `${about.kind}:${fields.id}`, payment: fields.transaction.id, refund: fields.id };
  if (about.kind === "dispute_won") {
    return [providerEvent({ ...common, type: "chargeback_won", occurred_at: about.timestamp })];
  }
  const amount = fields.amount_disputed ?? fields.amount;
  if (!amount) throw invalidField("subject.dispute.amount_disputed", "is missing");
  const gross = readPaidDecimal(amount, fields.currency_iso_code, "subject.dispute.amount_disputed");
  if (gross === 0) return "The disputed amount is zero.";
  return [
    providerEvent({
      ...common,
      type: "chargeback",
      occurred_at: fields.created_at ?? fields.date_opened ?? fields.received_date ?? about.timestamp,
      gross,
      currency: fields.currency_iso_code,
    }),
  ];
}

/**
 * The customer and the click. The click is in a custom field of the transaction. Transactions that a subscription creates have
 * no custom fields; for them it is in the customer's website address.
 */
function customerOf({ customer, custom_fields }: Transaction): Pick<ProviderEvent, "customer" | "click"> {
  const { id, email, website } = Object(customer) as Record<string, unknown>;
  const url = typeof website === "string" ? URL.parse(website) : null;
  const inWebsite = readClick({ [CLICK_FIELD]: url?.searchParams.get(CLICK_FIELD) });
  return { customer: readCustomer(readId(id), email), click: readClick(custom_fields) ?? inWebsite };
}

/** The card's `unique_number_identifier`, which is the same for all of the merchant's customers, or the PayPal account. */
function payerOf({ credit_card, paypal }: Transaction): Pick<ProviderEvent, "payer"> {
  const { unique_number_identifier } = Object(credit_card) as Record<string, unknown>;
  const { payer_email, payer_id } = Object(paypal) as Record<string, unknown>;
  return readPayer(unique_number_identifier, payer_email, payer_id);
}

/** The plan of a period of whole months; the end date is the period's last day. A prorated period isn't one. */
function planOf({ subscription }: Transaction): BillingPlan | null {
  const { billing_period_start_date: from, billing_period_end_date: to } = subscription ?? {};
  if (typeof from !== "number" || typeof to !== "number") return null;
  return monthlyPlanBetween(from, to + MS_PER_DAY);
}

/** Braintree bills every so many months, but sends only the period that was paid for. */
function intervalOf({ subscription }: Transaction): string | null {
  const { billing_period_start_date: from, billing_period_end_date: to } = subscription ?? {};
  if (typeof from !== "number" || typeof to !== "number") return null;
  const days = (to - from) / MS_PER_DAY + 1;
  if (days >= 28 && days <= 31) return "month";
  return days === 365 || days === 366 ? "year" : null;
}

function decode(payload: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(Uint8Array.fromBase64(payload));
  } catch {
    throw new Problem(422, "invalid_payload", "bt_payload is not base64-encoded text.", "bt_payload");
  }
}
