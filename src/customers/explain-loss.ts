/** What an affiliate's touch lost by, told to that affiliate: nothing of it tells who won, when, or who the customer is. */
import type { ConversionRecord } from "./conversion.ts";
import type { Ruling, TouchOutcome } from "./credit.ts";
import { type ConsideredTouch, capitalise, sayBinder, sayOwnMark } from "./explain.ts";

/** In one sentence. */
export function explainLoss({ outcome, own_by }: ConsideredTouch, record: ConversionRecord): string {
  const { type, rules, credit } = record;
  const rival =
    credit.touch?.source === "click" ? "Another affiliate’s click came" : "Another affiliate brought this customer";
  const sentences: Record<TouchOutcome, string> = {
    // Nobody's who did not get the credit; it has words all the same.
    chosen: "Gets the credit",
    later_click_won: `${rival} later`,
    earlier_click_won: `${rival} earlier`,
    coupon_won: "Another affiliate’s coupon was used, which goes before a click",
    click_won: "Another affiliate’s click was there, which goes before a coupon",
    outside_window: `Older than the ${rules.cookie_days} days that a click counts`,
    after_conversion: `Came only after the ${type}`,
    after_signup: "Came only after the customer had signed up",
    own_purchase: `Own purchase: ${sayOwnMark(own_by, "your")}`,
    bound_elsewhere: `${capitalise(sayBinder(record))} had bound the credit already`,
    overruled: "The merchant decided a dispute for another affiliate",
    affiliate_not_approved: "You were not approved in this program then",
  };
  return sentences[outcome];
}

/** A dispute, told to an affiliate who did not get the credit; the reason is written for both to read. */
export function explainRuling({ touch, reason }: Ruling, affiliateId: number): string {
  // Whom it named may have got nothing all the same: by its own purchase, or not being approved.
  return `The merchant decided a dispute for ${touch.affiliate_id === affiliateId ? "you" : "another affiliate"}: ${reason}`;
}
