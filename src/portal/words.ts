/** What the records say in codes, said in words. */
import type { ConversionRecord } from "../customers/conversion.ts";
import { formatMoney, formatRate } from "./format-money.ts";

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

/** The rule of the terms that a credit was decided by, in a sentence or two. */
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
  return `The ${click} click before the ${type} gets the credit, ${window}.${binding}`;
}

/** How an entry's amount came about: `$99.00 × 40%`; null where no rate made it. */
export function sayCalculation(entry: {
  kind: string;
  base_amount: number | null;
  rate_bps: number | null;
  currency: string;
}): string | null {
  if (entry.kind !== "commission" || entry.base_amount === null || entry.rate_bps === null) return null;
  return `${formatMoney(entry.base_amount, entry.currency)} × ${formatRate(entry.rate_bps)}`;
}

/** A ledger entry's kind as a heading: `second_tier` is `Second tier`. */
export function nameKind(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
