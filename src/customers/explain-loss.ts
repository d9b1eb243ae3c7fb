/** What an affiliate's touch lost by, told to that affiliate: nothing of it tells who won, when, or who the customer is. */
import type { ConversionRecord } from "./conversion.ts";
import type { TouchOutcome } from "./credit.ts";
import { type ConsideredTouch, sayOwnMark } from "./explain.ts";

/** In one sentence. */
export function explainLoss({ outcome, own_by }: ConsideredTouch, { type, rules }: ConversionRecord): string {
  const sentences: Record<TouchOutcome, string> = {
    // Of its own touches one may have been the nearest, and the affiliate be barred for another reason.
    chosen: "Gets the credit",
    later_click_won: "Another affiliate’s click came later",
    earlier_click_won: "Another affiliate’s click came earlier",
    coupon_won: "Another affiliate’s coupon was used, which goes before a click",
    click_won: "Another affiliate’s click goes before a coupon",
    outside_window: `Older than the ${rules.cookie_days} days that a click counts`,
    after_conversion: `Came only after the ${type}`,
    after_signup: "Came only after the customer had signed up",
    own_purchase: `Own purchase: ${sayOwnMark(own_by)}`,
    bound_elsewhere: "An earlier trial or payment had bound the credit already",
    overruled: "The merchant decided a dispute for another affiliate",
    affiliate_not_approved: "You were not approved in this program then",
  };
  return sentences[outcome];
}
