/** PayPal's disputes, by its Disputes API v1 and the page "Subscribe to disputes webhooks". */
import * as v from "valibot";
import { instant, parseFields } from "../../../lib/validation.ts";
import { type ProviderEvent, providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, decimal, readDecimal } from "../../reading/provider-fields.ts";
import { invalidField } from "../../reading/read-fields.ts";

const money = v.object({ currency_code: anyCaseCurrency, value: decimal });

/** Whether the merchant keeps the money; PayPal pays the buyer itself in `RESOLVED_WITH_PAYOUT`. */
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
    create_time: instant,
    update_time: v.nullish(instant),
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
      outcome_code: v.picklist(OUTCOMES, "is no outcome that is known"),
      amount_refunded: v.nullish(money),
    }),
  }),
});

type Dispute = v.InferOutput<typeof dispute>["resource"];
type Transaction = Dispute["disputed_transactions"][number];

/**
 * A dispute opened (money is held from then on) or resolved, of each of its transactions. It also stands for whatever
 * reversal PayPal tells of the same payment (`PAYMENT.*.REVERSED`), which names no dispute: that one is put out, so that
 * the same money is not reversed twice, nor stays reversed when the dispute is won.
 */
export function readDispute(json: unknown, event: { id: string; event_type: string }): ParsedEvents {
  const { resource } = parseFields(dispute, json);
  return resource.disputed_transactions.flatMap((transaction, at) => {
    const common = { payment: transaction.seller_transaction_id, occurred_at: resource.create_time };
    const told = event.event_type.endsWith(".RESOLVED")
      ? resolve(json, resource, transaction, at)
      : [takeBack(resource.dispute_id, amountOf(resource, transaction, at))];
    const reversal = giveBack(transaction.seller_transaction_id, resource.create_time);
    return [...told, reversal].map((part) =>
      providerEvent({ ...common, ...part, id: `${event.id}:${common.payment}:${part.refund}` }),
    );
  });
}

type Part = Pick<ProviderEvent, "type" | "refund"> & Partial<ProviderEvent>;

function resolve(json: unknown, resource: Dispute, transaction: Transaction, at: number): Part[] {
  const { outcome_code, amount_refunded } = parseFields(outcome, json).resource.dispute_outcome;
  const { dispute_id, create_time, update_time } = resource;
  const won = giveBack(dispute_id, update_time ?? create_time);
  if (KEEPS_MONEY[outcome_code]) return [won];
  const disputed = amountOf(resource, transaction, at);
  if (!amount_refunded || resource.disputed_transactions.length > 1) return [takeBack(dispute_id, disputed)];
  const refunded = readMoney(amount_refunded, "resource.dispute_outcome.amount_refunded");
  if (refunded.currency !== disputed.currency || refunded.gross >= disputed.gross) {
    return [takeBack(dispute_id, disputed)];
  }
  // Settled for less than was disputed: no longer all of that, but what was agreed on.
  return [won, takeBack(`${dispute_id}:settled`, refunded)];
}

function takeBack(refund: string, taken: { gross: number; currency: string }): Part {
  return { type: "chargeback", refund, ...taken };
}

function giveBack(refund: string, occurred_at: number): Part {
  return { type: "chargeback_won", refund, occurred_at };
}

/** Of one transaction, what is disputed; of each of several, all of it, since what is disputed is only told of them together. */
function amountOf({ dispute_amount, disputed_transactions }: Dispute, { gross_amount }: Transaction, at: number) {
  if (disputed_transactions.length === 1) return readMoney(dispute_amount, "resource.dispute_amount");
  const field = `resource.disputed_transactions.${at}.gross_amount`;
  if (!gross_amount) throw invalidField(field, "is missing");
  return readMoney(gross_amount, field);
}

function readMoney({ value, currency_code: currency }: v.InferOutput<typeof money>, field: string) {
  return { gross: Math.abs(readDecimal(value, currency, `${field}.value`)), currency };
}
