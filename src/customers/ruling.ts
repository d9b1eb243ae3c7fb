/** Disputes: within the program's days an admin may name another affiliate for what a customer has bought. */

import { MS_PER_DAY } from "../lib/time.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import type { Ruling } from "./credit.ts";
import { type Fact, timeOfFact } from "./fact.ts";

/** The scope of a binding, or of a dispute, that is no subscription's. */
export const WHOLE_CUSTOMER = "customer";

/** What is bound, counted or disputed together: a subscription's payments. */
export function scopeOf(subscription: string | null): string {
  return subscription === null ? WHOLE_CUSTOMER : `subscription:${subscription}`;
}

/** What the terms bind a conversion's credit to; null where to nothing. `subscription` is the name within the program. */
export function bindingScope(subscription: string | null, { binds_to }: ProgramTerms): string | null {
  switch (binds_to) {
    case "customer":
      return WHOLE_CUSTOMER;
    case "subscription":
      return scopeOf(subscription);
    case "nothing":
      return null;
  }
}

/** What a dispute over a conversion is about: all that its credit is bound together with, or the conversion alone. */
export function disputeScope(conversion: string, subscription: string | null, terms: ProgramTerms): string {
  const scope = bindingScope(subscription, terms);
  // What a customer buys outside of any subscription is bound together only for life.
  return scope === null || (scope === WHOLE_CUSTOMER && terms.binds_to !== "customer")
    ? `conversion:${conversion}`
    : scope;
}

/** Why a dispute cannot be taken up, as a stable code; null where it can. Times in ms. */
export type DisputeRefusal = "disputes_not_allowed" | "dispute_too_late";

/** `began_at`: the first trial or payment of what is disputed. The last day counts in full, to the millisecond. */
export function refuseDispute(terms: ProgramTerms, began_at: number, now: number): DisputeRefusal | null {
  if (terms.dispute_days === null) return "disputes_not_allowed";
  return now - began_at > terms.dispute_days * MS_PER_DAY ? "dispute_too_late" : null;
}

/** The ruling that a dispute's fact makes, with its scope; null for any other fact. */
export function readRuling(fact: Fact): { scope: string; ruling: Ruling } | null {
  const [touch] = fact.touches;
  const { named } = fact.event;
  if (fact.event.type !== "dispute" || touch === undefined || named?.scope === undefined) return null;
  return { scope: named.scope, ruling: { touch, ruled_at: timeOfFact(fact), reason: named.reason ?? "" } };
}
