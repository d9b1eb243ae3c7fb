/** Amounts as text. Integer minor units are never converted to a fraction on the way. */
import { minorDigitsOf } from "./currency.ts";
import { messages } from "./messages/messages.ts";

const BPS_DIGITS_TO_ONE = 4;

/** Shifts the decimal point of an integer left by `digits`, exactly: (-1234, 2) is "-12.34". */
export function shiftPoint(integer: number, digits: number): string {
  const sign = integer < 0 ? "-" : "";
  const text = BigInt(Math.abs(integer))
    .toString()
    .padStart(digits + 1, "0");
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** `$1,234.50` from minor units, with all of the currency's digits. */
export function formatMoney(amount: number, currency: string): string {
  const digits = minorDigitsOf(currency);
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = new Intl.NumberFormat(messages.locale, { style: "currency", currency, ...options });
  // As text: Intl formats decimal strings exactly, at any size.
  return format.format(shiftPoint(amount, digits) as Intl.StringNumericLiteral);
}

/** `40%` from 4,000 basis points, `33.33%` from 3,333. */
export function formatRate(rateBps: number): string {
  const format = new Intl.NumberFormat(messages.locale, { style: "percent", maximumFractionDigits: 2 });
  return format.format(shiftPoint(rateBps, BPS_DIGITS_TO_ONE) as Intl.StringNumericLiteral);
}

/** `2/12`: a rate as the terms state it. */
export function formatFraction({ numerator, denominator }: { numerator: number; denominator: number }): string {
  return `${numerator}/${denominator}`;
}

/** Parses {@link formatFraction}'s text; null if it isn't one. */
export function parseFraction(text: string): { numerator: number; denominator: number } | null {
  const [, numerator, denominator] = /^(\d{1,7})\/([1-9]\d{0,6})$/.exec(text) ?? [];
  return numerator === undefined ? null : { numerator: Number(numerator), denominator: Number(denominator) };
}

/** `1,234`. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat(messages.locale).format(count);
}
