/**
 * PayPal's file for Payouts Web (developer.paypal.com/payouts/use-payouts/send-money/use-web-ui): no header; recipient,
 * amount, currency, customer id, note, wallet; one currency a file.
 */

import type { Cell } from "../../lib/csv.ts";
import type { PaypalDetails } from "../payees/payment-details.ts";
import { isWhole, type LeftOutReason, type Payment, writeAmount } from "./payment.ts";

export const PAYPAL_ROWS_MAX = 5_000;
/** Of the customer id, without spaces ("File Format" of PayPal's mass payments). */
const CUSTOMER_ID = /^\S{1,30}$/;

/** developer.paypal.com/reports/reference/supported-currencies; those of single countries' accounts too. */
const CURRENCIES: ReadonlySet<string> = new Set(
  "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS INR JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD".split(" "),
);

/** "This currency does not support decimals. Decimal amounts will throw an error." ISO 4217 gives two of them digits. */
const WHOLE_ONLY: ReadonlySet<string> = new Set(["HUF", "JPY", "TWD"]);

/** Why PayPal does not take a payment, null where it does. */
export function refusePaypal({ statement, amount, currency }: Payment): LeftOutReason | null {
  if (!CURRENCIES.has(currency)) return "currency_not_paid";
  if (WHOLE_ONLY.has(currency) && !isWhole(amount, currency)) return "no_fractions_paid";
  return CUSTOMER_ID.test(statement) ? null : "reference_too_long";
}

/** A payment's row. The amount is written with a point: PayPal shows another format on upload where the sender's country has one. */
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
