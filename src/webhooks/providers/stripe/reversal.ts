/** Stripe's refunds and disputes. Neither says whose payment it was, nor how much of it was tax. */
import * as v from "valibot";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { type ProviderEvent, providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyCaseCurrency } from "../../reading/provider-fields.ts";
import { eventWith, marksOf, readUnits, reference, seconds } from "./fields.ts";

const takenBack = {
  id: reference,
  amount: minorUnits,
  currency: anyCaseCurrency,
  created: seconds,
  payment_intent: v.nullish(reference),
  charge: v.nullish(reference),
};

const refunded = eventWith(v.object({ ...takenBack, status: v.string() }));

const disputed = eventWith(
  v.object({
    ...takenBack,
    status: v.string(),
    payment_method_details: v.nullish(v.object({ card: v.nullish(v.object({ case_type: v.nullish(v.string()) })) })),
  }),
);

type Event = v.InferOutput<typeof refunded> | v.InferOutput<typeof disputed>;

/** `refund.created`, `refund.updated`, `charge.refund.updated`: each has the refund as it was then. */
export function readRefund(json: unknown): ParsedEvents {
  const event = parseFields(refunded, json);
  const { status, created } = event.data.object;
  if (status !== "succeeded") return `The refund is ${status}.`;
  return takeBack(event, "refund", created);
}

/**
 * `charge.dispute.created`, `.funds_withdrawn` and `.closed`. What was taken is told at the time of the dispute's making by
 * each of them, so that it is one chargeback, whichever of them comes.
 */
export function readDispute(json: unknown): ParsedEvents {
  const event = parseFields(disputed, json);
  const { status, created, payment_method_details } = event.data.object;
  if (status.startsWith("warning_")) return "The dispute is an inquiry: no money was taken.";
  // "Stripe can block or resolve disputes": a resolution gives the money back, a block does not.
  if (status === "prevented" && payment_method_details?.card?.case_type !== "resolution") {
    return "The dispute was prevented: no money was taken.";
  }
  return status === "won" ? takeBack(event, "chargeback_won", event.created) : takeBack(event, "chargeback", created);
}

function takeBack(event: Event, type: ProviderEvent["type"], occurred_at: number): ParsedEvents {
  const { id, amount, currency, payment_intent, charge } = event.data.object;
  const [payment, ...aliases] = [payment_intent, charge].filter((name) => typeof name === "string");
  if (payment === undefined) return "It names no payment.";
  return [
    providerEvent({
      ...marksOf(event),
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
