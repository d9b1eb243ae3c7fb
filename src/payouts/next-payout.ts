/** An affiliate's next payout, as far as it is known now. */

import { addToMonth, monthOf } from "../lib/calendar.ts";
import type { Payout } from "../programs/terms.ts";
import { isOver, listWindows, type PayWindow, windowOf } from "./payout-window.ts";
import type { DraftOrder, Statement } from "./statements/statement.ts";

/** How many months to look ahead, enough for the longest hold period and payment lag. */
const MONTHS_AHEAD = 14;

/** The part of an upcoming payout in one currency, in minor units. */
export type ComingPart = Pick<Statement, "currency" | "total" | "payable" | "blocked">;

/** The next payout, or the balance it carries over. The window has the first and last payment day, in ms. */
export interface NextPayout {
  month: string;
  window: { from: number; to: number };
  /** Whether a run has already drafted it, so that new entries don't change it. */
  is_drafted: boolean;
  parts: ComingPart[];
}

/** The windows whose runs are still to come, the next first: those that aren't over and haven't had a run. */
export function listComingWindows(payout: Payout, now: number, wasRun: (window: PayWindow) => boolean): PayWindow[] {
  const current = monthOf(now);
  return Array.from({ length: MONTHS_AHEAD }, (_, later) => addToMonth(current, later))
    .flatMap((month) => listWindows(payout, month))
    .filter((window) => !isOver(windowOf(payout, window), now) && !wasRun(window));
}

/** The inputs for finding the next payout. `now` is in ms. */
export interface AskedPayout {
  payout: Payout;
  program_currency: string;
  now: number;
}

/**
 * The payout of the first upcoming run that would include anything, if it were drafted on the last day of its window
 * and nothing happened until then; null if there is none. `state` returns what a run would include, without storing
 * anything.
 */
export function findNextPayout(
  { payout, program_currency, now }: AskedPayout,
  wasRun: (window: PayWindow) => boolean,
  state: (order: DraftOrder) => readonly Statement[],
): NextPayout | null {
  for (const window of listComingWindows(payout, now, wasRun)) {
    const drafted_at = Math.max(now, windowOf(payout, window).to);
    const statements = state({ run: "", ...window, program_currency, payout, drafted_at });
    const next = makeNextPayout(payout, window, statements, false);
    if (next !== null) return next;
  }
  return null;
}

/** A window's payout, drafted or expected, or null if it would include nothing. */
export function makeNextPayout(
  payout: Payout,
  window: PayWindow,
  statements: readonly Statement[],
  is_drafted: boolean,
): NextPayout | null {
  const parts = statements
    .filter(({ total }) => total !== 0)
    .map(({ currency, total, payable, blocked }) => ({ currency, total, payable, blocked }));
  return parts.length === 0 ? null : { month: window.month, window: windowOf(payout, window), is_drafted, parts };
}
