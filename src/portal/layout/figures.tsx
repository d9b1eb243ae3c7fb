import type { Credits } from "../../conversions/credit-queries.ts";
import { formatCount, formatMoney, formatRate } from "./reader.tsx";

const BPS = 10_000;

/** Amounts, each in its currency, one below the other. */
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

/** What a click earned on average, rounded to minor units; nothing where there was no click. */
export function PerClick({ earned, clicks }: { earned: Credits["earned"]; clicks: number | null }) {
  if (clicks === null || clicks === 0) return <None />;
  return <Money amounts={earned.map(({ amount, currency }) => ({ amount: Math.round(amount / clicks), currency }))} />;
}

/** How many of the clicks became sales; nothing where there was no click, or more sales than clicks. */
export function SalesRate({ sales, clicks }: { sales: number; clicks: number | null }) {
  if (clicks === null || clicks === 0 || sales > clicks) return <None />;
  return <>{formatRate(Math.round((sales * BPS) / clicks))}</>;
}

/** A count, nothing where it is not known. */
export function Count({ count }: { count: number | null }) {
  return count === null ? <None /> : <span>{formatCount(count)}</span>;
}

/** Nothing, for eyes and for ears. */
export function None() {
  return (
    <span class="muted">
      <span aria-hidden="true">–</span>
      <span class="vh">none</span>
    </span>
  );
}
