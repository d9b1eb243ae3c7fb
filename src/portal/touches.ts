/** The clicks that were weighed, as one affiliate may see them: of the others' clicks the time and the outcome only. */
import type { ConversionRecord } from "../customers/conversion.ts";
import { type ConsideredTouch, sayOwnMark } from "../customers/explain.ts";
import { sayDuration } from "../time.ts";

/** One click that was weighed. */
export interface SeenTouch {
  /** Milliseconds since the epoch. */
  clicked_at: number;
  /** The slug, or the coupon's code; null where it is another affiliate's. */
  link: string | null;
  channel: string | null;
  is_chosen: boolean;
  /** How long before or after the conversion. */
  distance: string;
  /** Won, or lost by what. */
  outcome: string;
}

/** The touches of a conversion as an affiliate sees them, in the order in which they were weighed. */
export function listSeenTouches(record: ConversionRecord, affiliateId: number): SeenTouch[] {
  return record.credit.considered.map((touch) => {
    const isOwn = touch.affiliate_id === affiliateId;
    const isLater = touch.outcome === "after_conversion";
    const before = record.occurred_at - touch.clicked_at;
    return {
      clicked_at: touch.clicked_at,
      link: isOwn ? (touch.link ?? touch.coupon ?? nameSource(touch.source)) : null,
      channel: isOwn ? touch.channel : null,
      is_chosen: touch.outcome === "chosen",
      distance: `${sayDuration(isLater ? -before : before)} ${isLater ? "after" : "before"} the ${record.type}`,
      outcome: sayOutcome(touch, record, isOwn),
    };
  });
}

function sayOutcome({ outcome, own_by }: ConsideredTouch, record: ConversionRecord, isOwn: boolean): string {
  const sentences: Record<ConsideredTouch["outcome"], string> = {
    chosen: "Gets the credit",
    later_click_won: "Lost to a later click",
    earlier_click_won: "Lost to an earlier click",
    outside_window: `Older than the ${record.rules.cookie_days} days that a click counts`,
    coupon_won: "Lost to an affiliate’s coupon, which goes before a click",
    click_won: "Lost to a click, which goes before a coupon",
    after_signup: "Came only after the customer had signed up",
    // Why another affiliate's was its own purchase would tell who it is.
    own_purchase: isOwn ? `Own purchase: ${sayOwnMark(own_by)}` : "Own purchase of that affiliate",
    overruled: "The merchant decided a dispute for another affiliate",
    after_conversion: `Clicked only after the ${record.type}`,
    bound_elsewhere: "An earlier payment had bound the credit already",
    affiliate_not_approved: "Affiliate was not approved in this program then",
  };
  return sentences[outcome];
}

function nameSource(source: ConsideredTouch["source"]): string {
  return { click: "click", coupon: "coupon", referral: "told by the merchant", dispute: "named in a dispute" }[source];
}
