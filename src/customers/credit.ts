import type { ProgramTerms } from "../programs/terms.ts";
import { MS_PER_DAY } from "../time.ts";
import type { TokenFault, Touch } from "./fact.ts";

/** Checkouts cut times to the second, and clocks differ: a click that its own conversion carries came before it, even if it seems this much later. */
export const CLOCK_SKEW_MS = 60_000;

/** What became of a touch in a decision: it won, or what it lost by. */
export type TouchOutcome =
  | "chosen"
  | "later_click_won"
  | "earlier_click_won"
  | "outside_window"
  | "after_conversion"
  | "bound_elsewhere"
  | "affiliate_not_approved";

/** Why somebody, or nobody, got the credit. */
export type CreditReason =
  | "last_click"
  | "first_click"
  | "bound"
  | "bound_to_nobody"
  | "outside_window"
  | "click_after_conversion"
  | "affiliate_not_approved"
  | "waiting_for_sale"
  | "no_touch"
  | TokenFault;

/** An earlier decision that still holds: the touch that won then, null where nobody did. */
export interface Binding {
  touch: Touch | null;
  /** The conversion that bound it, and when, in ms. */
  conversion: string;
  since: number;
}

/** Who gets the credit for one conversion, with everything that was weighed. */
export interface Credit {
  touch: Touch | null;
  reason: CreditReason;
  considered: (Touch & { outcome: TouchOutcome })[];
  binding: Binding | null;
}

/** What a credit is decided by. Times in ms. */
export interface CreditCase {
  occurred_at: number;
  terms: ProgramTerms;
  touches: readonly Touch[];
  binding: Binding | null;
  /** The fault of the token that came with this very event. */
  fault: TokenFault | null;
  approved_affiliates: readonly number[];
}

/** Decides one credit: an earlier payment's binding first, else the last (or first) click that is eligible. */
export function decideCredit(given: CreditCase): Credit {
  if (given.binding !== null) return keepBinding(given, given.binding);
  const judged = given.touches.toSorted(newestFirst).map((touch) => ({ ...touch, outcome: judgeTouch(touch, given) }));
  const eligible = judged.filter((touch) => touch.outcome === null);
  const winner = given.terms.model === "last_click" ? eligible[0] : eligible.at(-1);
  const lost = given.terms.model === "last_click" ? "later_click_won" : "earlier_click_won";
  const considered = judged.map((touch) => ({
    ...touch,
    outcome: touch === winner ? ("chosen" as const) : (touch.outcome ?? lost),
  }));
  if (winner === undefined) return { touch: null, reason: sayWhyNobody(considered, given), considered, binding: null };
  const { outcome: _, ...touch } = winner;
  return { touch, reason: given.terms.model, considered, binding: null };
}

function keepBinding(given: CreditCase, binding: Binding): Credit {
  const others = given.touches
    .filter((touch) => touch.click_id !== binding.touch?.click_id)
    .toSorted(newestFirst)
    .map((touch) => ({ ...touch, outcome: "bound_elsewhere" as const }));
  const { touch } = binding;
  if (touch === null) return { touch: null, reason: "bound_to_nobody", considered: others, binding };
  const isApproved = given.approved_affiliates.includes(touch.affiliate_id);
  const won = (outcome: "chosen" | "affiliate_not_approved") => [{ ...touch, outcome }, ...others];
  return isApproved
    ? { touch, reason: "bound", considered: won("chosen"), binding }
    : { touch: null, reason: "affiliate_not_approved", considered: won("affiliate_not_approved"), binding };
}

function newestFirst(a: Touch, b: Touch): number {
  return b.clicked_at - a.clicked_at || (a.click_id < b.click_id ? 1 : -1);
}

/** What rules a touch out, null where nothing does. */
function judgeTouch(touch: Touch, given: CreditCase): TouchOutcome | null {
  const age = given.occurred_at - touch.clicked_at;
  if (age < -CLOCK_SKEW_MS) return "after_conversion";
  const { cookie_days } = given.terms;
  if (cookie_days !== null && age > cookie_days * MS_PER_DAY) return "outside_window";
  return given.approved_affiliates.includes(touch.affiliate_id) ? null : "affiliate_not_approved";
}

/** The nearest miss names the reason. */
function sayWhyNobody(considered: readonly { outcome: TouchOutcome }[], given: CreditCase): CreditReason {
  const outcomes = new Set(considered.map((touch) => touch.outcome));
  if (outcomes.has("affiliate_not_approved")) return "affiliate_not_approved";
  if (outcomes.has("outside_window")) return "outside_window";
  if (outcomes.has("after_conversion")) return "click_after_conversion";
  return given.fault ?? "no_touch";
}

/**
 * What a first trial or payment binds: its winner, or nobody for good where the customer came without a click that counts.
 * A token that was no good, or an affiliate who was not approved then, binds nothing: the next one is decided anew.
 */
export function bindCredit(credit: Credit, conversion: string, since: number): Binding | null {
  const isOrganic = ["no_touch", "outside_window", "click_after_conversion"].includes(credit.reason);
  return credit.touch !== null || isOrganic ? { touch: credit.touch, conversion, since } : null;
}
