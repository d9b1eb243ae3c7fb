/** What the records say in codes, said in words. */
import type { TierView } from "../commissions/judge-tier.ts";
import type { ConversionRecord } from "../customers/conversion.ts";
import { formatCount, formatMoney, formatRate } from "../format-money.ts";

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
  const number = `${payment_number}${ORDINALS[ordinalRules.select(payment_number)] ?? "th"} payment`;
  return paid === null ? number : `${number}, ${paid}`;
}

const INTERVAL_WORDS: Record<string, string> = {
  once: "no subscription",
  day: "daily",
  week: "weekly",
  month: "monthly",
  year: "yearly",
};
const ordinalRules = new Intl.PluralRules("en", { type: "ordinal" });
const ORDINALS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** What of a ledger entry says how it came about. */
export interface EntryBasis {
  kind: string;
  base_amount: number | null;
  rate_bps: number | null;
  flat?: number | null;
  currency: string;
  rule?: number | null;
  tier?: string | null;
  from?: string | null;
  terms_version?: number | null;
  reason?: string | null;
}

/** How an entry's amount came about: `$99.00 × 40%`, `$150.00 flat`; null where no rate made it. */
export function sayCalculation({ kind, base_amount, rate_bps, flat = null, currency }: EntryBasis): string | null {
  if (kind !== "commission" && kind !== "override") return null;
  if (flat !== null) return `${formatMoney(flat, currency)} flat`;
  if (base_amount === null || rate_bps === null) return null;
  return `${formatMoney(base_amount, currency)} × ${formatRate(rate_bps)}`;
}

/** By what it was decided, in a sentence or two: the rule, the tier, whose sale, and what was said. Null where nothing is known. */
export function sayBasis({ kind, rule = null, tier = null, from = null, reason = null }: EntryBasis): string | null {
  const sentences: string[] = [];
  if (kind === "commission" && rule !== null) {
    sentences.push(`By rule ${rule + 1} of the terms${tier === null ? "" : `, in tier ${tier}`}.`);
  } else if (kind === "commission" && tier !== null) sentences.push(`In tier ${tier}.`);
  if (from !== null) sentences.push(`Of a sale by ${from}, whom you brought in.`);
  if (reason !== null) sentences.push(reason);
  return sentences.length === 0 ? null : sentences.join(" ");
}

/** What the next tier needs, `1 more customer and $12.00 more in sales`; an affiliate in the highest has none. */
export function sayTier({ name, next }: TierView): string {
  if (next === null) return `Your tier: ${name}, the highest.`;
  const customers =
    next.customers === null ? [] : [`${formatCount(next.customers)} more customer${next.customers === 1 ? "" : "s"}`];
  const sales = next.sales === null ? [] : [`${formatMoney(next.sales, next.currency)} more in sales`];
  return `Your tier: ${name}. For ${next.name} you need ${[...customers, ...sales].join(" and ")}.`;
}

/** A ledger entry's kind as a heading: `second_tier` is `Second tier`. */
export function nameKind(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
