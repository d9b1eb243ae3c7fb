/** Reads a postback's parameters as an event. */

import * as v from "valibot";
import { parseDecimal } from "../../../lib/currency.ts";
import { currencyCode, instant, parseFields } from "../../../lib/validation.ts";
import { cutText } from "../../../lib/well-formed.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import { EMAIL_PLACE, type ProviderEvent, providerEvent, type Reading } from "../../provider.ts";
import { planEvery, withPlan } from "../../reading/billing-plan.ts";
import { readContent } from "../../reading/parsed-events.ts";
import {
  CLICK_FIELD,
  invalidField,
  NO_COMMISSION_FIELD,
  readClick,
  readCommissionable,
  readCustomer,
  readEmail,
} from "../../reading/read-fields.ts";
import { noteLeftOut, type Parameters, readIdName, readName, readParameter } from "../../reading/read-parameters.ts";
import {
  type ConversionStatus,
  isEventWord,
  type PostbackType,
  readEventWord,
  readIntervalWord,
  readStatusWord,
} from "./parameter-names.ts";

/** The length of a click token in a lead's id; longer invalid tokens are cut. */
const CLICK_CHARACTERS = 200;

/** The length of a click token in a payment's id; the rest of {@link NAME_CHARACTERS} is for the goal. */
const PAYMENT_CLICK_CHARACTERS = 150;

/** The maximum length of an id. */
const NAME_CHARACTERS = 200;

/**
 * Our fields with their parameter names: ours first, then Everflow's, TUNE's and Voluum's. `reference` and `goal` are free fields
 * of the trackers: the first identifies a payment without another id, the second distinguishes the leads of one click.
 * `conversion` is TUNE's own id of the conversion, for a payment without any of these.
 */
const SPELLINGS = {
  click: ["click_id", "lc_click", "clickid", "transaction_id", "cid"],
  event: ["event", "event_type"],
  trackers_event: ["event_name", "et"],
  status: ["status", "conversion_status"],
  txid: ["txid", "payment_id"],
  order: ["order_id"],
  reference: ["adv_sub", "adv1"],
  conversion: ["conversion_unique_id"],
  goal: ["goal_id", "goal_name", "event_id", "adv_event_id"],
  refund: ["refund_id", "chargeback_id", "dispute_id"],
  amount: ["amount", "sale_amount", "revenue", "payout"],
  currency: ["currency", "currency_code"],
  customer: ["customer_id", "user_id"],
  email: ["email", "customer_email"],
  no_commission: [NO_COMMISSION_FIELD],
  coupon: ["coupon", "coupon_code", "promo_code"],
  product: ["product", "product_id", "sku"],
  subscription: ["subscription_id"],
  replaces: ["replaces_subscription_id"],
  interval: ["interval"],
  interval_count: ["interval_count"],
  occurred_at: ["occurred_at"],
  timestamp: ["timestamp"],
  test: ["test", "is_test"],
} as const;

type Fields = Record<Exclude<keyof typeof SPELLINGS, "trackers_event">, string | null>;

const IDS = ["txid", "order", "reference", "conversion", "refund", "customer", "subscription", "replaces"] as const;
const LABELS = ["trackers_event", "goal", "coupon", "product"] as const;
/** The parameters of ids and of labels, which are stored as sent. */
const ID_NAMES = IDS.flatMap((field): readonly string[] => SPELLINGS[field]);
const LABEL_NAMES = LABELS.flatMap((field): readonly string[] => SPELLINGS[field]);
const READERS: ReadonlyMap<string, typeof readName> = new Map([
  ...IDS.map((field) => [field, readIdName] as const),
  ...LABELS.map((field) => [field, readName] as const),
]);

/** A postback whose type and refund id are known. */
interface ParsedPostback {
  type: PostbackType;
  fields: Fields;
  /** The id of the payment or the lead. */
  name: string | null;
  /** The refund is a rejection of the payment. */
  isStatus?: boolean;
  /** A full refund without an amount. */
  isWhole?: boolean;
  /** The refunded payment's id. */
  payment?: string | null;
}

/**
 * Parses a postback. Without an event, it is a sale if it has an amount, otherwise a lead. `currency` is the default; null if
 * amounts without a currency are refused. Throws 422 with the field.
 */
export function readPostback(parameters: Parameters, currency: string | null): Reading {
  const fields = readFields(parameters);
  const content = { type: fields.event ?? "", event_id: null };
  return readContent(content, () => readConversion(parameters, fields, currency));
}

function readConversion(parameters: Parameters, fields: Fields, currency: string | null): Reading {
  const word = readEventWord(fields.event);
  if (word === null) return ignore(fields.event ?? "");
  const type = word === "either" ? (isNothing(fields.amount) ? "lead" : "sale") : word;
  const name = fields.txid ?? fields.order ?? fields.reference ?? fields.conversion;
  const applied = applyStatus({ type, fields, name }, readStatusWord(fields.status), word === "either");
  if (typeof applied === "string") return ignore(fields.event ?? type, applied);
  if (isZeroPayment(applied)) return ignore(fields.event ?? type, "The amount is zero.");
  const notes = noteLeftOut(parameters, ID_NAMES, LABEL_NAMES);
  const event = { ...eventOf(applied, currency), ...(notes.length > 0 && { notes }) };
  return { type: fields.event ?? applied.type, event_id: event.id, events: [event] };
}

