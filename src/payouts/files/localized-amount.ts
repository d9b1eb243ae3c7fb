import { parseDecimal } from "../../lib/currency.ts";

/** Thousands separators other than comma and point: apostrophes and any kind of space. */
const GROUPING = /['’\s]/gu;

/**
 * The possible meanings of an amount in a report in any language: `-1,234.50`, `1.234,50` and `1 234,50` have one,
 * `1,234` in a currency with three decimals has two. Returns minor units without sign, or an empty list if it isn't an
 * amount.
 */
export function readLocalizedAmount(text: string, currency: string): number[] {
  const bare = text.replaceAll(GROUPING, "").replace(/^[-−+]/, "");
  const readings = [toPlain(bare, ","), toPlain(bare, ".")].flatMap((plain) =>
    plain === null ? [] : (parseDecimal(plain, currency) ?? []),
  );
  return [...new Set(readings)];
}

/** Converts to a decimal with a point. `grouping` separates thousands, the other character the fraction. */
function toPlain(text: string, grouping: "," | "."): string | null {
  const point = grouping === "," ? "." : ",";
  const [whole = "", ...fractions] = text.split(point);
  if (fractions.length > 1) return null;
  const [first = "", ...groups] = whole.split(grouping);
  const isGrouped = groups.every((group) => /^\d{3}$/.test(group)) && (groups.length === 0 || first.length <= 3);
  return isGrouped ? [first + groups.join(""), ...fractions].join(".") : null;
}
