import type { Credits } from "../../conversions/credit-queries.ts";
import { formatCount, formatMoney, formatRate } from "./formats-context.tsx";

const BPS = 10_000;

/** Amounts by currency, one per line. */
export function Money({ amounts }: { amounts: Credits["earned"] }) {
  if (amounts.length === 0) return <None />;
  return (
    <>
      {amounts.map(({ amount, currency }) => (
        <span class="amount">{formatMoney(amount, currency)}</span>
      ))}
    </>
  );
}

/** Earnings per click, rounded to minor units. A dash without clicks. */
export function PerClick({ earned, clicks }: { earned: Credits["earned"]; clicks: number | null }) {
  if (clicks === null || clicks === 0) return <None />;
  return <Money amounts={earned.map(({ amount, currency }) => ({ amount: Math.round(amount / clicks), currency }))} />;
}

/** The share of clicks that became sales. A dash without clicks, or if there are more sales than clicks. */
export function ConversionRate({ sales, clicks }: { sales: number; clicks: number | null }) {
  if (clicks === null || clicks === 0 || sales > clicks) return <None />;
  return <>{formatRate(Math.round((sales * BPS) / clicks))}</>;
}

/** A count, or a dash if it is unknown. */
export function Count({ count }: { count: number | null }) {
  return count === null ? <None /> : <span>{formatCount(count)}</span>;
}

/** A dash, read aloud as "none". */
export function None() {
  return (
    <span class="muted none">
      <span aria-hidden="true">–</span>
      <span class="vh">none</span>
    </span>
  );
}
