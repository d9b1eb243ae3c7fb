/** Creem's refunds and disputes. */
import * as v from "valibot";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, providerId } from "../../reading/provider-fields.ts";
import { eventWith, infoOf, referenceTo, time } from "./fields.ts";

const paidPart = v.object({ id: providerId, type: v.nullish(v.string()), order: v.nullish(referenceTo({})) });

const refund = eventWith({
  status: v.nullish(v.string()),
  refund_amount: minorUnits,
  refund_currency: anyCaseCurrency,
  transaction: paidPart,
  subscription: v.nullish(referenceTo({})),
  created_at: time,
});

const dispute = eventWith({
  amount: minorUnits,
  currency: anyCaseCurrency,
  transaction: paidPart,
  subscription: v.nullish(referenceTo({})),
  created_at: time,
});

type Reversal = v.InferOutput<typeof refund>["object"] | v.InferOutput<typeof dispute>["object"];

/** A refund has this one event, so it counts even while it is pending. */
export function readRefund(json: unknown): ParsedEvents {
  const event = parseFields(refund, json);
  const { status, refund_amount, refund_currency } = event.object;
  const isOver = status === "failed" || status === "canceled";
  if (refund_amount === 0) return "Nothing was refunded.";
  return [
    providerEvent({
      ...reversalOf(event),
      type: isOver ? "refund_failed" : "refund",
      occurred_at: isOver ? event.created_at : (event.object.created_at ?? event.created_at),
      gross: refund_amount,
      currency: refund_currency,
    }),
  ];
}

/** Creem sends no event when a dispute is won. */
export function readDispute(json: unknown): ParsedEvents {
  const event = parseFields(dispute, json);
  const { amount, currency, created_at } = event.object;
  return [
    providerEvent({
      ...reversalOf(event),
      type: "chargeback",
      occurred_at: created_at ?? event.created_at,
      gross: amount,
      currency,
    }),
  ];
}

function reversalOf(event: { id: string; object: Reversal }) {
  const { id, transaction: paid, subscription: of } = event.object;
  return {
    ...infoOf(event),
    payment: paid.id,
    // All payments of a subscription may have the order that started it.
    aliases: paid.type === "payment" && paid.order ? [paid.order.id] : [],
    refund: id,
    subscription: of ? { id: of.id, interval: null } : null,
  };
}
