/** When and how a programme pays, in plain words. */
import { formatMoney } from "../lib/format-money.ts";
import { sayList, sayOrdinal } from "../lib/plain-english.ts";
import type { Payout } from "./terms.ts";

const LONGEST_MONTH_DAYS = 31;
/** Every month has as many. */
const SHORTEST_MONTH_DAYS = 28;

const GATES = { tax_form: "a tax form", payment_details: "payment details" };
const METHODS = { paypal: "PayPal", bank: "bank transfer" };

/** A line for each thing that decides when and how much is paid. The minimum is minor units of `currency`. */
export function sayPayout(payout: Payout | null, currency: string): string[] {
  if (payout === null) return ["These terms do not say when commissions are paid: the merchant does."];
  const { basis, lag_months, gates, methods } = payout;
  const when = `are paid ${sayWindow(payout)} of ${sayLag(lag_months)}`;
  return [
    {
      cleared: `Commissions whose hold was over in a month ${when}.`,
      earned: `Commissions earned in a month ${when}, if their hold is over by then.`,
    }[basis],
    sayMinimum(payout, currency),
    gates.length === 0
      ? "Nothing is asked for beforehand."
      : `Before anything is paid, the merchant needs ${sayList(
          gates.map((gate) => GATES[gate]),
          "and",
        )}.`,
    methods.length === 0
      ? "No way of payment is named."
      : `Paid by ${sayList(
          methods.map((method) => METHODS[method]),
          "or",
        )}.`,
  ];
}

function sayMinimum({ minimum, minimums }: Payout, currency: string): string {
  const own = minimum === 0 ? [] : [{ currency, amount: minimum }];
  const amounts = [...own, ...minimums].map((least) => formatMoney(least.amount, least.currency));
  if (amounts.length === 0) return "Any amount is paid: there is no minimum.";
  const less = `Less than ${sayList(amounts, "or")} is not paid out, but carried over.`;
  return minimums.length === 0 ? less : `${less} Any amount in another currency is paid.`;
}

function sayWindow({ first_day, last_day }: Payout): string {
  return first_day === last_day ? `on ${sayDay(first_day)}` : `from ${sayDay(first_day)} to ${sayDay(last_day)}`;
}

function sayDay(day: number): string {
  if (day === LONGEST_MONTH_DAYS) return "the last day";
  return `the ${sayOrdinal(day)}${day > SHORTEST_MONTH_DAYS ? " (or the last day, where there is none)" : ""}`;
}

function sayLag(months: number): string {
  const named = ["that same month", "the next month", "the month after the next"];
  return named[months] ?? `the ${sayOrdinal(months)} month after it`;
}
