/** How the API shows a conversion. */
import type { ConversionRecord } from "../customers/conversion.ts";
import type { ConversionCommission } from "./commission-state.ts";

/** A conversion as the API shows it. */
export interface ConversionView {
  id: string;
  program: string;
  type: string;
  status: string;
  attributed_to: string | null;
  link: string | null;
  /** The rule that decided. */
  reason: string;
  /** What it has earned the affiliate; null without ledger entries. */
  commission: ConversionCommission | null;
  /** The customer's id as the merchant or provider sent it; null if it has none, or was erased. */
  customer: string | null;
  amount: number | null;
  /** The gross payment, if it differs from `amount`. Refunds that state only a gross amount are converted with it. */
  gross: number | null;
  refunded: number;
  currency: string | null;
  occurred_at: string;
  /** When the merchant received the money; null where that isn't known. */
  settled_at: string | null;
  payment: string | null;
  product: string | null;
  subscription: string | null;
  /** How often the subscription is paid; `once` for payments outside a subscription. */
  interval: string | null;
  /** The payment's number within its subscription, or within the customer's other payments, from 1. Null for leads and trials. */
  payment_number: number | null;
  /** As reported by the checkout. */
  country: string | null;
  platform: string | null;
  /** From test mode: in no report, and never paid. */
  test: boolean;
}

/** What a conversion's record doesn't hold. */
export type ConversionDetails = Pick<ConversionView, "customer" | "commission">;

/** Views a conversion. `program` is its slug. */
export function viewConversion(
  record: ConversionRecord,
  program: string,
  { customer, commission }: ConversionDetails,
): ConversionView {
  const { id, type, status, amount, gross, refunded, currency, payment, product, subscription, test } = record;
  const { interval, payment_number, country, platform } = record;
  const { touch, reason } = record.credit;
  return {
    id,
    program,
    type,
    status,
    attributed_to: touch?.affiliate ?? null,
    link: touch?.link ?? null,
    reason,
    commission,
    customer,
    amount,
    gross,
    refunded,
    currency,
    occurred_at: new Date(record.occurred_at).toISOString(),
    settled_at: record.settled_at === undefined ? null : new Date(record.settled_at).toISOString(),
    payment,
    product,
    subscription,
    interval,
    payment_number,
    country,
    platform,
    test,
  };
}
