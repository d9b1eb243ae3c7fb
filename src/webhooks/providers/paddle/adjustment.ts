/** Paddle's adjustments: what is given back, or credited, of a transaction after it was billed. */
import * as v from "valibot";
import { instant, parseFields } from "../../../lib/validation.ts";
import { providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyCaseCurrency } from "../../reading/provider-fields.ts";
import { invalidField } from "../../reading/read-fields.ts";
import { eventWith, marksOf, minorText, paddleId } from "./fields.ts";

const adjustment = eventWith({
  action: v.string(),
  status: v.string(),
  transaction_id: paddleId,
  subscription_id: v.nullish(paddleId),
  customer_id: v.nullish(paddleId),
  currency_code: anyCaseCurrency,
  totals: v.object({ tax: minorText, total: minorText }),
  created_at: instant,
  updated_at: instant,
});

type Event = v.InferOutput<typeof adjustment>;

/**
 * `adjustment.created` and `adjustment.updated`. Refunds are mostly created as `pending_approval`, and updated to `approved`;
 * either event tells an approved one with the same words, so that it is one.
 */
export function readAdjustment(json: unknown): ParsedEvents {
  const event = parseFields(adjustment, json);
  const { action, status, created_at, updated_at } = event.data;
  if (action === "chargeback" && status === "reversed") return winBack(event, updated_at);
  switch (action) {
    case "refund":
      return status === "approved" ? refund(event) : `The refund is ${status}.`;
    case "chargeback":
      return status === "approved" ? chargeBack(event) : `The chargeback is ${status}.`;
    case "chargeback_reverse":
      return winBack(event, created_at);
    case "credit":
      return "A credit gives no money back: the customer pays less another time.";
    default:
      return `A ${action} gives no money back.`;
  }
}

function refund(event: Event): ParsedEvents {
  const money = moneyOf(event);
  if (money.amount === 0) return "Nothing but tax was given back.";
  const { id, created_at } = event.data;
  return [providerEvent({ ...originOf(event), type: "refund", occurred_at: created_at, refund: id, ...money })];
}

function chargeBack(event: Event): ParsedEvents {
  const { transaction_id, created_at } = event.data;
  return [
    providerEvent({
      ...originOf(event),
      type: "chargeback",
      occurred_at: created_at,
      refund: transaction_id,
      ...moneyOf(event),
    }),
  ];
}

/**
 * A chargeback that was won is an adjustment of its own, which does not name the chargeback's: the two are one by their
 * transaction, which has one payment to dispute.
 */
function winBack(event: Event, occurred_at: number): ParsedEvents {
  const { transaction_id, currency_code: currency } = event.data;
  const origin = originOf(event);
  return [providerEvent({ ...origin, type: "chargeback_won", occurred_at, refund: transaction_id, currency })];
}

function originOf(event: Event) {
  const { customer_id, transaction_id, subscription_id } = event.data;
  return {
    ...marksOf(event),
    customer: { id: customer_id ?? null, email: null },
    payment: transaction_id,
    subscription: subscription_id ? { id: subscription_id, interval: null } : null,
  };
}

/** `total` is with tax, whether prices contain it or not. */
function moneyOf({ data }: Event) {
  const { tax, total } = data.totals;
  if (tax < 0 || tax > total) throw invalidField("data.totals.tax", "does not fit the total");
  return { amount: total - tax, gross: total, currency: data.currency_code };
}
