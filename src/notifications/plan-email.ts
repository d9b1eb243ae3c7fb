/** Decides which of an affiliate's notices go into an email now, and when to check the rest again. */
import { MS_PER_HOUR, MS_PER_MINUTE } from "../lib/time.ts";
import { type Choices, nextMorning } from "./choices.ts";

/** At most one email about sales in this time: the first of a burst is sent at once, the rest together. */
export const SALES_EVERY_MS = MS_PER_HOUR;
/** How long a sale waits for its commission to be recorded. */
export const SETTLE_MS = MS_PER_MINUTE;
/** When to check again for a projection that is being rebuilt. */
export const LOOK_AGAIN_MS = 10 * MS_PER_MINUTE;

/**
 * `current`: still as it was when noted; `outdated`: the sale was reversed or credited to another affiliate, or the payout
 * has another status by now; `unavailable`: its projection is missing.
 */
export type NoticeState = "current" | "outdated" | "unavailable";

/** A notice that waits to be sent. Times in ms. */
export interface Waiting {
  kind: "sale" | "paid" | "failed" | "returned";
  noted_at: number;
  state: NoticeState;
}

/** Each waiting notice is in one of the lists, or keeps waiting. */
export interface EmailPlan<Notice extends Waiting> {
  send: Notice[];
  /** Forget these, so that they can be noted again. */
  outdated: Notice[];
  /** Current, but the affiliate doesn't want them: never send these. */
  unwanted: Notice[];
  /** When to check the rest, null if there is none. */
  next_at: number | null;
}

/**
 * Sorts an affiliate's waiting notices at `now` (ms). Payouts are sent at once. Sales are sent one minute after the first of
 * them was noted, but at most once an hour, or in the next morning's digest. `sales_sent_at` is when the last email about
 * sales was sent, null if none was.
 */
export function planEmail<Notice extends Waiting>(
  waiting: readonly Notice[],
  choices: Choices,
  { sales_sent_at, now }: { sales_sent_at: number | null; now: number },
): EmailPlan<Notice> {
  const current = waiting.filter(({ state }) => state === "current");
  const isWanted = ({ kind }: Notice) => (kind === "sale" ? choices.sales !== "never" : choices.payouts);
  const wanted = current.filter(isWanted);
  const sales = wanted.filter(({ kind }) => kind === "sale");
  const sales_due_at = dueAt(sales, choices, sales_sent_at);
  const isSalesDue = sales_due_at !== null && sales_due_at <= now;
  const look_again_at = waiting.some(({ state }) => state === "unavailable") ? now + LOOK_AGAIN_MS : null;
  const times = [isSalesDue ? null : sales_due_at, look_again_at].filter((at) => at !== null);
  return {
    send: wanted.filter(({ kind }) => kind !== "sale" || isSalesDue),
    outdated: waiting.filter(({ state }) => state === "outdated"),
    unwanted: current.filter((notice) => !isWanted(notice)),
    next_at: times.length === 0 ? null : Math.min(...times),
  };
}

/** When an email about these sales is due; null if there are none. */
function dueAt(sales: readonly Waiting[], choices: Choices, sales_sent_at: number | null): number | null {
  if (sales.length === 0) return null;
  const first = Math.min(...sales.map(({ noted_at }) => noted_at));
  const earliest = sales_sent_at === null ? first : Math.max(first, sales_sent_at + SALES_EVERY_MS);
  if (choices.sales === "daily") return Math.max(nextMorning(choices.zone, first), earliest);
  return Math.max(first + SETTLE_MS, earliest);
}
