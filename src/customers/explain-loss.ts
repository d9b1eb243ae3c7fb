/** Why an affiliate's touch didn't get the credit, for that affiliate. It reveals nothing about the winner or the customer. */
import { messages } from "../lib/messages/messages.ts";
import type { ConversionRecord } from "./conversion.ts";
import type { Ruling, TouchOutcome } from "./credit.ts";
import { assignerOf, type ConsideredTouch, customerLimitOf, nameOverruling, windowOf } from "./explain.ts";

/** Explains it in one sentence, without a period. */
export function explainLoss({ source, outcome, own_by }: ConsideredTouch, record: ConversionRecord): string {
  const texts = messages.credit.losses;
  const winner = record.credit.touch?.source ?? "referral";
  const sentences: Record<TouchOutcome, string> = {
    ...texts,
    later_click_won: texts.later_click_won(winner),
    earlier_click_won: texts.earlier_click_won(winner),
    outside_window: texts.outside_window(source, windowOf(record)),
    after_conversion: texts.after_conversion(source, record.type),
    own_purchase: texts.own_purchase(own_by ?? "unknown"),
    too_many_customers: texts.too_many_customers(customerLimitOf(record)),
    overruled: texts.overruled(nameOverruling(record.credit.ruling)),
    bound_elsewhere: texts.bound_elsewhere(assignerOf(record)),
    affiliate_not_approved: texts.affiliate_not_approved(record.type),
  };
  return sentences[outcome];
}

/** Explains a ruling to one of its affiliates. The merchant writes the reason for them to read. */
export function explainRuling(ruling: Ruling, affiliateId: number): string {
  // The affiliate named may still earn nothing: for its own purchase, or while it isn't approved.
  const { won, lost } = messages.credit.ruling;
  const explain = ruling.touch?.affiliate_id === affiliateId ? won : lost;
  return explain(nameOverruling(ruling), ruling.reason);
}
