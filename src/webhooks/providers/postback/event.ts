/** Reads a postback's parameters as an event. */
import * as v from "valibot";
import { parseDecimal } from "../../../lib/currency.ts";
import { currencyCode, instant, parseFields } from "../../../lib/validation.ts";
import { cutText } from "../../../lib/well-formed.ts";
import { EMAIL_PLACE, type ProviderEvent, providerEvent, type Reading } from "../../provider.ts";
import { CLICK_FIELD, invalidField, readClick, readEmail } from "../../reading/read-fields.ts";
import { type Parameters, readName, readParameter } from "../../reading/read-parameters.ts";
import {
  isEventWord,
  type PostbackType,
  readEventWord,
  readIntervalWord,
  readStatusWord,
  type Standing,
} from "./parameter-names.ts";

/** All of a click token; of what is none, as much as names it. */
const CLICK_CHARACTERS = 200;

/** As much of a click as names a payment: the rest of {@link NAME_CHARACTERS} is for its goal. */
const PAYMENT_CLICK_CHARACTERS = 150;

/** No name is longer. */
const NAME_CHARACTERS = 200;

/**
 * Our fields, and the names under which they come: ours first, then Everflow's, TUNE's and Voluum's. `reference` and `goal`
 * are free fields there: the first names a payment that has no other name, the second tells one click's leads apart.
 */
const SPELLINGS = {
  click: ["click_id", "lc_click", "clickid", "transaction_id", "cid"],
  event: ["event", "event_type"],
  trackers_event: ["event_name", "et"],
  status: ["status", "conversion_status"],
  txid: ["txid", "payment_id"],
  order: ["order_id"],
  reference: ["adv_sub", "adv1"],
  goal: ["goal_id", "goal_name", "event_id", "adv_event_id"],
  refund: ["refund_id", "chargeback_id", "dispute_id"],
  amount: ["amount", "sale_amount", "revenue", "payout"],
  currency: ["currency", "currency_code"],
  customer: ["customer_id", "user_id"],
  email: ["email", "customer_email"],
  coupon: ["coupon", "coupon_code", "promo_code"],
  product: ["product", "product_id", "sku"],
  subscription: ["subscription_id"],
  replaces: ["replaces_subscription_id"],
  interval: ["interval"],
  occurred_at: ["occurred_at"],
  timestamp: ["timestamp"],
  test: ["test", "is_test"],
} as const;

type Fields = Record<Exclude<keyof typeof SPELLINGS, "trackers_event">, string | null>;

/** Fields that are kept as they come. */
const NAMES: ReadonlySet<string> = new Set([
  ...["trackers_event", "txid", "order", "reference", "goal", "refund"],
  ...["customer", "coupon", "product", "subscription", "replaces"],
]);

/** A postback with its type and its refund's name settled. */
interface Told {
  type: PostbackType;
  fields: Fields;
  /** Of the payment, or of the lead. */
  name: string | null;
  /** A refund that reverses all that was paid, of which no sum is told. */
  isWhole?: boolean;
  /** The refunded payment's name. */
  payment?: string | null;
}

/**
 * Reads a postback. Without an event, it is a sale if it has an amount, else a lead. `currency` applies to amounts that
 * come without it; null where those are refused. Throws 422 with the field.
 */
export function readPostback(parameters: Parameters, currency: string | null): Reading {
  const fields = readFields(parameters);
  const word = readEventWord(fields.event);
  if (word === null) return ignore(fields.event ?? "");
  const type = word === "either" ? (isNothing(fields.amount) ? "lead" : "sale") : word;
  const name = fields.txid ?? fields.order ?? fields.reference;
  const settled = settle({ type, fields, name }, readStatusWord(fields.status), word === "either");
  if (typeof settled === "string") return ignore(fields.event ?? type, settled);
  if (isZeroPayment(settled)) return ignore(fields.event ?? type, "The amount is zero.");
  const event = eventOf(settled, currency);
  return { type: fields.event ?? settled.type, event_id: event.id, events: [event] };
}

