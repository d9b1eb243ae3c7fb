/** PayPal's disputes. Sources: its Disputes API v1 and the page "Subscribe to disputes webhooks". */
import * as v from "valibot";
import { parseFields } from "../../../lib/validation.ts";
import { type ProviderEvent, providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, anyTime, decimal, readDecimal } from "../../reading/provider-fields.ts";
import { invalidField } from "../../reading/read-fields.ts";

const money = v.object({ currency_code: anyCaseCurrency, value: decimal });

/** Whether the merchant keeps the money. In `RESOLVED_WITH_PAYOUT`, PayPal pays the buyer itself. */
const KEEPS_MONEY = {
  RESOLVED_BUYER_FAVOUR: false,
  ACCEPTED: false,
  RESOLVED_SELLER_FAVOUR: true,
  RESOLVED_WITH_PAYOUT: true,
  CANCELED_BY_BUYER: true,
  DENIED: true,
  NONE: true,
} as const;

const OUTCOMES = Object.keys(KEEPS_MONEY) as (keyof typeof KEEPS_MONEY)[];

const dispute = v.object({
  resource: v.object({
    dispute_id: v.pipe(v.string(), v.minLength(1)),
    create_time: anyTime,
    update_time: anyTime,
    dispute_amount: money,
    disputed_transactions: v.pipe(
      v.array(
        v.object({
          seller_transaction_id: v.pipe(v.string(), v.minLength(1)),
          gross_amount: v.nullish(money),
        }),
      ),
      v.minLength(1, "is empty"),
    ),
  }),
});

const outcome = v.object({
  resource: v.object({
    dispute_outcome: v.object({
      outcome_code: v.picklist(OUTCOMES, "is not a known outcome"),
      amount_refunded: v.nullish(money),
    }),
  }),
});

type Dispute = v.InferOutput<typeof dispute>["resource"];
type Transaction = Dispute["disputed_transactions"][number];

/**
 * The opening of a dispute, from which on the money is held, or its resolution, for each of its transactions. PayPal may also
 * report a reversal of the same payment (`PAYMENT.*.REVERSED`), which doesn't name the dispute. This undoes that reversal, so
 * that the payment isn't reversed twice and doesn't stay reversed when the dispute is won.
 */
export function readDispute(json: unknown, event: { id: string; event_type: string }): ParsedEvents {
  const { resource } = parseFields(dispute, json);
  return resource.disputed_transactions.flatMap((transaction, at) => {
    const common = { payment: transaction.seller_transaction_id, occurred_at: resource.create_time };
    const parts = event.event_type.endsWith(".RESOLVED")
      ? resolve(json, resource, transaction, at)
      : [chargebackPart(resource.dispute_id, amountOf(resource, transaction, at))];
    const reversal = wonPart(transaction.seller_transaction_id, resource.create_time);
    return [...parts, reversal].map((part) =>
      providerEvent({ ...common, ...part, id: `${event.id}:${common.payment}:${part.refund}` }),
    );
  });
}

type Part = Pick<ProviderEvent, "type" | "refund"> & Partial<ProviderEvent>;

function resolve(json: unknown, resource: Dispute, transaction: Transaction, at: number): Part[] {
  const { outcome_code, amount_refunded } = parseFields(outcome, json).resource.dispute_outcome;
  const { dispute_id, create_time, update_time } = resource;
  const won = wonPart(dispute_id, update_time ?? create_time);
  if (KEEPS_MONEY[outcome_code]) return [won];
  const disputed = amountOf(resource, transaction, at);
  if (!amount_refunded || resource.disputed_transactions.length > 1) return [chargebackPart(dispute_id, disputed)];
  const refunded = readMoney(amount_refunded, "resource.dispute_outcome.amount_refunded");
  if (refunded.currency !== disputed.currency || refunded.gross >= disputed.gross) {
    return [chargebackPart(dispute_id, disputed)];
  }
  // The dispute was settled for less than the disputed amount.
  return [won, chargebackPart(`${dispute_id}:settled`, refunded)];
}

function chargebackPart(refund: string, disputed: { gross: number; currency: string }): Part {
  return { type: "chargeback", refund, ...disputed };
}

function wonPart(refund: string, occurred_at: number | null): Part {
  return { type: "chargeback_won", refund, occurred_at };
}

/** The disputed amount of a single transaction. For several, PayPal only sends their sum, so each counts in full. */
function amountOf({ dispute_amount, disputed_transactions }: Dispute, { gross_amount }: Transaction, at: number) {
  if (disputed_transactions.length === 1) return readMoney(dispute_amount, "resource.dispute_amount");
  const field = `resource.disputed_transactions.${at}.gross_amount`;
  if (!gross_amount) throw invalidField(field, "is missing");
  return readMoney(gross_amount, field);
}

function readMoney({ value, currency_code: currency }: v.InferOutput<typeof money>, field: string) {
  return { gross: Math.abs(readDecimal(value, currency, `${field}.value`)), currency };
}
