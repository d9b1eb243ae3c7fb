/** The touches that were considered, as the credited affiliate sees them. Of others, only kind, time and outcome are shown. */
import type { ConversionRecord } from "../../customers/conversion.ts";
import {
  assignerOf,
  type ConsideredTouch,
  customerLimitOf,
  describeOwnPurchase,
  nameOverruling,
  nameSource,
} from "../../customers/explain.ts";
import { formatDuration } from "../../lib/format-duration.ts";
import { messages } from "../../lib/messages/messages.ts";

/** A touch that was considered. */
export interface TouchView {
  /** Milliseconds since the epoch. */
  clicked_at: number;
  /** The link's slug, the coupon's code or the kind of touch. For another affiliate's touch, only the kind. */
  name: string;
  channel: string | null;
  is_chosen: boolean;
  /** How long before or after the conversion. */
  distance: string;
  /** Whether it was credited, or why not. */
  outcome: string;
}

/** The touches of a conversion as an affiliate sees them, in the order in which they were considered. */
export function listTouches(record: ConversionRecord, affiliateId: number): TouchView[] {
  return record.credit.considered.map((touch) => {
    const isOwn = touch.affiliate_id === affiliateId;
    const before = record.occurred_at - touch.clicked_at;
    // A conversion carries its own click, which came before it even if the clocks disagree.
    const isLater = touch.outcome === "after_conversion" || (touch.source !== "click" && before < 0);
    return {
      clicked_at: touch.clicked_at,
      name: isOwn
        ? nameTouch(touch)
        : `another affiliate’s ${touch.source === "click" ? "link" : nameSource(touch.source)}`,
      channel: isOwn ? touch.channel : null,
      is_chosen: touch.outcome === "chosen",
      distance: `${formatDuration(isLater ? -before : before)} ${isLater ? "after" : "before"} the ${record.type}`,
      outcome: describeOutcome(touch, record, isOwn),
    };
  });
}

function describeOutcome({ outcome, own_by }: ConsideredTouch, record: ConversionRecord, isOwn: boolean): string {
  const credited = nameSource(record.credit.touch?.source ?? "click");
  const sentences: Record<ConsideredTouch["outcome"], string> = {
    chosen: "Credited",
    later_click_won: `Not credited: a later ${credited} was credited`,
    earlier_click_won: `Not credited: an earlier ${credited} was credited`,
    outside_window: `Outside the ${record.rules.cookie_days}-day attribution window`,
    coupon_won: "Not credited: a coupon takes precedence over clicks",
    click_won: "Not credited: a click takes precedence over coupons",
    after_signup: "Came after the customer signed up",
    // The reason for another affiliate's self-purchase would reveal who that is.
    own_purchase: isOwn
      ? `Self-purchase: ${describeOwnPurchase(own_by, "affiliate")}`
      : "Self-purchase by that affiliate",
    overruled:
      nameOverruling(record.credit.ruling) === "dispute"
        ? "Overruled by the merchant in a dispute"
        : "Overruled by the merchant",
    after_conversion: `Came after the ${record.type}`,
    bound_elsewhere: messages.credit.losses.bound_elsewhere(assignerOf(record)),
    too_many_customers: messages.credit.losses.too_many_customers(customerLimitOf(record), isOwn),
    affiliate_not_approved: "That affiliate wasn’t approved at the time",
  };
  return sentences[outcome];
}

/** The name of an affiliate's own touch: its link, its coupon, or the kind of touch. */
export function nameTouch({ source, link, coupon }: Pick<ConsideredTouch, "source" | "link" | "coupon">): string {
  switch (source) {
    case "click":
      return `link ${link}`;
    case "coupon":
      return `coupon ${coupon}`;
    case "referral":
      return "referral reported by the merchant";
    case "dispute":
      return "dispute decision";
    case "manual":
      return "decision by the merchant";
  }
}
