/** Selects the customer's touches that can affect a credit decision, however many there are. */

import { MS_PER_DAY } from "../../lib/time.ts";
import type { ProgramTerms } from "../../programs/terms.ts";
import type { Touch } from "../fact.ts";

/** The number of newest touches listed, in addition to the chosen one. */
export const CONSIDERED_MAX = 50;

/** Unlisted touches are counted up to this number. A customer with more is probably not a person. */
export const UNLISTED_MAX = 150;

/** Leaves room for the chosen touch and a dispute's touch, which may be listed in addition. */
export const COUNTED_MAX = CONSIDERED_MAX + UNLISTED_MAX + 2;

/** All touches of a customer, ordered by time and then id. Times in ms. */
export interface TouchIndex {
  /** The newest touches at or before a time, newest first. */
  newest(at: number, limit: number): Touch[];
  /** The number of touches at or before a time, up to a limit. */
  count(at: number, limit: number): number;
  /**
   * The newest and the oldest touch of each affiliate and source between two times, both inclusive, of those whose
   * customer number is at most `customersPerClick`.
   */
  ends(from: number, to: number, customersPerClick: number): Touch[];
  /** The oldest touch. */
  oldest(): Touch | null;
  /** The stored version of a touch, which may differ in its text fields and customer number. */
  filed(touch: Touch): Touch;
}

/** The touches a credit is decided by, and how many there are in total, up to {@link COUNTED_MAX}. */
export interface Weighed {
  touches: Touch[];
  counted: number;
}

/** The conversion that touches are selected for. `at` is in ms. */
export interface WeighedFor {
  at: number;
  /** The touches that came with the conversion's own events. */
  carried: readonly Touch[];
  terms: Pick<ProgramTerms, "binds_to" | "click_before" | "cookie_days" | "customers_per_click">;
  /** When the customer signed up (ms), or null if this is the sign-up. */
  signed_up_at: number | null;
  /** Whether a binding or ruling already decides the credit, so that touches are only listed. */
  is_decided: boolean;
}

/**
 * Merges two versions of a touch, the same in either order: the smaller text, and the smaller customer number. A version
 * without a number was known before customers were numbered, so its customer stays without one.
 */
export function mergeTouches(one: Touch, other: Touch): Touch {
  const { customer_number: first, ...kept } = one;
  const { customer_number: second, ...compared } = other;
  const touch = JSON.stringify(compared) < JSON.stringify(kept) ? compared : kept;
  return first === undefined || second === undefined ? touch : { ...touch, customer_number: Math.min(first, second) };
}

/**
 * Selects the touches that came with the conversion's own events and those before it. If there are very many, it leaves
 * out touches that can't be listed, be chosen, or explain why none was chosen. A touch is ruled out by its time, source,
 * affiliate and customer number, so the first and last of each affiliate and source in the period are enough: of all
 * touches, and of those within the number.
 */
export function weighTouches(index: TouchIndex, asked: WeighedFor): Weighed {
  const { at, terms, signed_up_at } = asked;
  const carried = asked.carried.map((touch) => index.filed(touch));
  if (terms.binds_to === "nothing") return { touches: carried, counted: carried.length };
  const newest = index.newest(at, CONSIDERED_MAX);
  const later = carried.filter(({ clicked_at }) => clicked_at > at);
  if (newest.length < CONSIDERED_MAX) return { touches: [...newest, ...later], counted: newest.length + later.length };
  const from = terms.cookie_days === null ? Number.MIN_SAFE_INTEGER : at - terms.cookie_days * MS_PER_DAY;
  const isBySignUp = terms.click_before === "signup" && signed_up_at !== null && signed_up_at < at;
  const limits = [Number.MAX_SAFE_INTEGER, ...(terms.customers_per_click === null ? [] : [terms.customers_per_click])];
  const endsUntil = (to: number) => limits.flatMap((limit) => index.ends(from, to, limit));
  const eligible = asked.is_decided
    ? []
    : [...endsUntil(at), ...(isBySignUp ? endsUntil(signed_up_at) : []), index.oldest()];
  const touches = [...newest, ...carried, ...eligible.filter((touch) => touch !== null)];
  return {
    touches: [...new Map(touches.map((touch) => [touch.click_id, touch])).values()],
    counted: index.count(at, COUNTED_MAX) + later.length,
  };
}
