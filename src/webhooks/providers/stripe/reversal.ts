/** Stripe's refunds and disputes. Neither contains the customer or the tax. */
import * as v from "valibot";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { type ProviderEvent, providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyCaseCurrency } from "../../reading/provider-fields.ts";
import { eventInfoOf, eventWith, readUnits, reference, seconds } from "./fields.ts";

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

/** `refund.created`, `refund.updated` and `charge.refund.updated`: each contains the refund as it was at that time. */
export function readRefund(json: unknown): ParsedEvents {
  const event = parseFields(refunded, json);
  const { status, created } = event.data.object;
  if (status !== "succeeded") return `The refund is ${status}.`;
  return reversalOf(event, "refund", created);
}

/**
 * `charge.dispute.created`, `.funds_withdrawn` and `.closed`. All of them give the same chargeback, dated when the dispute was
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

function reversalOf(event: Event, type: ProviderEvent["type"], occurred_at: number): ParsedEvents {
  const { id, amount, currency, payment_intent, charge } = event.data.object;
  const [payment, ...aliases] = [payment_intent, charge].filter((name) => typeof name === "string");
  if (payment === undefined) return "The event does not identify the payment.";
  return [
    providerEvent({
      ...eventInfoOf(event),
      type,
      occurred_at,
      payment,
      aliases,
      refund: id,
      gross: readUnits(amount, currency, "data.object.amount"),
      currency,
    }),
  ];
}
