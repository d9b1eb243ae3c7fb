import { MS_PER_DAY } from "../lib/time.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import type { DecisionScope } from "../webhooks/conversion-event.ts";
import type { OwnKind, TokenFault, Touch } from "./fact.ts";
import { CONSIDERED_MAX, UNLISTED_MAX } from "./touches/touches.ts";

/**
 * Checkouts truncate times to the second, and clocks differ. A click carried by a conversion's own events counts as
 * earlier than the conversion if its time is at most this much later.
 */
export const CLOCK_SKEW_MS = 60_000;

/** What a decision did with a touch: chosen, or the reason it lost. */
export type TouchOutcome =
  | "chosen"
  | "later_click_won"
  | "earlier_click_won"
  | "coupon_won"
  | "click_won"
  | "outside_window"
  | "after_conversion"
  | "after_signup"
  | "own_purchase"
  | "bound_elsewhere"
  | "overruled"
  | "too_many_customers"
  | "affiliate_not_approved";

/** Why a conversion is or isn't credited. */
export type CreditReason =
  | "last_click"
  | "first_click"
  | "coupon"
  | "referral"
  | "bound"
  | "bound_to_nobody"
  | "dispute"
  | "manual_credit"
  | "manual_sale"
  | "outside_window"
  | "click_after_conversion"
  | "click_after_signup"
  | "own_purchase"
  | "too_many_customers"
  | "affiliate_not_approved"
  | "waiting_for_sale"
  | "no_touch"
  | TokenFault;

/** An earlier decision that still applies. `touch` is null if that decision credited no affiliate. */
export interface Binding {
  touch: Touch | null;
  /** The conversion that created the binding, or null for a referral. `since` is in ms. */
  conversion: string | null;
  since: number;
}

/** What the merchant decided in a dispute or by itself: the affiliate that it named, when (ms), and why. */
export interface Ruling {
  /** Null if nobody is credited, which only the merchant's own decision can say. */
  touch: Touch | null;
  ruled_at: number;
  reason: string;
  /** Of the merchant's own decision; left out for a dispute. */
  decided?: {
    covers: DecisionScope;
    /** The conversion that it was made about. */
    conversion: string;
    /** Of `future`: it applies to conversions after this time (ms). */
    after?: number;
  };
  /** The sale was entered by hand, with this affiliate. */
  is_entry?: true;
}

/** A touch and its outcome. */
export type ConsideredTouch = Touch & {
  outcome: TouchOutcome;
  /** For an own purchase, credited or not: how it is known. */
  own_by?: OwnKind;
};

/** Who gets the credit for one conversion, and everything that was considered. */
export interface Credit {
  touch: Touch | null;
  reason: CreditReason;
  considered: ConsideredTouch[];
  /** The number of older touches that were considered but not listed, up to {@link UNLISTED_MAX}. */
  unlisted: number;
  binding: Binding | null;
  ruling: Ruling | null;
  /** Of a sale that was entered by hand, also where a later ruling overrules it. */
  entry?: Ruling;
}

/** The inputs of one credit decision. Times in ms. */
export interface CreditCase {
  occurred_at: number;
  terms: ProgramTerms;
  /**
   * The customer's touches that can affect the decision (see `weighTouches`), and how many touches there are in total.
   */
  touches: readonly Touch[];
  counted: number;
  /** The ids of the touches that came with this conversion's own events. */
  carried: ReadonlySet<string>;
  /** When the customer signed up, or null if this conversion is the sign-up. */
  signed_up_at: number | null;
  binding: Binding | null;
  ruling: Ruling | null;
  /** The touches of earlier rulings that this one overrules. */
  overruled: readonly Touch[];
  /** What is wrong with this event's own click token. */
  fault: TokenFault | null;
  approved_affiliates: readonly number[];
  /** The affiliates whose sale to this customer is an own purchase, and how that is known. */
  own: ReadonlyMap<number, OwnKind>;
}

/**
 * Decides the credit for one conversion. A ruling comes first, then an existing binding, then the eligible touch that the
 * terms prefer.
 */
