/** Amounts in Stripe's minor units, also of providers that charge through Stripe. */
import { minorDigitsOf, rescale } from "../../lib/currency.ts";
import { portionOf } from "../../lib/money.ts";
import { invalidField } from "./read-fields.ts";

/** "Zero-decimal currencies" on Stripe's page "Supported currencies", without UGX. */
const ZERO_DECIMAL: ReadonlySet<string> = new Set(
  "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "),
);

/** "Three-decimal currencies" on the same page. */
const THREE_DECIMAL: ReadonlySet<string> = new Set("BHD JOD KWD OMR TND".split(" "));

/**
 * The number of decimals in Stripe's minor unit of a currency. According to "Special cases" on the same page, ISK and UGX have
 * two, although they have no smaller unit, and MGA has none, although ISO 4217 gives it two.
 */
function stripeDigitsOf(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** An amount in minor units of ISO 4217. Throws a 422 that names the field for a fraction of a unit. */
export function readUnits(integer: number, currency: string, field: string): number {
  const iso = rescale(integer, stripeDigitsOf(currency), currency);
  if (iso === null) throw invalidField(field, `is not an amount of ${currency}`);
  return iso;
}

/** An amount of {@link readUnits} as Stripe writes it. */
export function writeUnits(amount: number, currency: string): number {
  return Math.round(amount * 10 ** (stripeDigitsOf(currency) - minorDigitsOf(currency)));
}

/**
 * The base of the commission and the gross payment, in minor units of ISO 4217. `total` is the amount due, above 0, and `net` its
 * part without tax and shipping. `paid` is less than `total` if a credit covered the rest, and more if it also paid an earlier
 * debt, which isn't part of this sale. Throws a 422 that names the field of `paid`.
 */
export function readPaid(
  { net, total, paid }: { net: number; total: number; paid: number },
  currency: string,
  field: string,
): { amount: number; gross: number } {
  if (net < 0 || net > total) throw invalidField(field, "is less than its tax and shipping");
  const gross = readUnits(paid, currency, field);
  return { amount: portionOf(net, paid > total ? readUnits(total, currency, field) : gross, total), gross };
}
