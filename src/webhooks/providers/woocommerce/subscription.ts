/** WooCommerce's subscriptions, of the Subscriptions plugin. Their payments are orders. */
import * as v from "valibot";
import { MS_PER_DAY } from "../../../lib/time.ts";
import { parseFields } from "../../../lib/validation.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import { type ProviderEvent, providerEvent } from "../../provider.ts";
import { planEvery, withPlan } from "../../reading/billing-plan.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { providerId } from "../../reading/provider-fields.ts";
import { readClick, readId } from "../../reading/read-fields.ts";
import { buyer, customerOf, UNPAID, utc, utcOrNone } from "./fields.ts";

/** The statuses of a subscription that has ended; one with `pending-cancel` is still active. */
const ENDED: ReadonlySet<string> = new Set(["cancelled", "expired"]);

const INTERVALS: ReadonlySet<string> = new Set(["day", "week", "month", "year"]);

const subscription = v.object({
  ...buyer,
  id: providerId,
  parent_id: v.nullish(v.unknown()),
  status: v.string(),
  billing_period: v.string(),
  billing_interval: v.union([v.string(), v.number()]),
  date_modified_gmt: utc,
  start_date_gmt: utcOrNone,
  trial_end_date_gmt: utcOrNone,
  next_payment_date_gmt: utcOrNone,
  cancelled_date_gmt: utcOrNone,
  end_date_gmt: utcOrNone,
});

type Subscription = v.InferOutput<typeof subscription>;

/**
 * The end of a subscription, its trial (as long as the next payment is the first one after the trial), and the order that started
 * it. Its payments are orders.
 */
export function readSubscription(json: unknown): ParsedEvents {
  const fields = parseFields(subscription, json);
  const { id, status, start_date_gmt, trial_end_date_gmt, next_payment_date_gmt, date_modified_gmt } = fields;
  const customer = customerOf(fields);
  const interval = intervalOf(fields);
  if (ENDED.has(status)) {
    const occurred_at = fields.end_date_gmt ?? fields.cancelled_date_gmt ?? date_modified_gmt;
    const event = { id: `subscription:${id}:ended:${occurred_at}`, occurred_at, subscription: { id, interval } };
    return [providerEvent({ ...event, type: "cancellation", customer })];
  }
  const started = readOrderOfStart(fields);
  if (status === "active" && trial_end_date_gmt && trial_end_date_gmt === next_payment_date_gmt) {
    const trial = providerEvent({
      id: `subscription:${id}:trial`,
      type: "trial",
      occurred_at: start_date_gmt ?? date_modified_gmt,
      // Every update sends it again, so it contains only data that doesn't change.
      customer: customer.id === null ? customer : { id: customer.id, email: null },
      click: readClick(fields.meta_data),
      product: readId(fields.line_items?.[0]?.product_id),
      subscription: { id, interval },
      ...withPlan(planIn(fields), interval),
    });
    return [trial, ...started];
  }
  const events = [...started, ...describe(fields, customer)];
  return events.length > 0
    ? events
    : `Nothing to record: the subscription is ${status}. Payments are recorded from orders.`;
}

/** The plan and product, which renewals don't contain. A trial contains them itself. */
function describe(fields: Subscription, customer: ProviderEvent["customer"]): ProviderEvent[] {
  const { id, status, start_date_gmt, date_modified_gmt } = fields;
  const plan = planIn(fields);
  if (plan === null || status !== "active") return [];
  return [
    providerEvent({
      id: `subscription:${id}:plan:${date_modified_gmt}`,
      type: "touch",
      // What is sent on the first day applies from the start, before the first payment.
      occurred_at:
        start_date_gmt && date_modified_gmt - start_date_gmt < MS_PER_DAY ? start_date_gmt : date_modified_gmt,
      customer,
      product: readId(fields.line_items?.[0]?.product_id),
      subscription: { id, interval: null },
      plan,
    }),
  ];
}

/** The order that started a subscription, which may have charged for its trial. A subscription created by hand has none. */
function readOrderOfStart(fields: Subscription): ProviderEvent[] {
  const { id, status, start_date_gmt, trial_end_date_gmt } = fields;
  const order = readId(fields.parent_id);
  if (order === null || order === "0" || !start_date_gmt || UNPAID.has(status)) return [];
  const customer = { id: customerOf(fields).id, email: null };
  const interval = intervalOf(fields);
  const isTrial = !!trial_end_date_gmt && trial_end_date_gmt > start_date_gmt;
  // Every update sends it again; if any of these has changed, it is another event.
  const changing = [order, interval, customer.id, isTrial ? "trial" : null].map((part) => part ?? "");
  return [
    providerEvent({
      id: `subscription:${id}:order:${changing.join(":")}`,
      type: "touch",
      occurred_at: start_date_gmt,
      customer,
      payment: order,
      subscription: { id, interval, ...(isTrial && { starts_trial: true as const }) },
    }),
  ];
}

function planIn({ billing_period, billing_interval }: Subscription): BillingPlan | null {
  return planEvery(INTERVALS.has(billing_period) ? billing_period : null, Number(billing_interval));
}

/** The interval, if its count is 1; otherwise `plan` has both. */
function intervalOf({ billing_period, billing_interval }: Subscription): string | null {
  return String(billing_interval) === "1" && INTERVALS.has(billing_period) ? billing_period : null;
}
