/** Small pieces of English from which terms and entries are said. */
import { formatCount } from "./format-money.ts";

/** `1 day`, `1,000 days`. */
export function sayCount(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function sayList(items: readonly string[], word: "and" | "or"): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} ${word} ${last}`;
}

const ordinalRules = new Intl.PluralRules("en", { type: "ordinal" });
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** `1st`, `2nd`, `11th`. */
export function sayOrdinal(number: number): string {
  return `${number}${ENDINGS[ordinalRules.select(number)] ?? "th"}`;
}

/** A name that somebody has made up, so that it is seen where it begins and ends: “tier-1”. */
export function quote(name: string): string {
  return `“${name}”`;
}
