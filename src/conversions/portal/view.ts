import type { ConversionRecord } from "../../customers/conversion.ts";
import { explainConversion } from "../../customers/explain.ts";
import { describeRule } from "../../portal/layout/words.ts";
import { listTouches } from "./touches.ts";

/**
 * A conversion as its credited affiliate may see it: no customer data, and only kind, time and outcome of other affiliates'
 * touches.
 */
export function viewCreditedConversion(record: ConversionRecord, affiliateId: number) {
  const { id, type, status, amount, refunded, currency, product, interval, payment_number, terms_version } = record;
  const { touch } = record.credit;
  return {
    id,
    type,
    status,
    occurred_at: new Date(record.occurred_at).toISOString(),
    amount,
    refunded,
    currency,
    product,
    interval,
    payment_number,
    link: touch?.link ?? null,
    channel: touch?.channel ?? null,
    coupon: touch?.coupon ?? null,
    why: explainConversion(record).text,
    rule: describeRule(record.rules, type),
    terms_version,
    notes: record.notes,
    touches: listTouches(record, affiliateId).map(({ clicked_at, name, channel, is_chosen, outcome }) => ({
      clicked_at: new Date(clicked_at).toISOString(),
      name,
      channel,
      is_chosen,
      outcome,
    })),
  };
}