export function decideCredit(given: CreditCase): Credit {
  if (given.ruling !== null) return obey(given, given.ruling);
  if (given.binding !== null) return keepBinding(given, given.binding);
  const judged = given.touches.toSorted(newestFirst).map((touch) => ({ touch, fault: judgeTouch(touch, given) }));
  const winner = chooseTouch(
    judged.filter(({ fault }) => fault === null).map(({ touch }) => touch),
    given,
  );
  const considered = judged.map(({ touch, fault }) =>
    withOutcome(touch, fault ?? (touch === winner ? "chosen" : outcomeOfLoser(touch, winner, given)), given),
  );
  const reason = winner === null ? reasonForNoCredit(considered, given) : nameWin(winner, given.terms);
  return { touch: winner, reason, ...list(considered, given.counted), binding: null, ruling: null };
}

/**
 * Chooses among eligible touches, newest first: coupons or clicks first, as the terms say, then the last or the first
 * touch.
 */
function chooseTouch(eligible: readonly Touch[], { terms, carried }: CreditCase): Touch | null {
  const isCoupon = ({ source }: Touch) => source === "coupon";
  // A coupon outranks clicks only at the checkout where it is used. Later it is an ordinary touch.
  const used = eligible.filter((touch) => isCoupon(touch) && carried.has(touch.click_id));
  if (terms.precedence === "coupon" && used[0] !== undefined) return used[0];
  const others = eligible.filter((touch) => !isCoupon(touch));
  const field = terms.precedence === "click" && others.length > 0 ? others : eligible;
  return (terms.model === "last_click" ? field[0] : field.at(-1)) ?? null;
}

function outcomeOfLoser(touch: Touch, winner: Touch | null, { terms }: CreditCase): TouchOutcome {
  if (winner !== null && winner.source !== touch.source) {
    if (winner.source === "coupon" && terms.precedence === "coupon") return "coupon_won";
    if (touch.source === "coupon" && terms.precedence === "click") return "click_won";
  }
  // A second coupon at the same checkout, or an attribution model that doesn't prefer the newest touch.
  if (winner !== null && touch.clicked_at > winner.clicked_at) return "earlier_click_won";
  if (winner !== null && touch.clicked_at < winner.clicked_at) return "later_click_won";
  return terms.model === "last_click" ? "later_click_won" : "earlier_click_won";
}

function nameWin({ source }: Touch, { model }: ProgramTerms): CreditReason {
  return source === "coupon" || source === "referral" ? source : model;
}

function keepBinding(given: CreditCase, binding: Binding): Credit {
  if (binding.touch !== null) return follow(given, binding.touch, "bound", "bound_elsewhere");
  const others = given.touches.toSorted(newestFirst).map((touch) => withOutcome(touch, "bound_elsewhere", given));
  return { touch: null, reason: "bound_to_nobody", ...list(others, given.counted), binding, ruling: null };
}

/** Credits the affiliate that the merchant named, or nobody. */
function obey(given: CreditCase, ruling: Ruling): Credit {
  const { touch, decided, is_entry } = ruling;
  const reason = is_entry ? "manual_sale" : decided === undefined ? "dispute" : "manual_credit";
  if (touch !== null) return follow(given, touch, reason, "overruled");
  const others = [...given.overruled, ...given.touches.toSorted(newestFirst)];
  const considered = others.map((other) => withOutcome(other, "overruled", given));
  const counted = given.counted + given.overruled.length;
  return { touch: null, reason, ...list(considered, counted), binding: null, ruling };
}

/** Credits the affiliate of a binding or ruling, unless that affiliate is the customer or isn't approved now. */
function follow(given: CreditCase, touch: Touch, reason: CreditReason, lost: TouchOutcome): Credit {
  const { overruled } = given;
  const others = [...overruled, ...given.touches.toSorted(newestFirst)]
    .filter((other) => other.click_id !== touch.click_id)
    .map((other) => withOutcome(other, lost, given));
  const obstacle = judgeAffiliate(touch, given);
  const considered = [withOutcome(touch, obstacle ?? "chosen", given), ...others];
  const isCounted =
    touch.source !== "dispute" &&
    touch.source !== "manual" &&
    (touch.clicked_at <= given.occurred_at || given.touches.some(({ click_id }) => click_id === touch.click_id));
  return {
    touch: obstacle === null ? touch : null,
    reason: obstacle ?? reason,
    ...list(considered, given.counted + overruled.length + (isCounted ? 0 : 1)),
    binding: given.ruling === null ? given.binding : null,
    ruling: given.ruling,
  };
}

