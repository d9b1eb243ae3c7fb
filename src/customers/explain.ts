/** Why a conversion was credited, for the API and the pages. The text names affiliates and links, never the customer. */

import { formatDate } from "../lib/format-date.ts";
import { formatDuration } from "../lib/format-duration.ts";
import { messages } from "../lib/messages/messages.ts";
import type { ConversionRecord } from "./conversion.ts";
import { CLOCK_SKEW_MS, type ConsideredTouch, type CreditReason, type Ruling, type TouchOutcome } from "./credit.ts";
import type { OwnKind, Touch, TouchSource } from "./fact.ts";
import { UNLISTED_MAX } from "./touches/touches.ts";

export type { ConsideredTouch };

/** The highest count of touches that aren't listed: it stands for this many or more. */
export const MORE_TOUCHES_MAX = UNLISTED_MAX;

/** A conversion's credit: the reason, the terms that applied, and the outcome of each touch. */
export interface Explanation {
  text: string;
  rule: {
    model: "last_click" | "first_click";
    window_days: number | null;
    binds_to: string;
    click_before: "sale" | "signup";
    precedence: "coupon" | "click";
    self_purchase: "refuse" | "allow";
    customers_per_click: number | null;
  };
  terms_version: number;
  touches: {
    source: TouchSource;
    /** Null unless the source is a click. */
    click_id: string | null;
    clicked_at: string;
    affiliate: string;
    link: string | null;
    channel: string | null;
    coupon: string | null;
    outcome: TouchOutcome;
    /** For an own purchase, credited or not: how it is known. */
    own_by: OwnKind | null;
    text: string;
  }[];
  /** Older touches that were considered but aren't listed, up to {@link MORE_TOUCHES_MAX}. */
  more_touches: number;
  /** `conversion` is the one that assigned the credit, or null if a reported referral did. */
  binding: { affiliate: string | null; conversion: string | null; since: string } | null;
  dispute: { affiliate: string; ruled_at: string; reason: string } | null;
  /** The merchant's own decision, about this conversion or the one that is named; null if none applies. */
  decision: {
    affiliate: string | null;
    scope: string;
    conversion: string;
    decided_at: string;
    reason: string;
  } | null;
  /** The affiliate that the merchant named when it entered the sale by hand; null for other sales. */
  entered: { affiliate: string; entered_at: string; reason: string } | null;
  token_fault: string | null;
  notes: string[];
}

/** Explains a record. The result depends on the record alone. */
export function explainConversion(record: ConversionRecord): Explanation {
  const { credit, rules } = record;
  const { binding } = credit;
  return {
    text: explainReason(record),
    rule: {
      model: rules.model,
      window_days: rules.cookie_days,
      binds_to: rules.binds_to,
      click_before: rules.click_before ?? "sale",
      precedence: rules.precedence ?? "coupon",
      self_purchase: rules.self_purchase ?? "refuse",
      customers_per_click: rules.customers_per_click ?? null,
    },
    terms_version: record.terms_version,
    touches: credit.considered.map((touch) => ({
      source: touch.source,
      click_id: touch.source === "click" ? touch.click_id : null,
      clicked_at: new Date(touch.clicked_at).toISOString(),
      affiliate: touch.affiliate,
      link: touch.link,
      channel: touch.channel,
      coupon: touch.coupon,
      outcome: touch.outcome,
      own_by: touch.own_by ?? null,
      text: messages.credit.outcomes.touch(describeTouch(touch, record), explainOutcome(touch, record)),
    })),
    more_touches: credit.unlisted,
    binding: binding && {
      affiliate: binding.touch?.affiliate ?? null,
      conversion: binding.conversion,
      since: new Date(binding.since).toISOString(),
    },
    ...viewRuling(credit.ruling),
    entered: viewEntry(credit.entry),
    token_fault: record.token_fault,
    notes: record.test ? [messages.credit.test_mode, ...record.notes] : record.notes,
  };
}

function viewRuling(ruling: Ruling | null): Pick<Explanation, "dispute" | "decision"> {
  if (ruling === null || ruling.is_entry) return { dispute: null, decision: null };
  const { touch, reason, decided } = ruling;
  const at = new Date(ruling.ruled_at).toISOString();
  const affiliate = touch?.affiliate ?? null;
  if (decided === undefined) return { dispute: { affiliate: affiliate ?? "", ruled_at: at, reason }, decision: null };
  const { covers: scope, conversion } = decided;
  return { dispute: null, decision: { affiliate, scope, conversion, decided_at: at, reason } };
}

function viewEntry(entry: Ruling | undefined): Explanation["entered"] {
  if (entry === undefined) return null;
  const entered_at = new Date(entry.ruled_at).toISOString();
  return { affiliate: entry.touch?.affiliate ?? "", entered_at, reason: entry.reason };
}

