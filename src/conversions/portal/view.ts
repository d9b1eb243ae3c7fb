import type { ConversionRecord } from "../../customers/conversion.ts";
import { explainConversion } from "../../customers/explain.ts";
import { sayRule } from "../../portal/layout/words.ts";
import { listSeenTouches } from "./touches.ts";

/**
 * A conversion as the page of whoever was credited with it shows it: of the customer nothing, of others' touches the kind,
 * the time and the outcome only.
 */
export function viewOwnConversion(record: ConversionRecord, affiliateId: number) {
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
    rule: sayRule(record.rules, type),
    terms_version,
    notes: record.notes,
    touches: listSeenTouches(record, affiliateId).map(({ clicked_at, name, channel, is_chosen, outcome }) => ({
      clicked_at: new Date(clicked_at).toISOString(),
      name,
      channel,
      is_chosen,
      outcome,
    })),
  };
}
