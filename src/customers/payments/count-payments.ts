/** Counts payments: the number that each one has, and the first payment that its months are counted from. */
import type { ProgramTerms } from "../../programs/terms.ts";

/** The state of one subscription, or of the customer's purchases outside any subscription. */
export interface Plan {
  /** The version at its first trial or payment, or a later one that applies to all. */
  terms_version: number;
  product: string | null;
  interval: string | null;
  /** The number of its own payments above zero. */
  payments: number;
  /** When its own first payment happened, in ms. */
  first_paid_at: number | null;
  /** The scope of the subscription that this one replaced in a change of plan. */
  continues?: string;
  /** When its trial ends (ms): payments until then are part of the trial. Known only from some providers. */
  trial_ends_at?: number;
}

/** A customer's plans, by scope. */
export type Plans = Readonly<Record<string, Plan>>;

/** A payment's place among those it is counted with. */
export interface PaymentCount {
  payment_number: number;
  /** When the first of them happened, in ms. */
  first_paid_at: number;
}

/** A plan before its first trial or payment. */
export function newPlan(terms_version: number): Plan {
  return { terms_version, product: null, interval: null, payments: 0, first_paid_at: null };
}

/**
 * Makes a subscription continue the one it replaces: its terms, its product and its count of payments and months. Its
 * interval may be another one, so that is taken from its own events. A subscription that already continues another one, or
 * that the other one continues, stays as it is.
 */
export function continuePlan(plans: Plans, scope: string, replaced: string, terms_version: number): Plans {
  const known = plans[scope];
  if (known?.continues !== undefined || rootOf(plans, replaced) === scope) return plans;
  const { terms_version: version = terms_version, product = null } = plans[replaced] ?? {};
  const plan = known ?? { ...newPlan(version), product };
  return { ...plans, [scope]: { ...plan, continues: replaced } };
}

/** The number of a plan's next payment, made at a time (ms). */
export function nextPayment(
  plans: Plans,
  scope: string,
  at: number,
  { counts_by }: Pick<ProgramTerms, "counts_by">,
): PaymentCount {
  const root = rootOf(plans, scope);
  const isCounted = (other: string) => counts_by === "customer" || rootOf(plans, other) === root;
  const counted = Object.entries(plans).flatMap(([other, plan]) => (isCounted(other) ? [plan] : []));
  const firsts = counted.flatMap(({ first_paid_at }) => first_paid_at ?? []);
  return {
    payment_number: counted.reduce((sum, { payments }) => sum + payments, 1),
    first_paid_at: Math.min(at, ...firsts),
  };
}

/** A plan's scope, and the scopes of the plans that it continues, the nearest first. */
export function scopesOf(plans: Plans, scope: string): string[] {
  const replaced = plans[scope]?.continues;
  return replaced === undefined ? [scope] : [scope, ...scopesOf(plans, replaced)];
}

/** The scope of the subscription that a series of changes of plan began with. */
export function rootOf(plans: Plans, scope: string): string {
  return scopesOf(plans, scope).at(-1) ?? scope;
}
