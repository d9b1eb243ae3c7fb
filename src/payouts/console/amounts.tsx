/** Amounts of payout runs. */

import { Money } from "../../portal/layout/figures.tsx";
import { formatCount, formatMoney } from "../../portal/layout/formats-context.tsx";
import { formatMonth } from "../portal/words.ts";
import type { RunView } from "./describe-run.ts";

/** Totals by currency. */
type Totals = Readonly<Record<string, { payments: number; amount: number }>>;

/** Amounts by currency, one per line. */
export function Amounts({ totals, field = "amount" }: { totals: RunView["drafted"]; field?: "amount" | "carried" }) {
  return <Money amounts={Object.entries(totals).map(([currency, tally]) => ({ currency, amount: tally[field] }))} />;
}

/** `12 payments, $600.00`, by currency. */
export function Payments({ totals }: { totals: Totals }) {
  const found = Object.entries(totals).filter(([, { payments }]) => payments > 0);
  if (found.length === 0) return <>no payments</>;
  return (
    <>
      {found.map(([currency, { payments, amount }], index) => (
        <>
          {index > 0 && " and "}
          {formatCount(payments)} {payments === 1 ? "payment" : "payments"}, {formatMoney(amount, currency)}
        </>
      ))}
    </>
  );
}

/** How many payments a run has. */
export function countPayments(totals: Totals): number {
  return Object.values(totals).reduce((sum, { payments }) => sum + payments, 0);
}

/** `March 2026`, or `March 2026, second window`. */
export function nameRun({ month, window }: Pick<RunView, "month" | "window">): string {
  return window === 1 ? formatMonth(month) : `${formatMonth(month)}, second window`;
}