function readFields(parameters: Parameters): Fields {
  const entries = Object.entries(SPELLINGS).map(([field, names]) => {
    return [field, (READERS.get(field) ?? readParameter)(parameters, names)];
  });
  const { trackers_event, ...fields } = Object.fromEntries(entries) as Record<keyof typeof SPELLINGS, string | null>;
  if (trackers_event === null) return fields;
  // At Everflow and Voluum merchants name their events. A word that isn't a known event is such a name.
  return isEventWord(trackers_event)
    ? { ...fields, event: readParameter(parameters, [...SPELLINGS.event, ...SPELLINGS.trackers_event]) }
    : { ...fields, goal: fields.goal ?? trackers_event };
}

function ignore(type: string, ignored?: string): Reading {
  return { type, event_id: null, events: [], ...(ignored !== undefined && { ignored }) };
}

/** The id of the refund by which a rejection reverses a payment. */
function nameRejection(payment: string | null): string {
  return cutText(`status:${payment}`, NAME_CHARACTERS);
}

/**
 * Applies a status to a postback; returns the reason if it is ignored. Trackers send the state of a conversion, but we record
 * events: a pending conversion isn't recorded yet, and a payment that was rejected or returned after its approval is a refund, in
 * full if no amount is sent. The refund's id is made from the payment's, so repeated postbacks reverse it only once, and an approval
 * undoes it.
 */
function applyStatus(parsed: ParsedPostback, status: ConversionStatus, isVague: boolean): ParsedPostback | string {
  const { type, fields } = parsed;
  if (status === "approved") return parsed;
  if (status === "pending")
    return "The conversion is pending. It is recorded once a postback says that it is approved.";
  const payment = namePayment(parsed);
  const isPaidTrial = type === "trial" && !isNothing(fields.amount);
  if (type === "sale" || isPaidTrial || (type === "lead" && isVague && payment !== null)) {
    const refund = fields.refund ?? nameRejection(payment);
    return {
      isStatus: true,
      ...parsed,
      type: "refund",
      payment,
      fields: { ...fields, refund },
      isWhole: isNothing(fields.amount),
    };
  }
  if (type === "refund") return status === "returned" ? parsed : "The refund was rejected, so nothing is reversed.";
  if (type === "chargeback" || type === "chargeback_won") {
    throw invalidField("status", "doesn't say who won the chargeback; send event=chargeback or event=chargeback_won");
  }
  return `A rejected ${type} is not recorded. If it was recorded before, it stays recorded, because it had no payment.`;
}

function isNothing(amount: string | null): boolean {
  return amount === null || /^-?(?=\.?0)0*(?:\.0*)?$/.test(amount);
}

function isZeroPayment({ type, fields, isWhole }: ParsedPostback): boolean {
  const moves = ["sale", "refund", "chargeback"].includes(type) && isWhole !== true;
  return moves && fields.amount !== null && isNothing(fields.amount);
}

function eventOf(parsed: ParsedPostback, currency: string | null): ProviderEvent {
  const { type, fields } = parsed;
  const { subscription, replaces } = fields;
  const interval = readIntervalWord(fields.interval);
  const known = {
    type,
    occurred_at: readTime(fields),
    customer: readCustomer(fields.customer, fields.email),
    subscription: subscription === null ? null : { id: subscription, interval, ...(replaces !== null && { replaces }) },
    ...(subscription !== null && withPlan(readPlan(interval, fields.interval_count), interval)),
    test: readTest(fields.test),
  };
  // Refunds don't need these.
  const cause = {
    click: readClick({ [CLICK_FIELD]: fields.click }),
    coupon: fields.coupon,
    product: fields.product,
  };
  const commissionable = readCommissionable({ [NO_COMMISSION_FIELD]: fields.no_commission });
  switch (type) {
    case "trial":
      return providerEvent({
        ...known,
        ...cause,
        ...readTrialPayment(parsed, currency),
        ...commissionable,
        id: nameLead(parsed),
      });
    case "lead":
      return providerEvent({ ...known, ...cause, id: nameLead(parsed) });
    case "cancellation":
      return providerEvent({ ...known, id: nameCancellation(fields, known.occurred_at) });
    case "sale":
      return providerEvent({ ...known, ...cause, ...readPayment(parsed, currency), ...commissionable });
    default:
      return providerEvent({ ...known, ...readPayment(parsed, currency) });
  }
}

/** The plan of a subscription with a count; null if none is sent. */
function readPlan(interval: string | null, count: string | null): BillingPlan | null {
  if (count === null) return null;
  if (!/^[1-9]\d{0,2}$/.test(count)) throw invalidField("interval_count", "must be a whole number from 1 to 999");
  return planEvery(interval, Number(count));
}

