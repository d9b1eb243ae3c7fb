/** What an affiliate is paid next, as the API shows it. */
import { dayOf, toIsoDay } from "../lib/calendar.ts";
import { explainBlock } from "./explain-block.ts";
import type { NextPayout } from "./next-payout.ts";

/** Writes times in ISO 8601 and adds a sentence to each reason that blocks the payout. */
export function viewNextPayout(next: NextPayout | null) {
  if (next === null) return null;
  const toDay = (ms: number) => toIsoDay(dayOf(ms));
  return {
    month: next.month,
    window_from: toDay(next.window.from),
    window_to: toDay(next.window.to),
    is_drafted: next.is_drafted,
    parts: next.parts.map(({ currency, total, payable, blocked }) => ({
      currency,
      total,
      payable,
      blocked: blocked.map((block) => ({ ...block, text: explainBlock(block, currency, "merchant") })),
    })),
  };
}
