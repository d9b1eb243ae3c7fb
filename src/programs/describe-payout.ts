/** When and how a program pays, in words. */
import { formatMoney } from "../lib/format-money.ts";
import { messages } from "../lib/messages/messages.ts";
import type { Payout } from "./terms.ts";

/** One line each for the schedule, a second window, the minimum, the requirements and the methods. Amounts are minor units. */
export function describePayout(payout: Payout | null, currency: string): string[] {
  const texts = messages.terms.payout;
  if (payout === null) return [texts.none];
  return [
    texts.basis[payout.basis](texts.window(payout)),
    ...describeSecondWindow(payout),
    ...(payout.after_settlement ? [texts.after_settlement] : []),
    describeMinimum(payout, currency),
    ...(payout.minimum_sales === 0 ? [] : [texts.minimum_sales(formatMoney(payout.minimum_sales, currency))]),
    texts.gates(payout.gates),
    texts.methods(payout.methods.map((method) => messages.payouts.methods[method])),
  ];
}

function describeSecondWindow({ basis, second_window, lag_months }: Payout): string[] {
  const texts = messages.terms.payout;
  if (second_window === null) return [];
  const when = texts.window({ ...second_window, lag_months: lag_months - 1 });
  return [texts.second_window[basis](texts.day(second_window.before_day), when)];
}

function describeMinimum({ minimum, minimums }: Payout, currency: string): string {
  const texts = messages.terms.payout;
  const own = minimum === 0 ? [] : [{ currency, amount: minimum }];
  const amounts = [...own, ...minimums].map((least) => formatMoney(least.amount, least.currency));
  if (amounts.length === 0) return texts.no_minimum;
  const line = texts.minimum(amounts);
  return minimums.length === 0 ? line : `${line} ${texts.other_currencies}`;
}
