/** Which of the merchant's rulings apply to a conversion. */
import type { Ruling } from "../credit.ts";
import { type Plans, scopesOf } from "../payments/count-payments.ts";

/** A ruling and what it applies to: a binding scope, `conversion:` or `entry:` with a conversion's id. */
export interface ScopedRuling {
  scope: string;
  ruling: Ruling;
}

/** The scope of a ruling about one conversion alone. */
export function conversionScope(conversion: string): string {
  return `conversion:${conversion}`;
}

/** The scope of the affiliate that a sale entered by hand names. */
export function entryScope(conversion: string): string {
  return `entry:${conversion}`;
}

/** A conversion that a ruling may apply to. */
export interface RuledFor {
  conversion: string;
  /** When it happened, in ms. */
  at: number;
  /** The scope that its credit binds, or null for none. */
  scope: string | null;
  /** The customer's plans until then: a decision about a subscription also covers those that continue it. */
  plans: Plans;
}

/**
 * The rulings that apply to a conversion, the last one first: the latest decision counts. `rulings` are in the order in which
 * they were made.
 */
export function findRulings(rulings: readonly ScopedRuling[], { conversion, at, scope, plans }: RuledFor): Ruling[] {
  const own = [conversionScope(conversion), entryScope(conversion), scope];
  const continued = scope === null ? [] : scopesOf(plans, scope);
  return rulings
    .filter(({ scope: ruled, ruling: { decided } }) => {
      const isCovered = own.includes(ruled) || (decided !== undefined && continued.includes(ruled));
      return isCovered && at > (decided?.after ?? Number.NEGATIVE_INFINITY);
    })
    .map(({ ruling }) => ruling)
    .reverse();
}

/** The affiliates that rulings name. */
export function listRuledAffiliates(rulings: readonly ScopedRuling[]): Set<number> {
  return new Set(rulings.flatMap(({ ruling: { touch } }) => touch?.affiliate_id ?? []));
}
