/** The filters of the transactions page, as its URL states them. */
import { startOfDay } from "../../lib/calendar.ts";
import { PERIODS, type Period, readPeriod } from "../../portal/layout/period.ts";

/** The kinds of ledger entries, in the order of the filter. */
export const ENTRY_KINDS = ["commission", "override", "bonus", "reversal", "adjustment", "payout"] as const;

/** The filters. Null means all. */
export interface TransactionFilters {
  period: Period | null;
  kind: (typeof ENTRY_KINDS)[number] | null;
  /** ISO 4217. */
  currency: string | null;
  /** The number of the last entry of the page before. */
  cursor: number | null;
}

const CURRENCY = /^[A-Z]{3}$/;
const NUMBER = /^[1-9]\d{0,14}$/;

/** Reads the filters from query parameters, at `now` (ms). Ignores unknown values. */
export function parseTransactionFilters(
  query: Readonly<Record<string, string | undefined>>,
  now: number,
): TransactionFilters {
  const { type, currency = "", cursor = "" } = query;
  return {
    period: PERIODS.some((name) => name === query.period) ? readPeriod(query, now) : null,
    kind: ENTRY_KINDS.find((one) => one === type) ?? null,
    currency: CURRENCY.test(currency) ? currency : null,
    cursor: NUMBER.test(cursor) ? Number(cursor) : null,
  };
}

/** Whether an entry passes the filters, apart from the cursor. */
export function isListed(
  { period, kind, currency }: TransactionFilters,
  entry: { kind: string; currency: string; occurred_at: number },
): boolean {
  return (
    (kind === null || entry.kind === kind) &&
    (currency === null || entry.currency === currency) &&
    (period === null ||
      (entry.occurred_at >= startOfDay(period.first_day) && entry.occurred_at < startOfDay(period.last_day + 1)))
  );
}
