/** What Creem's entities have in common. */
import * as v from "valibot";
import { instant } from "../../../lib/validation.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import type { ProviderEvent } from "../../provider.ts";
import { planBetween, planEvery } from "../../reading/billing-plan.ts";
import { lenient, providerId } from "../../reading/provider-fields.ts";
import { readCoupons, readCustomer } from "../../reading/read-fields.ts";

/** The modes in which no money moves. */
const TEST_MODES: ReadonlySet<unknown> = new Set(["test", "sandbox", "local"]);

/** The counts in the names of billing periods: `every-three-months`. */
const COUNTS: ReadonlyMap<string | undefined, number> = new Map([
  [undefined, 1],
  ["two", 2],
  ["three", 3],
  ["six", 6],
]);

/** A time in milliseconds or in ISO 8601; null for anything else. */
export const time = lenient(v.union([v.pipe(v.number(), v.safeInteger(), v.minValue(0)), instant]));

/** An object that is sent as its id or as a whole. */
export const referenceTo = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.union(
    [
      v.pipe(
        v.string(),
        v.minLength(1),
        v.transform((id) => ({ id })),
      ),
      v.object({ id: providerId, ...entries }),
    ],
    "must be an id or an object with an id",
  );

/** The discount of a checkout or subscription. Its code has several names. */
export const discount = lenient(
  v.object({
    discount_code: v.nullish(v.unknown()),
    discountCode: v.nullish(v.unknown()),
    code: v.nullish(v.unknown()),
  }),
);
const customer = lenient(referenceTo({ email: v.optional(v.unknown()) }));

/** The product, which is sent as a whole where it describes the billing period. */
export const product = lenient(
  referenceTo({
    billing_period: v.optional(v.unknown()),
    recurring_interval: v.optional(v.unknown()),
    recurring_interval_count: v.optional(v.unknown()),
  }),
);

/** An event that contains this object. */
export const eventWith = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object({
    id: providerId,
    created_at: time,
    object: v.object({ id: providerId, mode: v.optional(v.unknown()), customer, ...entries }),
  });

/** An event's id, mode and customer. */
export function infoOf({
  id,
  object: { mode, customer: buyer },
}: {
  id: string;
  object: { mode?: unknown; customer: v.InferOutput<typeof customer> };
}): Pick<ProviderEvent, "id" | "test" | "customer"> {
  return { id, test: TEST_MODES.has(mode), customer: readCustomer(buyer?.id ?? null, Object(buyer).email) };
}

/** The coupon codes of a discount. */
export function couponsOf(used: v.InferOutput<typeof discount>): Pick<ProviderEvent, "coupon" | "coupons"> {
  return readCoupons([used?.discount_code ?? used?.discountCode ?? used?.code]);
}

/** How often a subscription is billed, from its product's billing period, or from the period that was paid for (ms). */
export function planOf(
  bought: v.InferOutput<typeof product>,
  period?: { period_start: number | null; period_end: number | null },
): { plan: BillingPlan | null; interval: string | null } {
  const { billing_period, recurring_interval, recurring_interval_count }: Record<string, unknown> = Object(bought);
  const [, count, unit] = /^every-(?:([a-z]+)-)?(day|week|month|year)s?$/.exec(String(billing_period)) ?? [];
  const stated = planEvery(unit, COUNTS.get(count) ?? null);
  const custom =
    typeof recurring_interval === "string" && typeof recurring_interval_count === "number"
      ? planEvery(recurring_interval, recurring_interval_count)
      : null;
  const { period_start: start, period_end: end } = period ?? {};
  const plan = stated ?? custom ?? (start && end ? planBetween(start, end) : null);
  return { plan, interval: plan?.interval ?? null };
}
