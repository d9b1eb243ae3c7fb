/** The touches that were weighed, as the winner may see them: of the others' the kind, the time and the outcome only. */
import type { ConversionRecord } from "../../customers/conversion.ts";
import { assignerOf, type ConsideredTouch, describeOwnPurchase, nameSource } from "../../customers/explain.ts";
import { formatDuration } from "../../lib/format-duration.ts";
import { messages } from "../../lib/messages/messages.ts";

/** One touch that was weighed. */
export interface SeenTouch {
  /** Milliseconds since the epoch. */
  clicked_at: number;
  /** The slug, the coupon's code, or what else it is; of another affiliate's only what it is. */
  name: string;
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
    const before = record.occurred_at - touch.clicked_at;
    // A click that its own conversion carries came before it, by whatever clock.
    const isLater = touch.outcome === "after_conversion" || (touch.source !== "click" && before < 0);
    return {
      clicked_at: touch.clicked_at,
      name: isOwn
        ? nameTouch(touch)
        : `another affiliate’s ${touch.source === "click" ? "link" : nameSource(touch.source)}`,
      channel: isOwn ? touch.channel : null,
      is_chosen: touch.outcome === "chosen",
      distance: `${formatDuration(isLater ? -before : before)} ${isLater ? "after" : "before"} the ${record.type}`,
      outcome: sayOutcome(touch, record, isOwn),
    };
  });
}

function sayOutcome({ outcome, own_by }: ConsideredTouch, record: ConversionRecord, isOwn: boolean): string {
  const rival = nameSource(record.credit.touch?.source ?? "click");
  const sentences: Record<ConsideredTouch["outcome"], string> = {
    chosen: "Gets the credit",
    later_click_won: `Lost to a later ${rival}`,
    earlier_click_won: `Lost to an earlier ${rival}`,
    outside_window: `Older than the ${record.rules.cookie_days} days that a click counts`,
    coupon_won: "Lost to an affiliate’s coupon, which goes before a click",
    click_won: "Lost to a click, which goes before a coupon",
    after_signup: "Came only after the customer had signed up",
    // Why another affiliate's was its own purchase would tell who it is.
    own_purchase: isOwn
      ? `Own purchase: ${describeOwnPurchase(own_by, "affiliate")}`
      : "Own purchase of that affiliate",
    overruled: "Lost by the merchant’s decision in a dispute",
    after_conversion: `Came only after the ${record.type}`,
    bound_elsewhere: messages.credit.losses.bound_elsewhere(assignerOf(record)),
    affiliate_not_approved: "Affiliate was not approved in this program then",
  };
  return sentences[outcome];
}

/** One of the affiliate's own touches: its link, its coupon, or how else the merchant knew of it. */
export function nameTouch({ source, link, coupon }: Pick<ConsideredTouch, "source" | "link" | "coupon">): string {
  switch (source) {
    case "click":
      return `link ${link}`;
    case "coupon":
      return `coupon ${coupon}`;
    case "referral":
      return "referral told by the merchant";
    case "dispute":
      return "named in a dispute";
  }
}
