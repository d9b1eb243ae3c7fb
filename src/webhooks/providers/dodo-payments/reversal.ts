/** The refunds and disputes of Dodo Payments. Neither contains the tax. */
import * as v from "valibot";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, providerId, readPaidDecimal } from "../../reading/provider-fields.ts";
import { customer, customerOf, eventWith } from "./fields.ts";

const refund = eventWith({
  payment_id: providerId,
  refund_id: providerId,
  status: v.string(),
  amount: v.nullish(minorUnits),
  currency: v.nullish(anyCaseCurrency),
  customer,
});

const dispute = eventWith({
  payment_id: providerId,
  dispute_id: providerId,
  dispute_stage: v.nullish(v.string()),
  dispute_status: v.string(),
  amount: v.union([v.string(), v.number()]),
  currency: anyCaseCurrency,
  customer,
});

/** The statuses of a dispute in which the money is not the customer's. */
const OVER: ReadonlySet<string> = new Set(["dispute_won", "dispute_cancelled"]);
/** The statuses of an inquiry ("pre-dispute") that took the money. */
const TAKEN: ReadonlySet<string> = new Set(["dispute_accepted", "dispute_lost"]);

/** `refund.succeeded` and `refund.failed`. */
export function readRefund(json: unknown, id: string): ParsedEvents {
  const { timestamp, data } = parseFields(refund, json);
  const { status, amount, currency, created_at } = data;
  const isFailed = status === "failed";
  if (status !== "succeeded" && !isFailed) return `The refund is ${status}.`;
  if (!isFailed && (!amount || !currency)) return "The refund does not say what was refunded.";
  return [
    providerEvent({
      id,
      type: isFailed ? "refund_failed" : "refund",
      occurred_at: isFailed ? timestamp : (created_at ?? timestamp),
      customer: customerOf(data),
      payment: data.payment_id,
      refund: data.refund_id,
      gross: amount ?? null,
      currency: currency ?? null,
    }),
  ];
}

/**
 * All events of a dispute give the same chargeback, dated when the dispute was created, so it is complete whichever of them
 * arrives. A dispute that was won or canceled gives the money back.
 */
export function readDispute(json: unknown, id: string): ParsedEvents {
  const { timestamp, data } = parseFields(dispute, json);
  const { dispute_stage, dispute_status: status, created_at, currency } = data;
  const isOver = OVER.has(status);
  if (dispute_stage === "pre_dispute" && !TAKEN.has(status)) {
    return "The dispute is an inquiry, so no money was withdrawn.";
  }
  return [
    providerEvent({
      id,
      type: isOver ? "chargeback_won" : "chargeback",
      occurred_at: isOver ? timestamp : (created_at ?? timestamp),
      customer: customerOf(data),
      payment: data.payment_id,
      refund: data.dispute_id,
      gross: readAmount(String(data.amount), currency),
      currency,
    }),
  ];
}

/** Text "to accommodate precision": minor units, as everywhere else, or a decimal. */
function readAmount(text: string, currency: string): number {
  const isMinor = /^\d{1,15}$/.test(text.trim());
  return isMinor ? Number(text) : readPaidDecimal(text, currency, "data.amount");
}
