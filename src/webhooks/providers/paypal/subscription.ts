/** PayPal's subscriptions: their start, their plan and their end. Their payments are sales; see `adapter.ts`. */
import * as v from "valibot";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../../../lib/time.ts";
import { parseFields } from "../../../lib/validation.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import { providerEvent } from "../../provider.ts";
import { monthlyPlanBetween, planBetween, readStatedPlan, withPlan } from "../../reading/billing-plan.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyTime } from "../../reading/provider-fields.ts";
import { readClick } from "../../reading/read-fields.ts";
import { buyerOf, type Envelope, id, payer, readCustom, readTime } from "./fields.ts";

/** A plan is dated this long before the payment that it describes, so that it applies to it. */
const BEFORE_PAYMENT_MS = 10 * MS_PER_MINUTE;

const subscription = v.object({
  resource: v.object({
    id,
    plan_id: v.nullish(id),
    status: v.nullish(v.string()),
    create_time: anyTime,
    start_time: v.nullish(v.unknown()),
    custom_id: v.nullish(v.string()),
    subscriber: payer,
    billing_info: v.nullish(
      v.object({
        cycle_executions: v.nullish(
          v.array(v.object({ tenure_type: v.nullish(v.string()), cycles_completed: v.nullish(v.unknown()) })),
        ),
        last_payment: v.nullish(v.object({ time: v.nullish(v.unknown()) })),
        next_billing_time: v.nullish(v.unknown()),
        failed_payments_count: v.nullish(v.unknown()),
      }),
    ),
  }),
});

const ended = v.object({ resource: v.object({ id, status_update_time: anyTime }) });

type Subscription = v.InferOutput<typeof subscription>["resource"];

/**
 * `BILLING.SUBSCRIPTION.ACTIVATED`: a trial, or the customer with the click. Payments have their own events, which don't say whether they pay for a trial. A payment
 * before the next billing does.
 */
export function readActivation(json: unknown, event: Envelope, query: URLSearchParams): ParsedEvents {
  const { resource } = parseFields(subscription, json);
  const { subscriber, billing_info } = resource;
  const isTrial = (billing_info?.cycle_executions ?? []).some(({ tenure_type }) => tenure_type === "TRIAL");
  const trial_ends_at = isTrial ? readTime(billing_info?.next_billing_time) : null;
  return [
    providerEvent({
      id: event.id,
      type: isTrial ? "trial" : "touch",
      occurred_at: resource.create_time,
      ...buyerOf(subscriber),
      click: readClick(readCustom(resource.custom_id)),
      product: resource.plan_id ?? null,
      subscription: { id: resource.id, interval: null, ...(trial_ends_at !== null && { trial_ends_at }) },
      ...withPlan(readStatedPlan(query, resource.plan_id) ?? (isTrial ? null : planOf(resource))),
    }),
  ];
}

/** The plan of a new subscription, from its first payment to the next one: PayPal sends only the plan's id. */
function planOf({ start_time, billing_info }: Subscription): BillingPlan | null {
  const from = readTime(billing_info?.last_payment?.time ?? start_time);
  const to = readTime(billing_info?.next_billing_time);
  return from === null || to === null ? null : planBetween(from, to);
}

/**
 * `BILLING.SUBSCRIPTION.UPDATED`: the plan from then on, such as after a revision. An update right after a payment describes that
 * payment too, which may be the first one after a trial.
 */
export function readUpdate(json: unknown, event: Envelope, query: URLSearchParams): ParsedEvents {
  const { resource } = parseFields(subscription, json);
  const { id, plan_id, status, create_time, subscriber } = resource;
  if (status !== "ACTIVE") return `The subscription is ${status ?? "not active"}.`;
  const plan = readStatedPlan(query, plan_id) ?? currentPlanOf(resource);
  if (plan === null) {
    return `The interval of the plan ${plan_id ?? ""} is not known. To state it, add plan=${plan_id ?? "P-…"}:month to the webhook's URL.`;
  }
  const updated_at = readTime(event.create_time) ?? create_time;
  const paid_at = readTime(resource.billing_info?.last_payment?.time);
  const isOfPayment =
    paid_at !== null && updated_at !== null && updated_at >= paid_at && updated_at - paid_at <= MS_PER_HOUR;
  return [
    providerEvent({
      id: event.id,
      type: "touch",
      occurred_at: isOfPayment ? paid_at - BEFORE_PAYMENT_MS : updated_at,
      ...buyerOf(subscriber),
      product: plan_id ?? null,
      subscription: { id, interval: null },
      plan,
    }),
  ];
}

/**
 * The plan of a running subscription, from its last payment to the next one. Null in a trial, and while a payment is late, since
 * then this isn't a whole period.
 */
function currentPlanOf({ billing_info }: Subscription): BillingPlan | null {
  const { cycle_executions, last_payment, next_billing_time, failed_payments_count } = billing_info ?? {};
  const cycles = cycle_executions ?? [];
  const hasTrial = cycles.some(({ tenure_type }) => tenure_type === "TRIAL");
  const isPastTrial = cycles.some(
    ({ tenure_type, cycles_completed }) => tenure_type === "REGULAR" && Number(cycles_completed) > 0,
  );
  if ((hasTrial && !isPastTrial) || Number(failed_payments_count ?? 0) > 0) return null;
  const [from, to] = [readTime(last_payment?.time), readTime(next_billing_time)];
  return from === null || to === null ? null : monthlyPlanBetween(from, to);
}

/** In PayPal a canceled subscription ends immediately, not at the end of the paid period. */
export function readEnd(json: unknown, event: Envelope): ParsedEvents {
  const { resource } = parseFields(ended, json);
  const occurred_at = resource.status_update_time ?? readTime(event.create_time);
  const subscription = { id: resource.id, interval: null };
  return [providerEvent({ id: event.id, type: "cancellation", occurred_at, subscription })];
}
