/** What the records say in codes, said in words. */
import type { TierView } from "../../commissions/judge-tier.ts";
import type { ConversionRecord } from "../../customers/conversion.ts";
import { formatCount, formatMoney } from "../../lib/format-money.ts";
import { messages } from "../../lib/messages/messages.ts";

/** `Sale`, `Lead`, `Trial`; of several: `Sales`. */
export function nameType(type: string, count = 1): string {
  return type.charAt(0).toUpperCase() + type.slice(1) + (count === 1 ? "" : "s");
}

/** What became of a conversion. */
export function nameStatus(record: Pick<ConversionRecord, "status" | "refunded" | "amount">): string {
  if (record.status === "waiting") return "Waiting for its sale";
  if (record.status === "recorded") return "Recorded";
  return record.refunded < (record.amount ?? 0) ? "Partly refunded" : "Refunded";
}

/** The rule of the terms that a credit was decided by, in a few sentences; records of before do not tell all of it. */
export function sayRule(rules: ConversionRecord["rules"], type: string): string {
  const click = rules.model === "last_click" ? "last" : "first";
  const window =
    rules.cookie_days === null
      ? "however long ago it was"
      : `if it is no more than ${rules.cookie_days} day${rules.cookie_days === 1 ? "" : "s"} old`;
  const binding = {
    customer: " The first trial or payment binds the customer for life.",
    subscription: " The first trial or payment binds the subscription while it is active.",
    nothing: "",
  }[rules.binds_to];
  const before = rules.click_before === "signup" ? "the customer signed up" : `the ${type}`;
  const coupons =
    rules.precedence &&
    {
      coupon: " A coupon of an affiliate that is used goes before any click.",
      click: " A click goes before a coupon.",
    }[rules.precedence];
  const own =
    rules.self_purchase &&
    {
      refuse: " What affiliates buy themselves earns nothing.",
      allow: " What affiliates buy themselves counts as well.",
    }[rules.self_purchase];
  return `The ${click} click before ${before} gets the credit, ${window}.${binding}${coupons ?? ""}${own ?? ""}`;
}

/** Which payment it is, and of what: `3rd payment, monthly`; null where that is not known, or it is no payment. */
export function sayPayment({ payment_number, interval }: Pick<ConversionRecord, "payment_number" | "interval">) {
  const paid = interval === null ? null : (INTERVAL_WORDS[interval] ?? interval);
  if (payment_number === null) return paid;
  const number = `${messages.ordinal(payment_number)} payment`;
  return paid === null ? number : `${number}, ${paid}`;
}

const INTERVAL_WORDS: Record<string, string> = {
  once: "no subscription",
  day: "daily",
  week: "weekly",
  month: "monthly",
  year: "yearly",
};

/** What the next tier needs, `1 more customer and $12.00 more in sales`; an affiliate in the highest has none. */
export function sayTier({ name, next }: TierView): string {
  if (next === null) return `Your tier: ${name}, the highest.`;
  const customers =
    next.customers === null ? [] : [`${formatCount(next.customers)} more customer${next.customers === 1 ? "" : "s"}`];
  const sales = next.sales === null ? [] : [`${formatMoney(next.sales, next.currency)} more in sales`];
  return `Your tier: ${name}. For ${next.name} you need ${[...customers, ...sales].join(" and ")}.`;
}
