/**
 * PayPal's file for Payouts Web (developer.paypal.com/payouts/use-payouts/send-money/use-web-ui): no header; recipient,
 * amount, currency, customer id, note, wallet; one currency per file.
 */

import type { Cell } from "../../lib/csv.ts";
import type { PaypalDetails } from "../payees/payment-details.ts";
import { isWhole, type LeftOutReason, type Payable, type Payment, writeAmount } from "./payment.ts";

export const PAYPAL_ROWS_MAX = 5_000;
/** The customer id: no spaces ("File Format" of PayPal's mass payments). */
const CUSTOMER_ID = /^\S{1,30}$/;

/** developer.paypal.com/reports/reference/supported-currencies, including those only for in-country accounts. */
const CURRENCIES: ReadonlySet<string> = new Set(
  "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS INR JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD".split(" "),
);

/**
 * "This currency does not support decimals. Decimal amounts will throw an error." Two of these have decimals in ISO
 * 4217.
 */
const WHOLE_ONLY: ReadonlySet<string> = new Set(["HUF", "JPY", "TWD"]);

/** Why PayPal can't make a payment, or null if it can. */
export function refusePaypal({ statement, amount, currency }: Payable): LeftOutReason | null {
  if (!CURRENCIES.has(currency)) return "currency_not_paid";
  if (WHOLE_ONLY.has(currency) && !isWhole(amount, currency)) return "no_fractions_paid";
  return CUSTOMER_ID.test(statement) ? null : "reference_too_long";
}

/**
 * Writes a payment's row. The amount has a decimal point; on upload PayPal shows the format of the sender's country.
 */
export function toPaypalRow({
  statement,
  note,
  amount,
  currency,
  details,
}: Payment & { details: PaypalDetails }): Cell[] {
  const text = writeAmount(amount, currency);
  return [
    details.email,
    WHOLE_ONLY.has(currency) ? text.replace(/\..*$/, "") : text,
    currency,
    statement,
    note,
    "PAYPAL",
  ];
}
