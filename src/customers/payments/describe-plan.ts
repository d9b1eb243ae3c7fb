/** What is known of a subscription's plan from events that don't state it with each payment. */
import type { ConversionEvent } from "../../webhooks/conversion-event.ts";

/** A subscription's plan as last described by an event. */
export interface DescribedPlan {
  product: string | null;
  interval: string;
  interval_count: number;
}

/** By binding scope of the subscription. */
export type DescribedPlans = Readonly<Record<string, DescribedPlan>>;

/** Whether an event describes a subscription's plan, and may do nothing else. */
export function describesPlan({ type, subscription, plan }: ConversionEvent): boolean {
  return type === "touch" && subscription !== null && plan !== undefined;
}

/** The plans after an event: its own plan from now on, or none where it states an interval without a plan. */
export function describePlan(plans: DescribedPlans, scope: string, event: ConversionEvent): DescribedPlans {
  const { plan, product, subscription } = event;
  if (plan !== undefined) {
    const { interval, interval_count = 1 } = plan;
    return { ...plans, [scope]: { product: product ?? plans[scope]?.product ?? null, interval, interval_count } };
  }
  if (!subscription?.interval || plans[scope] === undefined) return plans;
  const { [scope]: _, ...others } = plans;
  return others;
}
