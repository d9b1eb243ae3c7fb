/** Conversions, attribution rules and tiers in words. */
import type { TierView } from "../../commissions/judge-tier.ts";
import type { ConversionRecord } from "../../customers/conversion.ts";
import { formatDate } from "../../lib/format-date.ts";
import { formatMoney } from "../../lib/format-money.ts";
import { messages } from "../../lib/messages/messages.ts";

const words = messages.portal;

/** `Sale`, `Lead`, `Trial`, or the plural if `count` isn't 1. Unknown types are capitalized. */
export function nameType(type: string, count = 1): string {
  return words.nameType(type, count);
}

/** A conversion's status as a label. */
export function nameStatus(record: Pick<ConversionRecord, "status" | "refunded" | "amount">): string {
  const { waiting, recorded, partially_refunded, refunded } = words.conversion_statuses;
  if (record.status === "waiting") return waiting;
  if (record.status === "recorded") return recorded;
  return record.refunded < (record.amount ?? 0) ? partially_refunded : refunded;
}

/** The attribution rule of the terms that decided a credit, in a few sentences. Older records lack some of its parts. */
export function describeRule(rules: ConversionRecord["rules"], type: string): string {
  const { model, window, binding, precedence, self_purchase } = words.rules;
  const before = rules.click_before === "signup" ? words.rules.before_signup : words.rules.before_conversion(type);
  return [
    model[rules.model](before, window(rules.cookie_days)),
    binding[rules.binds_to],
    rules.precedence && precedence[rules.precedence],
    rules.self_purchase && self_purchase[rules.self_purchase],
  ]
    .filter(Boolean)
    .join(" ");
}

/** Which payment a conversion is: `3rd payment, monthly`. Null if that is unknown or it isn't a payment. */
export function describePayment({ payment_number, interval }: Pick<ConversionRecord, "payment_number" | "interval">) {
  const frequency = interval === null ? null : (words.intervals[interval] ?? interval);
  // A lead or trial outside a subscription has the interval `once`, but no payment.
  if (payment_number === null) return interval === "once" ? null : frequency;
  const payment = words.payment(payment_number);
  return frequency === null ? payment : `${payment}, ${frequency}`;
}

/** The affiliate's tier, what counts toward the next one, what that requires, and what will count after its hold period. */
export function describeTier({ name, next }: TierView): string {
  if (next === null) return words.tier.highest(name);
  const { counted, currency } = next;
  const sales = next.sales === null ? null : formatMoney(next.sales, currency);
  const had = words.tier.counted(counted.customers, formatMoney(counted.sales, currency));
  return words.tier.next(name, had, next.name, words.tier.requirements(next.customers, sales)) + describePending(next);
}

/** The sales in their hold period, with UTC dates. */
function describePending({ pending, currency }: NonNullable<TierView["next"]>): string {
  if (pending === null) return "";
  const [from, to] = [formatDate(pending.clears_from), formatDate(pending.clears_to)];
  const sales = pending.sales === 0 ? null : formatMoney(pending.sales, currency);
  return words.tier.pending(pending.customers, sales, from, from === to ? null : to);
}
