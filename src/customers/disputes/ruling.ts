/** Disputes: within the program's dispute period, an admin may credit another affiliate for a customer's purchases. */

import { MS_PER_DAY } from "../../lib/time.ts";
import type { ProgramTerms } from "../../programs/terms.ts";
import type { Ruling } from "../credit.ts";
import { conversionScope, entryScope, type ScopedRuling } from "../decisions/find-rulings.ts";
import { type Fact, namedTouch, timeOfFact } from "../fact.ts";

/** The scope of a binding or dispute that isn't limited to a subscription. */
export const WHOLE_CUSTOMER = "customer";

/** The scope in which payments are bound, counted or disputed together: a subscription or the customer. */
export function scopeOf(subscription: string | null): string {
  return subscription === null ? WHOLE_CUSTOMER : `subscription:${subscription}`;
}

/**
 * The scope that a conversion's credit binds under the terms, or null for none. `subscription` is the id within the
 * program.
 */
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

/** The scope of a dispute: everything bound together with the conversion, or the conversion alone. */
export function disputeScope(conversion: string, subscription: string | null, terms: ProgramTerms): string {
  const scope = bindingScope(subscription, terms);
  // Purchases outside any subscription are bound together only under lifetime terms.
  return scope === null || (scope === WHOLE_CUSTOMER && terms.binds_to !== "customer")
    ? conversionScope(conversion)
    : scope;
}

/** Why a dispute is refused, as a stable code. */
export type DisputeRefusal = "disputes_not_allowed" | "dispute_too_late";

/**
 * Checks whether a dispute is allowed; null if it is. Times in ms. `began_at` is the first trial or payment in its
 * scope. The last day counts in full, to the millisecond.
 */
export function refuseDispute(terms: ProgramTerms, began_at: number, now: number): DisputeRefusal | null {
  if (terms.dispute_days === null) return "disputes_not_allowed";
  return now - began_at > terms.dispute_days * MS_PER_DAY ? "dispute_too_late" : null;
}

/** The ruling of a dispute, a credit decision or a sale entered by hand, with its scope; null for any other fact. */
export function readRuling(fact: Fact): ScopedRuling | null {
  const { event, conversion_id, received_at } = fact;
  const { type, named, decision, entered } = event;
  const touch = namedTouch(fact) ?? null;
  if (type === "dispute" && touch !== null && named?.scope !== undefined) {
    return { scope: named.scope, ruling: { touch, ruled_at: timeOfFact(fact), reason: named.reason ?? "" } };
  }
  if (type === "credit" && decision !== undefined) {
    const { covers, conversion, after, scope, reason } = decision;
    const decided = { covers, conversion, ...(after !== undefined && { after }) };
    return { scope, ruling: { touch, ruled_at: timeOfFact(fact), reason, decided } };
  }
  if (entered === undefined || touch === null || conversion_id === null) return null;
  const ruling: Ruling = { touch, ruled_at: received_at, reason: entered.reason, is_entry: true };
  return { scope: entryScope(conversion_id), ruling };
}