function readFields(parameters: Parameters): Fields {
  const entries = Object.entries(SPELLINGS).map(([field, names]) => {
    const read = NAMES.has(field) ? readName : readParameter;
    return [field, read(parameters, names)];
  });
  const { trackers_event, ...fields } = Object.fromEntries(entries) as Record<keyof typeof SPELLINGS, string | null>;
  if (trackers_event === null) return fields;
  // A merchant names events at Everflow and Voluum: a word that means nothing here is such a name.
  return isEventWord(trackers_event)
    ? { ...fields, event: readParameter(parameters, [...SPELLINGS.event, ...SPELLINGS.trackers_event]) }
    : { ...fields, goal: fields.goal ?? trackers_event };
}

function ignore(type: string, ignored?: string): Reading {
  return { type, event_id: null, events: [], ...(ignored !== undefined && { ignored }) };
}

/**
 * Applies a status to a postback; returns the reason if it is ignored. Trackers send a conversion's state, but we record
 * what happened: one that is pending did not happen yet, and a payment that was rejected or returned after it was approved
 * is a refund under a name of its own, so that it is reversed once however often it is told: of all of it, where no sum
 * is told.
 */
function settle(told: Told, standing: Standing, isVague: boolean): Told | string {
  const { type, fields } = told;
  if (standing === "approved") return told;
  if (standing === "pending") return "It is pending, and recorded once it is approved.";
  const payment = namePayment(told);
  const isPaidTrial = type === "trial" && !isNothing(fields.amount);
  if (type === "sale" || isPaidTrial || (type === "lead" && isVague && payment !== null)) {
    const refund = fields.refund ?? cutText(`status:${payment}`, NAME_CHARACTERS);
    return { ...told, type: "refund", payment, fields: { ...fields, refund }, isWhole: isNothing(fields.amount) };
  }
  if (type === "refund") return standing === "returned" ? told : "The refund was rejected, so nothing is reversed.";
  if (type === "chargeback" || type === "chargeback_won") {
    throw invalidField("status", "does not say who won the chargeback: say event=chargeback or event=chargeback_won");
  }
  return `A rejected ${type} is not recorded. If it was recorded before, it stays, because it had no payment.`;
}

function isNothing(amount: string | null): boolean {
  return amount === null || /^-?(?=\.?0)0*(?:\.0*)?$/.test(amount);
}

function isZeroPayment({ type, fields, isWhole }: Told): boolean {
  const moves = ["sale", "refund", "chargeback"].includes(type) && isWhole !== true;
  return moves && fields.amount !== null && isNothing(fields.amount);
}

function eventOf(told: Told, currency: string | null): ProviderEvent {
  const { type, fields } = told;
  const { subscription, replaces } = fields;
  const known = {
    type,
    occurred_at: readTime(fields),
    customer: { id: fields.customer, email: readEmail(fields.email) },
    subscription:
      subscription === null
        ? null
        : { id: subscription, interval: readIntervalWord(fields.interval), ...(replaces !== null && { replaces }) },
    test: readTest(fields.test),
  };
  // What led to a payment says nothing of its way back.
  const cause = {
    click: readClick({ [CLICK_FIELD]: fields.click }),
    coupon: fields.coupon,
    product: fields.product,
  };
  switch (type) {
    case "trial":
      return providerEvent({ ...known, ...cause, ...readTrialPayment(told, currency), id: nameLead(told) });
    case "lead":
      return providerEvent({ ...known, ...cause, id: nameLead(told) });
    case "cancellation":
      return providerEvent({ ...known, id: nameCancellation(fields, known.occurred_at) });
    case "sale":
      return providerEvent({ ...known, ...cause, ...readPayment(told, currency) });
    default:
      return providerEvent({ ...known, ...readPayment(told, currency) });
  }
}

/** What was paid for a trial; nothing for most. */
function readTrialPayment(told: Told, currency: string | null) {
  if (isNothing(told.fields.amount)) return {};
  return readPayment(told, currency);
}

/** Payment, refund and money; a payment's event is named by them, so that the same postback again is the same event. */
function readPayment(told: Told, defaultCurrency: string | null) {
  const { type, fields, isWhole } = told;
  const name = told.payment ?? namePayment(told);
  if (name === null) {
    throw invalidField("txid", "is missing: the payment's own id, the order's as order_id, or the click");
  }
  const money = isWhole ? { amount: null, gross: null, currency: null } : readMoney(type, fields, defaultCurrency);
  if (type === "sale" || type === "trial") return { id: `${type}:${name}`, payment: name, ...money };
  // A payment has one chargeback, as a rule; refunds may be several.
  const refund = fields.refund ?? (type === "refund" ? null : name);
  const id = [type, name, ...(fields.refund === null ? [] : [fields.refund])].join(":");
  return { id, payment: name, refund, ...money };
}

