/**
 * Braintree, by the pages of its reference on the webhooks "Subscription", "Transaction", "Dispute" and "Disbursement" and
 * on the objects in them.
 *
 * Braintree tells no event of a card payment outside a subscription before it is disbursed, and none of its refund; and its
 * sandbox is an account of its own, whose notifications look like any other's.
 */
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { MS_PER_DAY } from "../../../lib/time.ts";
import { calendarDay, instant, parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { type ParsedEvents, toReading } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, decimal, readPaidDecimal } from "../../reading/provider-fields.ts";
import { CLICK_FIELD, invalidField, readClick, readEmail, readId, readPayer } from "../../reading/read-fields.ts";
import { answerChallenge, checkBraintreeSecret, readForm, verifyBraintree } from "./signature.ts";
import { readXml } from "./xml.ts";

/** States of a transaction by which no money came in, or none went back. */
const FAILED: ReadonlySet<string> = new Set([
  "authorization_expired",
  "failed",
  "gateway_rejected",
  "processor_declined",
  "settlement_declined",
  "voided",
]);

/** A retrieval only asks for papers; no money moves. */
const RETRIEVAL = "retrieval";

const id = v.pipe(v.string(), v.minLength(1, "is empty"));
const day = v.pipe(
  calendarDay,
  v.transform((days) => days * MS_PER_DAY),
);

const notification = v.object({ kind: id, timestamp: instant, source_merchant_id: v.nullish(v.string()) });

const transaction = v.object({
  id,
  type: v.nullish(v.string()),
  status: v.nullish(v.string()),
  amount: decimal,
  tax_amount: v.nullish(decimal),
  shipping_amount: v.nullish(decimal),
  currency_iso_code: anyCaseCurrency,
  created_at: v.nullish(instant),
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

// Those below the newest are not looked at.
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
      created_at: v.nullish(instant),
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
    const found = READERS.get(about.kind)?.(xml, about);
    const account = about.source_merchant_id || null;
    const events = Array.isArray(found) ? found.map((event) => ({ ...event, account })) : found;
    return toReading({ type: about.kind, event_id: null }, events);
  },

  probe: (request, secrets) => (request.method === "POST" ? null : answerChallenge(request, secrets)),
};

/** A notification has no id: what it is about and its kind make one, the same whenever it is sent. */
const READERS: ReadonlyMap<string, (xml: unknown, about: Notification) => ParsedEvents> = new Map([
  ["check", () => "Braintree looks whether the URL is there."],
  ["subscription_charged_successfully", readCharge],
  ["subscription_went_active", () => "Its payment is told by subscription_charged_successfully."],
  ["subscription_trial_ended", () => "Only the trial ended. Payments are recorded from their own notifications."],
  ["subscription_canceled", readEnd],
  ["subscription_expired", readEnd],
  ["transaction_settled", readTransaction],
  ["transaction_disbursed", readTransaction],
  ["transaction_settlement_declined", readDeclined],
  ["refund_failed", () => "Braintree sent no notification for this refund, so there is nothing to undo."],
  ["dispute_opened", readDispute],
  ["dispute_accepted", readDispute],
  ["dispute_auto_accepted", readDispute],
  ["dispute_expired", readDispute],
  ["dispute_lost", readDispute],
  ["dispute_won", readDispute],
]);

/** The newest transaction is the one that was charged; those below it were told of before. */
function readCharge(xml: unknown, about: Notification): ParsedEvents {
  const { id, transactions } = parseFields(billed, xml).subject.subscription;
  if (transactions.length === 0) return "Nothing was charged.";
  const [newest] = parseFields(charged, xml).subject.subscription.transactions;
  return payOrRefund(newest, about, "subject.subscription.transactions.0", id);
}

/** Told of transactions by bank debit and some other methods once they are settled; of the rest when disbursed, if at all. */
function readTransaction(xml: unknown, about: Notification): ParsedEvents {
  return payOrRefund(parseFields(settled, xml).subject.transaction, about, "subject.transaction", null);
}

