/** A customer's touches as a credit is decided by them: of however many there are, the few that can matter. */

import { MS_PER_DAY } from "../lib/time.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import type { Touch } from "./fact.ts";

/** More touches than anybody reads: the newest are listed, and the one that was chosen. */
export const CONSIDERED_MAX = 50;

/** Those that are not listed are counted up to so many; a customer with more of them is no person. */
export const UNLISTED_MAX = 150;

/** The one that was chosen may be listed besides, and be told by a dispute besides. */
export const COUNTED_MAX = CONSIDERED_MAX + UNLISTED_MAX + 2;

/** All touches of a customer, in the order of time and then of their ids, asked for what is needed of them. Times in ms. */
export interface TouchIndex {
  /** The newest of those at or before a time, newest first. */
  newest(at: number, limit: number): Touch[];
  /** How many there are at or before a time, up to a limit. */
  count(at: number, limit: number): number;
  /** Of each affiliate, and of each source apart, the newest and the oldest of those from one time to another, both included. */
  ends(from: number, to: number): Touch[];
  /** The first of all. */
  oldest(): Touch | null;
  /** A touch as it is kept, which may have been told in other words. */
  filed(touch: Touch): Touch;
}

/** The touches that a credit is decided by, and how many there are in all, up to {@link COUNTED_MAX}. */
export interface Weighed {
  touches: Touch[];
  counted: number;
}

/** What touches are gathered for: a conversion at a time (ms). */
export interface WeighedFor {
  at: number;
  /** Those that came with the conversion's own events. */
  carried: readonly Touch[];
  terms: Pick<ProgramTerms, "binds_to" | "click_before" | "cookie_days">;
  /** When the customer signed up (ms), null where this is the sign-up. */
  signed_up_at: number | null;
  /** A binding or a ruling says who it is: touches are listed only. */
  is_decided: boolean;
}

/**
 * A touch that came with the conversion's own events is weighed, and whatever else was before it; later ones are none of its
 * business. Of very many touches those are left out that can neither be listed, nor be chosen, nor be the reason why none
 * is: what rules a touch out is its time, its source and its affiliate, and of each affiliate and source the first and the
 * last of a span of time are here.
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
  const eligible = asked.is_decided
    ? []
    : [...index.ends(from, at), ...(isBySignUp ? index.ends(from, signed_up_at) : []), index.oldest()];
  const touches = [...newest, ...carried, ...eligible.filter((touch) => touch !== null)];
  return {
    touches: [...new Map(touches.map((touch) => [touch.click_id, touch])).values()],
    counted: index.count(at, COUNTED_MAX) + later.length,
  };
}