function newestFirst(a: Touch, b: Touch): number {
  return b.clicked_at - a.clicked_at || (a.click_id < b.click_id ? 1 : -1);
}

/** Why a touch can't be credited, or null if it can. */
function judgeTouch(touch: Touch, given: CreditCase): TouchOutcome | null {
  const { terms, occurred_at, signed_up_at } = given;
  const age = occurred_at - touch.clicked_at;
  if (age < -CLOCK_SKEW_MS) return "after_conversion";
  if (terms.cookie_days !== null && age > terms.cookie_days * MS_PER_DAY) return "outside_window";
  const isLate = terms.click_before === "signup" && signed_up_at !== null && touch.clicked_at > signed_up_at;
  // Coupons are exempt: they are used at checkout, which always comes after the sign-up.
  if (isLate && touch.source === "click") return "after_signup";
  const obstacle = judgeAffiliate(touch, given);
  if (obstacle !== null || terms.customers_per_click === null) return obstacle;
  return (touch.customer_number ?? 0) > terms.customers_per_click ? "too_many_customers" : null;
}

function judgeAffiliate({ affiliate_id }: Touch, given: CreditCase): "own_purchase" | "affiliate_not_approved" | null {
  if (refusesOwnPurchase(affiliate_id, given)) return "own_purchase";
  return given.approved_affiliates.includes(affiliate_id) ? null : "affiliate_not_approved";
}

/** Whether a sale by an affiliate is an own purchase, which the terms refuse. */
export function refusesOwnPurchase(affiliateId: number, given: Pick<CreditCase, "own" | "terms">): boolean {
  return given.terms.self_purchase === "refuse" && findOwn(affiliateId, given) !== undefined;
}

/** How a sale by an affiliate is known to be an own purchase. A sponsor earns from it only where there is a second tier. */
function findOwn(affiliateId: number, { own, terms }: Pick<CreditCase, "own" | "terms">): OwnKind | undefined {
  const by = own.get(affiliateId);
  return by === "sponsor" && terms.second_tier === null ? undefined : by;
}

function withOutcome(touch: Touch, outcome: TouchOutcome, given: CreditCase): ConsideredTouch {
  const isNamed = outcome === "own_purchase" || outcome === "chosen";
  const own_by = isNamed ? findOwn(touch.affiliate_id, given) : undefined;
  return { ...touch, outcome, ...(own_by !== undefined && { own_by }) };
}

function list(considered: readonly ConsideredTouch[], counted: number): Pick<Credit, "considered" | "unlisted"> {
  const listed = considered.filter(({ outcome }, place) => place < CONSIDERED_MAX || outcome === "chosen");
  return { considered: listed, unlisted: Math.min(Math.max(counted - listed.length, 0), UNLISTED_MAX) };
}

/** If several touches were rejected, the one that came closest gives the reason. */
function reasonForNoCredit(considered: readonly { outcome: TouchOutcome }[], given: CreditCase): CreditReason {
  const outcomes = new Set(considered.map((touch) => touch.outcome));
  if (outcomes.has("own_purchase")) return "own_purchase";
  if (outcomes.has("affiliate_not_approved")) return "affiliate_not_approved";
  if (outcomes.has("too_many_customers")) return "too_many_customers";
  if (outcomes.has("outside_window")) return "outside_window";
  if (outcomes.has("after_signup")) return "click_after_signup";
  if (outcomes.has("after_conversion")) return "click_after_conversion";
  return given.fault ?? "no_touch";
}

/** Reasons that make the customer organic: later clicks don't change that. */
const ORGANIC: ReadonlySet<CreditReason> = new Set([
  "no_touch",
  "outside_window",
  "click_after_conversion",
  "click_after_signup",
  "own_purchase",
]);

/**
 * The binding that a first trial or payment creates: to its credited touch, or to no affiliate if the customer came
 * without a valid click. An invalid token, a click that too many customers came with, or an affiliate who wasn't approved
 * creates no binding, so the next payment is decided again.
 */
export function bindCredit(credit: Credit, conversion: string, since: number): Binding | null {
  return credit.touch !== null || ORGANIC.has(credit.reason) ? { touch: credit.touch, conversion, since } : null;
}