/** The same transaction gives the same sale or refund, whichever kind tells of it. */
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
    if (payment === null) return "The credit is no refund of a payment.";
    return [providerEvent({ ...common, type: "refund", payment, refund: paid.id })];
  }
  const tax = readPaidDecimal(paid.tax_amount || "0", currency, `${field}.tax_amount`);
  const shipping = readPaidDecimal(paid.shipping_amount || "0", currency, `${field}.shipping_amount`);
  const amount = gross - tax - shipping;
  if (amount < 0) throw invalidField(`${field}.amount`, "is less than its tax and shipping");
  if (amount === 0) return "Nothing was paid but tax and shipping.";
  const subscription = subscriptionId ?? (paid.subscription_id || null);
  return [
    providerEvent({
      ...common,
      type: "sale",
      ...customerOf(paid),
      ...payerOf(paid),
      payment: paid.id,
      amount,
      product: paid.plan_id || null,
      subscription: subscription === null ? null : { id: subscription, interval: intervalOf(paid) },
    }),
  ];
}

/** A bank debit that comes back, even days after it was charged: as if all of it were refunded. */
function readDeclined(xml: unknown, about: Notification): ParsedEvents {
  const { transaction: declined } = parseFields(settled, xml).subject;
  if (declined.type === "credit") return "A refund did not go through; what it reversed stays reversed.";
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

/** Braintree ends a subscription at once when it is cancelled. */
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

/** Opened, lost, accepted and left unanswered are one chargeback, dated by its opening; a won one gives it back. */
function readDispute(xml: unknown, about: Notification): ParsedEvents {
  const { dispute: told } = parseFields(dispute, xml).subject;
  if (told.kind === RETRIEVAL) return "A retrieval takes no money back.";
  const common = { id: `${about.kind}:${told.id}`, payment: told.transaction.id, refund: told.id };
  if (about.kind === "dispute_won") {
    return [providerEvent({ ...common, type: "chargeback_won", occurred_at: about.timestamp })];
  }
  const amount = told.amount_disputed ?? told.amount;
  if (!amount) throw invalidField("subject.dispute.amount_disputed", "is missing");
  const gross = readPaidDecimal(amount, told.currency_iso_code, "subject.dispute.amount_disputed");
  if (gross === 0) return "Nothing is disputed.";
  return [
    providerEvent({
      ...common,
      type: "chargeback",
      occurred_at: told.created_at ?? told.date_opened ?? told.received_date ?? about.timestamp,
      gross,
      currency: told.currency_iso_code,
    }),
  ];
}

/**
 * Who paid, and the click: in a custom field of the transaction or, since those that a subscription makes have none, in
 * the address that the merchant keeps as the customer's website.
 */
function customerOf({ customer, custom_fields }: Transaction): Pick<ProviderEvent, "customer" | "click"> {
  const { id, email, website } = Object(customer) as Record<string, unknown>;
  const url = typeof website === "string" ? URL.parse(website) : null;
  const inWebsite = readClick({ [CLICK_FIELD]: url?.searchParams.get(CLICK_FIELD) });
  return { customer: { id: readId(id), email: readEmail(email) }, click: readClick(custom_fields) ?? inWebsite };
}

/** The card, by the number that is the same wherever it is used at the merchant's, or the account at PayPal. */
function payerOf({ credit_card, paypal }: Transaction): Pick<ProviderEvent, "payer"> {
  const { unique_number_identifier } = Object(credit_card) as Record<string, unknown>;
  const { payer_email, payer_id } = Object(paypal) as Record<string, unknown>;
  return readPayer(unique_number_identifier, payer_email, payer_id);
}

/** Braintree bills by whole months and does not say by how many: the period that was paid for does. */
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
    throw new Problem(422, "invalid_payload", "bt_payload is not text in base64.", "bt_payload");
  }
}