/**
 * A payment without a name is its click's only one, or its click's only one of a goal: most trackers tell no more. Unless it
 * has an id of its own, a trial's payment is another one than that of the order or click, which is the first full payment.
 */
function namePayment(told: Told): string | null {
  const name = nameFullPayment(told);
  const isOther = told.type === "trial" && told.fields.txid === null && name !== null;
  return isOther ? cutText(`trial:${name}`, NAME_CHARACTERS) : name;
}

function nameFullPayment({ fields: { click, goal }, name }: Told): string | null {
  if (name !== null || click === null) return name;
  const token = click.replaceAll(/\p{Cc}/gu, "").slice(0, PAYMENT_CLICK_CHARACTERS);
  return ["click", token, ...(goal === null ? [] : [goal])].join(":").slice(0, NAME_CHARACTERS).toWellFormed();
}

function readMoney(type: PostbackType, fields: Fields, defaultCurrency: string | null) {
  if (fields.amount === null) throw invalidField("amount", "is missing: a decimal, such as 19.99");
  const stated = fields.currency?.toUpperCase() ?? defaultCurrency;
  if (stated === null) throw invalidField("currency", "is missing: ISO 4217, such as USD");
  const { currency } = parseFields(v.object({ currency: currencyCode }), { currency: stated });
  const amount = parseDecimal(fields.amount, currency);
  if (amount === null)
    throw invalidField("amount", `is no amount of ${currency}: a decimal with a point, such as 19.99`);
  if ((type === "sale" || type === "trial") && amount < 0)
    throw invalidField("amount", "is negative: money given back is event=refund");
  // Many write what is reversed as a negative number.
  return { amount: Math.abs(amount), currency };
}

/** A lead has no payment's name: it is told apart by its click, its customer and its goal. */
function nameLead({ type, fields, name }: Told): string {
  const click = fields.click === null ? null : cutText(fields.click, CLICK_CHARACTERS);
  const who = fields.customer ?? (readEmail(fields.email) === null ? null : EMAIL_PLACE);
  const parts = [click, name ?? who].filter((part) => part !== null);
  if (parts.length === 0) throw invalidField("click_id", `is missing: a ${type} needs it, or a customer_id or email`);
  return [type, ...parts, ...(fields.goal === null ? [] : [`goal=${fields.goal}`])].join(":");
}

/** By its time, too: who comes back may leave again. */
function nameCancellation({ subscription, customer, email }: Fields, time: number | null): string {
  const name = subscription ?? customer ?? (readEmail(email) === null ? null : EMAIL_PLACE);
  if (name === null) throw invalidField("subscription_id", "is missing: the subscription that has ended");
  return ["cancellation", name, ...(time === null ? [] : [time])].join(":");
}

/** The conversion's own time, in milliseconds; null where it is not told. Most trackers tell Unix seconds, some milliseconds. */
function readTime({ occurred_at, timestamp }: Fields): number | null {
  const stated =
    occurred_at === null ? null : parseFields(v.object({ occurred_at: instant }), { occurred_at }).occurred_at;
  if (timestamp === null) return stated;
  if (!/^\d{9,13}$/.test(timestamp)) throw invalidField("timestamp", "is not a Unix time in seconds or milliseconds");
  const time = timestamp.length > 10 ? Number(timestamp) : Number(timestamp) * 1_000;
  if (stated !== null && Math.floor(stated / 1_000) !== Math.floor(time / 1_000)) {
    throw invalidField("timestamp", "and occurred_at are the same field, and they differ");
  }
  return stated ?? time;
}

function readTest(text: string | null): boolean {
  if (text === null) return false;
  if (/^(?:1|true|yes)$/i.test(text)) return true;
  if (/^(?:0|false|no)$/i.test(text)) return false;
  throw invalidField("test", "must be 1 or 0");
}
