/** What an affiliate is paid next, as far as it is known now. */

import { addToMonth, monthOf } from "../lib/calendar.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import type { Payout } from "../programs/terms.ts";
import { windowOf } from "./payout-window.ts";
import type { DraftOrder, Statement } from "./statements/statement.ts";

/** The longest hold and lag that are looked ahead for. */
const MONTHS_AHEAD = 14;

/** A currency's part of a payment to come, minor units. */
export type ComingPart = Pick<Statement, "currency" | "total" | "payable" | "blocked">;

/** The next payment, or what is carried over by it; a window is the first and the last day of payments, ms. */
export interface NextPayout {
  month: string;
  window: { from: number; to: number };
  /** A run has drafted it: it is not changed by what comes in now. */
  is_drafted: boolean;
  parts: ComingPart[];
}

/** The months whose runs may still come, the next one first: one whose window is over, or which was run already, is not one. */
export function listComingMonths(payout: Payout, now: number, wasRun: (month: string) => boolean): string[] {
  const current = monthOf(now);
  return Array.from({ length: MONTHS_AHEAD }, (_, later) => addToMonth(current, later)).filter(
    (month) => now < windowOf(payout, month).to + MS_PER_DAY && !wasRun(month),
  );
}

/** By what the next payment is looked for, at a time, ms. */
export interface AskedPayout {
  payout: Payout;
  program_currency: string;
  now: number;
}

/**
 * What the first of the coming runs that has anything to state would pay, if it were drafted on the last day of its window
 * and nothing happened until then; null where none has. `state` gives what a run would state, and keeps nothing of it.
 */
export function findNextPayout(
  { payout, program_currency, now }: AskedPayout,
  wasRun: (month: string) => boolean,
  state: (order: DraftOrder) => readonly Statement[],
): NextPayout | null {
  for (const month of listComingMonths(payout, now, wasRun)) {
    const drafted_at = Math.max(now, windowOf(payout, month).to);
    const statements = state({ run: "", month, program_currency, payout, drafted_at });
    const next = makeNextPayout(payout, month, statements, false);
    if (next !== null) return next;
  }
  return null;
}

/** What a month's run would state, or has drafted; null where that is nothing. */
export function makeNextPayout(
  payout: Payout,
  month: string,
  statements: readonly Statement[],
  is_drafted: boolean,
): NextPayout | null {
  const parts = statements
    .filter(({ total }) => total !== 0)
    .map(({ currency, total, payable, blocked }) => ({ currency, total, payable, blocked }));
  return parts.length === 0 ? null : { month, window: windowOf(payout, month), is_drafted, parts };
}