/** The payment for a trial. Most trials have none. */
function readTrialPayment(parsed: ParsedPostback, currency: string | null) {
  if (isNothing(parsed.fields.amount)) return {};
  return readPayment(parsed, currency);
}

/** The payment, the refund and the amounts. The event's id is made from them, so a repeated postback is the same event. */
function readPayment(parsed: ParsedPostback, defaultCurrency: string | null) {
  const { type, fields, isWhole, isStatus } = parsed;
  const name = parsed.payment ?? namePayment(parsed);
  if (name === null) {
    throw invalidField("txid", "is missing; send the payment's id, an order_id, or a click_id");
  }
  const money = isWhole ? { amount: null, gross: null, currency: null } : readMoney(type, fields, defaultCurrency);
  if (type === "sale" || type === "trial") {
    const status = fields.status === null ? {} : { status_of: nameRejection(name) };
    return { id: `${type}:${name}`, payment: name, ...money, ...status };
  }
  // A payment usually has one chargeback, but may have several refunds.
  const refund = fields.refund ?? (type === "refund" ? null : name);
  const id = [type, name, ...(fields.refund === null ? [] : [fields.refund])].join(":");
  return { id, payment: name, refund, ...money, ...(isStatus && refund !== null && { status_of: refund }) };
}

/**
 * The id of a payment. A payment without an id is the only one of its click, or of its click and goal, because most trackers send
 * no more. A trial's payment without an own id is distinct from the first full payment, which has the id of the order or click.
 */
function namePayment(parsed: ParsedPostback): string | null {
  const name = nameFullPayment(parsed);
  const isOther = parsed.type === "trial" && parsed.fields.txid === null && name !== null;
  return isOther ? cutText(`trial:${name}`, NAME_CHARACTERS) : name;
}

function nameFullPayment({ fields: { click, goal }, name }: ParsedPostback): string | null {
  if (name !== null || click === null) return name;
  const token = click.replaceAll(/\p{Cc}/gu, "").slice(0, PAYMENT_CLICK_CHARACTERS);
  return ["click", token, ...(goal === null ? [] : [goal])].join(":").slice(0, NAME_CHARACTERS).toWellFormed();
}

function readMoney(type: PostbackType, fields: Fields, defaultCurrency: string | null) {
  if (fields.amount === null) throw invalidField("amount", "is missing; send a decimal number such as 19.99");
  const stated = fields.currency?.toUpperCase() ?? defaultCurrency;
  if (stated === null) throw invalidField("currency", "is missing; send an ISO 4217 code such as USD");
  const { currency } = parseFields(v.object({ currency: currencyCode }), { currency: stated });
  const amount = parseDecimal(fields.amount, currency);
  if (amount === null)
    throw invalidField("amount", `is not an amount of ${currency}; send a decimal number such as 19.99`);
  if ((type === "sale" || type === "trial") && amount < 0)
    throw invalidField("amount", "must not be negative; send refunds as event=refund");
  // Many senders use a negative amount.
  return { amount: Math.abs(amount), currency };
}

/** A lead has no payment id, so its event's id is made from its click, its customer and its goal. */
function nameLead({ type, fields, name }: ParsedPostback): string {
  const click = fields.click === null ? null : cutText(fields.click, CLICK_CHARACTERS);
  const who = fields.customer ?? (readEmail(fields.email) === null ? null : EMAIL_PLACE);
  const parts = [click, name ?? who].filter((part) => part !== null);
  if (parts.length === 0)
    throw invalidField("click_id", `is missing; a ${type} needs a click_id, a customer_id or an email`);
  return [type, ...parts, ...(fields.goal === null ? [] : [`goal=${fields.goal}`])].join(":");
}

/** The id includes the time, because a customer may come back and cancel again. */
function nameCancellation({ subscription, customer, email }: Fields, time: number | null): string {
  const name = subscription ?? customer ?? (readEmail(email) === null ? null : EMAIL_PLACE);
  if (name === null) throw invalidField("subscription_id", "is missing; send the subscription that ended");
  return ["cancellation", name, ...(time === null ? [] : [time])].join(":");
}

/** The conversion's time in milliseconds, or null if it is not sent. Most trackers send Unix seconds, some milliseconds. */
function readTime({ occurred_at, timestamp }: Fields): number | null {
  const stated =
    occurred_at === null ? null : parseFields(v.object({ occurred_at: instant }), { occurred_at }).occurred_at;
  if (timestamp === null) return stated;
  if (!/^\d{9,13}$/.test(timestamp)) throw invalidField("timestamp", "must be a Unix time in seconds or milliseconds");
  const time = timestamp.length > 10 ? Number(timestamp) : Number(timestamp) * 1_000;
  if (stated !== null && Math.floor(stated / 1_000) !== Math.floor(time / 1_000)) {
    throw invalidField("timestamp", "and occurred_at are the same field but differ");
  }
  return stated ?? time;
}

function readTest(text: string | null): boolean {
  if (text === null) return false;
  if (/^(?:1|true|yes)$/i.test(text)) return true;
  if (/^(?:0|false|no)$/i.test(text)) return false;
  throw invalidField("test", "must be 1 or 0");
}
