/** Stripe's refunds and disputes. Neither contains the customer or the tax. */
import * as v from "valibot";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { type ProviderEvent, providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyCaseCurrency } from "../../reading/provider-fields.ts";
import { readUnits } from "../../reading/stripe-units.ts";
import { eventInfoOf, eventWith, reference, seconds } from "./fields.ts";

const reversal = {
  id: reference,
  amount: minorUnits,
  currency: anyCaseCurrency,
  created: seconds,
  payment_intent: v.nullish(reference),
  charge: v.nullish(reference),
};

const refunded = eventWith(v.object({ ...reversal, status: v.string() }));

const disputed = eventWith(
  v.object({
    ...reversal,
    status: v.string(),
    payment_method_details: v.nullish(v.object({ card: v.nullish(v.object({ case_type: v.nullish(v.string()) })) })),
  }),
);

type Event = v.InferOutput<typeof refunded> | v.InferOutput<typeof disputed>;

/** The statuses of a refund whose money came back, as a bank may return it days after the refund succeeded, or was never sent. */
const FAILED: ReadonlySet<string> = new Set(["failed", "canceled"]);

/**
 * `refund.created`, `refund.updated`, `charge.refund.updated` and `refund.failed`: each contains the refund as it was at that time.
 * A refund that succeeded can fail later (page "Refund and cancel payments", section "Failed refunds").
 */
export function readRefund(json: unknown): ParsedEvents {
  const event = parseFields(refunded, json);
  const { status, created } = event.data.object;
  if (FAILED.has(status)) return failureOf(event);
  if (status !== "succeeded") return `The refund is ${status}.`;
  return reversalOf(event, "refund", created);
}

/**
 * `charge.dispute.created`, `.funds_withdrawn`, `.funds_reinstated` and `.closed`. All of them give the same chargeback, dated when the dispute was
 * created, so it is complete whichever of them arrives.
 */
export function readDispute(json: unknown): ParsedEvents {
  const event = parseFields(disputed, json);
  const { status, created, payment_method_details } = event.data.object;
  if (status.startsWith("warning_")) return "The dispute is an inquiry, so no money was withdrawn.";
  // "Stripe can block or resolve disputes": a resolution refunds the customer, a block doesn't.
  if (status === "prevented" && payment_method_details?.card?.case_type !== "resolution") {
    return "The dispute was prevented, so no money was withdrawn.";
  }
  return status === "won"
    ? reversalOf(event, "chargeback_won", event.created)
    : reversalOf(event, "chargeback", created);
}

/** Dated at the event, since a refund only has the time of its creation. */
function failureOf(event: Event): ParsedEvents {
  const named = paymentOf(event);
  if (named === null) return "The event does not identify the payment.";
  const { id: refund } = event.data.object;
  return [
    providerEvent({ ...eventInfoOf(event), type: "refund_failed", occurred_at: event.created, ...named, refund }),
  ];
}

function paymentOf({ data }: Event): Pick<ProviderEvent, "payment" | "aliases"> | null {
  const { payment_intent, charge } = data.object;
  const [payment, ...aliases] = [payment_intent, charge].filter((name) => typeof name === "string");
  return payment === undefined ? null : { payment, aliases };
}

function reversalOf(event: Event, type: ProviderEvent["type"], occurred_at: number): ParsedEvents {
  const { id, amount, currency } = event.data.object;
  const named = paymentOf(event);
  if (named === null) return "The event does not identify the payment.";
  return [
    providerEvent({
      ...eventInfoOf(event),
      type,
      occurred_at,
      ...named,
      refund: id,
      gross: readUnits(amount, currency, "data.object.amount"),
      currency,
    }),
  ];
}