/** Why an affiliate got the credit, or none did, in one sentence. */
function explainReason(record: ConversionRecord): string {
  const { reason, touch, ruling, considered } = record.credit;
  const texts = messages.credit.reasons;
  const winner = touch === null ? "" : describeTouch(touch, record);
  const own = considered.find(({ outcome }) => outcome === "own_purchase")?.own_by;
  const since = formatDay(record.credit.binding?.since);
  const sentences: Record<CreditReason, string> = {
    ...texts,
    last_click: texts.last_click(record.type, winner),
    first_click: texts.first_click(winner),
    coupon: texts.coupon(winner),
    referral: texts.referral(winner),
    bound: texts.bound(since, assignerOf(record)),
    bound_to_nobody: texts.bound_to_nobody(since),
    dispute: texts.dispute(formatDay(ruling?.ruled_at), ruling?.reason ?? ""),
    manual_credit: texts.manual_credit(formatDay(ruling?.ruled_at), touch !== null, ruling?.reason ?? ""),
    manual_sale: texts.manual_sale(record.type, formatDay(ruling?.ruled_at), ruling?.reason ?? ""),
    outside_window: texts.outside_window(windowOf(record)),
    click_after_conversion: texts.click_after_conversion(record.type),
    own_purchase: texts.own_purchase(own ?? "unknown"),
    too_many_customers: texts.too_many_customers(customerLimitOf(record)),
    affiliate_not_approved: texts.affiliate_not_approved(record.type),
  };
  return sentences[reason];
}

/** Why a touch got the credit or didn't, for the merchant. */
function explainOutcome(touch: ConsideredTouch, record: ConversionRecord): string {
  const texts = messages.credit.outcomes;
  const winner = record.credit.touch;
  const source = winner?.source ?? "click";
  const span = winner === null ? null : formatDuration(Math.abs(winner.clicked_at - touch.clicked_at));
  const sentences: Record<TouchOutcome, string> = {
    ...texts,
    later_click_won: texts.later_click_won(source, span),
    earlier_click_won: texts.earlier_click_won(source, span),
    outside_window: texts.outside_window(windowOf(record)),
    after_conversion: texts.after_conversion(record.type),
    own_purchase: texts.own_purchase(touch.own_by ?? "unknown"),
    too_many_customers: texts.too_many_customers(customerLimitOf(record)),
    overruled: texts.overruled(nameOverruling(record.credit.ruling)),
    bound_elsewhere: texts.bound_elsewhere(assignerOf(record)),
    affiliate_not_approved: texts.affiliate_not_approved(record.type),
  };
  return sentences[touch.outcome];
}

function describeTouch({ source, link, channel, coupon, clicked_at }: Touch, record: ConversionRecord): string {
  const { touches, times } = messages.credit;
  const before = record.occurred_at - clicked_at;
  const isSame = before < 0 && before >= -CLOCK_SKEW_MS;
  const when =
    before >= 0 ? times.before(formatDuration(before)) : isSame ? times.same : times.after(formatDuration(-before));
  switch (source) {
    case "click":
      return touches.click(link ?? "", channel, when);
    case "coupon":
      return touches.coupon(coupon ?? "", before === 0 ? times.with(record.type) : when);
    case "referral":
      return touches.referral(when);
    case "dispute":
      return touches.dispute;
    case "manual":
      return touches.manual;
  }
}

/** A touch's source as a noun. */
export function nameSource(source: TouchSource): string {
  return messages.credit.sources[source];
}

/** What overruled the touches of a conversion with this ruling. */
export function nameOverruling(ruling: Ruling | null): "dispute" | "credited" | "nobody" {
  if (ruling === null || (ruling.decided === undefined && ruling.is_entry === undefined)) return "dispute";
  return ruling.touch === null ? "nobody" : "credited";
}

/** What assigned a bound credit. */
export function assignerOf({ credit: { binding } }: Pick<ConversionRecord, "credit">): "payment" | "referral" {
  return binding?.conversion === null ? "referral" : "payment";
}

/** How an own purchase is known, to the merchant or to that affiliate. */
export function describeOwnPurchase(own_by: OwnKind | undefined, reader: "merchant" | "affiliate"): string {
  return messages.credit.own[reader][own_by ?? "unknown"];
}

/** The attribution window in days. A record whose terms have none has no touch outside it. */
export function windowOf({ rules }: Pick<ConversionRecord, "rules">): number {
  return rules.cookie_days ?? 0;
}

/** How many customers one click can be credited for. A record whose terms have no limit has no touch beyond it. */
export function customerLimitOf({ rules }: Pick<ConversionRecord, "rules">): number {
  return rules.customers_per_click ?? 0;
}

function formatDay(ms: number | undefined): string {
  return ms === undefined ? "" : formatDate(ms);
}
