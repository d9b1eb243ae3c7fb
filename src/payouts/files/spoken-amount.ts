import { parseDecimal } from "../../lib/currency.ts";

/** What groups thousands besides commas and points: an apostrophe and all kinds of spaces. */
const GROUPING = /['’\s]/gu;

/**
 * What an amount can mean that a report writes in some language: `-1,234.50`, `1.234,50` and `1 234,50` one number each,
 * `1,234` of a currency with three digits two. Minor units without their sign; empty for what is no amount.
 */
export function readSpokenAmount(text: string, currency: string): number[] {
  const bare = text.replaceAll(GROUPING, "").replace(/^[-−+]/, "");
  const readings = [toPlain(bare, ","), toPlain(bare, ".")].flatMap((plain) =>
    plain === null ? [] : (parseDecimal(plain, currency) ?? []),
  );
  return [...new Set(readings)];
}

/** A decimal with a point, where `grouping` stands between thousands and the other mark before the fraction. */
function toPlain(text: string, grouping: "," | "."): string | null {
  const point = grouping === "," ? "." : ",";
  const [whole = "", ...fractions] = text.split(point);
  if (fractions.length > 1) return null;
  const [first = "", ...groups] = whole.split(grouping);
  const isGrouped = groups.every((group) => /^\d{3}$/.test(group)) && (groups.length === 0 || first.length <= 3);
  return isGrouped ? [first + groups.join(""), ...fractions].join(".") : null;
}
