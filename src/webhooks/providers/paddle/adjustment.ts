/** Paddle's adjustments: refunds, chargebacks and credits of a transaction that was billed. */
import * as v from "valibot";
import { parseFields } from "../../../lib/validation.ts";
import { providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, anyTime } from "../../reading/provider-fields.ts";
import { invalidField } from "../../reading/read-fields.ts";
import { eventInfoOf, eventWith, minorText, paddleId } from "./fields.ts";

const adjustment = eventWith({
  action: v.string(),
  status: v.string(),
  transaction_id: paddleId,
  subscription_id: v.nullish(paddleId),
  customer_id: v.nullish(paddleId),
  currency_code: anyCaseCurrency,
  totals: v.object({ tax: minorText, total: minorText }),
  created_at: anyTime,
  updated_at: anyTime,
});

type Event = v.InferOutput<typeof adjustment>;

/**
 * `adjustment.created` and `adjustment.updated`. Most refunds are created as `pending_approval` and then updated to `approved`.
 * Both events give the same refund, so it counts once.
 */
export function readAdjustment(json: unknown): ParsedEvents {
  const event = parseFields(adjustment, json);
  const { action, status, updated_at } = event.data;
  if (action === "chargeback" && status === "reversed") return wonChargeback(event, updated_at ?? event.occurred_at);
  switch (action) {
    case "refund":
      if (status === "reversed") return reversed(event, updated_at ?? event.occurred_at);
      return status === "approved" ? refund(event) : `The refund is ${status}.`;
    case "chargeback":
      return status === "approved" ? chargeBack(event) : `The chargeback is ${status}.`;
    case "chargeback_reverse":
      return wonChargeback(event, timeOf(event));
    case "credit":
      return "A credit refunds nothing: it reduces a later payment.";
    default:
      return `An adjustment of type ${action} refunds nothing.`;
  }
}

function refund(event: Event): ParsedEvents {
  const money = moneyOf(event);
  if (money.amount === 0) return "Only tax was refunded.";
  const { id } = event.data;
  return [providerEvent({ ...originOf(event), type: "refund", occurred_at: timeOf(event), refund: id, ...money })];
}

/** The refund was undone: the customer's payment counts again. */
function reversed(event: Event, occurred_at: number | null): ParsedEvents {
  return [providerEvent({ ...originOf(event), type: "refund_failed", occurred_at, refund: event.data.id })];
}

function chargeBack(event: Event): ParsedEvents {
  const { transaction_id } = event.data;
  return [
    providerEvent({
      ...originOf(event),
      type: "chargeback",
      occurred_at: timeOf(event),
      refund: transaction_id,
      ...moneyOf(event),
    }),
  ];
}

/**
 * A won chargeback is a separate adjustment that doesn't name the chargeback. The two are matched by their transaction, which
 * has only one payment to dispute.
 */
function wonChargeback(event: Event, occurred_at: number | null): ParsedEvents {
  const { transaction_id, currency_code: currency } = event.data;
  const origin = originOf(event);
  return [providerEvent({ ...origin, type: "chargeback_won", occurred_at, refund: transaction_id, currency })];
}

function timeOf({ data, occurred_at }: Event): number | null {
  return data.created_at ?? occurred_at;
}

function originOf(event: Event) {
  const { customer_id, transaction_id, subscription_id } = event.data;
  return {
    ...eventInfoOf(event),
    customer: { id: customer_id ?? null, email: null },
    payment: transaction_id,
    subscription: subscription_id ? { id: subscription_id, interval: null } : null,
  };
}

/** `total` includes tax, whether or not the prices do. */
function moneyOf({ data }: Event) {
  const { tax, total } = data.totals;
  if (tax < 0 || tax > total) throw invalidField("data.totals.tax", "must be between 0 and the total");
  return { amount: total - tax, gross: total, currency: data.currency_code };
}
