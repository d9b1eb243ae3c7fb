/** What of all that waits goes into a letter now, and when the rest is looked at again. */
import { MS_PER_HOUR, MS_PER_MINUTE } from "../lib/time.ts";
import { type Choices, nextMorning } from "./choices.ts";

/** A burst of sales is one letter at once, and one an hour from then on. */
export const SALES_EVERY_MS = MS_PER_HOUR;
/** By then the sale's commission is in the ledger as well, save where something is away. */
export const SETTLE_MS = MS_PER_MINUTE;
/** What is noted but not to be seen: its projection is being made again. */
export const LOOK_AGAIN_MS = 10 * MS_PER_MINUTE;

/**
 * `holds`: it is as it was noted; `over`: the sale was taken back or is another's by now, the payment has come to another
 * end; `unseen`: there is nothing to see of it.
 */
export type Standing = "holds" | "over" | "unseen";

/** A thing to be told. Times in ms. */
export interface Waiting {
  kind: "sale" | "paid" | "failed" | "returned";
  noted_at: number;
  standing: Standing;
}

/** Each thing that waits is in one of the lists, or stays. */
export interface LetterPlan<Thing extends Waiting> {
  tell: Thing[];
  /** No longer true: forgotten, so that it may become true again. */
  over: Thing[];
  /** True, and never told. */
  unwanted: Thing[];
  /** When the letter for what stays is due, null where nothing does. */
  next_at: number | null;
}

/**
 * Sorts what waits for one affiliate at `now`, ms. Payments are told at once; sales one minute after the first of them was
 * noted, but in one letter an hour at most, or in the letter of the next morning. `sales_sent_at` is when the last letter
 * about sales went out, null for never.
 */
export function planLetter<Thing extends Waiting>(
  waiting: readonly Thing[],
  choices: Choices,
  { sales_sent_at, now }: { sales_sent_at: number | null; now: number },
): LetterPlan<Thing> {
  const seen = waiting.filter(({ standing }) => standing === "holds");
  const isWanted = ({ kind }: Thing) => (kind === "sale" ? choices.sales !== "never" : choices.payouts);
  const wanted = seen.filter(isWanted);
  const sales = wanted.filter(({ kind }) => kind === "sale");
  const sales_due_at = dueAt(sales, choices, sales_sent_at);
  const isSalesDue = sales_due_at !== null && sales_due_at <= now;
  const look_again_at = waiting.some(({ standing }) => standing === "unseen") ? now + LOOK_AGAIN_MS : null;
  const left = [isSalesDue ? null : sales_due_at, look_again_at].filter((at) => at !== null);
  return {
    tell: wanted.filter(({ kind }) => kind !== "sale" || isSalesDue),
    over: waiting.filter(({ standing }) => standing === "over"),
    unwanted: seen.filter((thing) => !isWanted(thing)),
    next_at: left.length === 0 ? null : Math.min(...left),
  };
}

/** Null where there is none. */
function dueAt(waiting: readonly Waiting[], choices: Choices, sales_sent_at: number | null): number | null {
  if (waiting.length === 0) return null;
  const first = Math.min(...waiting.map(({ noted_at }) => noted_at));
  const earliest = sales_sent_at === null ? first : Math.max(first, sales_sent_at + SALES_EVERY_MS);
  if (choices.sales === "daily") return Math.max(nextMorning(choices.zone, first), earliest);
  return Math.max(first + SETTLE_MS, earliest);
}
