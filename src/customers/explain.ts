/** A credit in words, for the API and the pages. The words name affiliates and links, never the customer. */

import { dayOf, toIsoDay } from "../lib/calendar.ts";
import { sayDuration } from "../lib/time.ts";
import type { ConversionRecord } from "./conversion.ts";
import type { ConsideredTouch, CreditReason, TouchOutcome } from "./credit.ts";
import type { MarkKind, Touch, TouchSource } from "./fact.ts";
import { UNLISTED_MAX } from "./touches.ts";

const TEST_MODE = "From the provider's test mode: counted nowhere and never paid.";

export type { ConsideredTouch };

/** So many touches that are not listed, or more: beyond it they are not counted. */
export const MORE_TOUCHES_MAX = UNLISTED_MAX;

/** A conversion's credit, told: why, by which rule, and what each touch won or lost by. */
export interface Explanation {
  text: string;
  rule: {
    model: "last_click" | "first_click";
    window_days: number | null;
    binds_to: string;
    click_before: "sale" | "signup";
    precedence: "coupon" | "click";
    self_purchase: "refuse" | "allow";
  };
  terms_version: number;
  touches: {
    source: TouchSource;
    /** Null for what is no click. */
    click_id: string | null;
    clicked_at: string;
    affiliate: string;
    link: string | null;
    channel: string | null;
    coupon: string | null;
    outcome: TouchOutcome;
    /** Of an own purchase: what told it. */
    own_by: MarkKind | null;
    text: string;
  }[];
  /** Older touches that were weighed and are not listed, up to {@link MORE_TOUCHES_MAX}. */
  more_touches: number;
  /** `conversion`: what bound it, null for a referral that was told. */
  binding: { affiliate: string | null; conversion: string | null; since: string } | null;
  dispute: { affiliate: string; ruled_at: string; reason: string } | null;
  token_fault: string | null;
  notes: string[];
}

/** Explains a record. Pure: the same words for the same record, for ever. */
export function explainConversion(record: ConversionRecord): Explanation {
  const { credit, rules } = record;
  const { binding, ruling } = credit;
  return {
    text: explainReason(record),
    rule: {
      model: rules.model,
      window_days: rules.cookie_days,
      binds_to: rules.binds_to,
      click_before: rules.click_before ?? "sale",
      precedence: rules.precedence ?? "coupon",
      self_purchase: rules.self_purchase ?? "refuse",
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
      text: `${capitalise(sayTouch(touch, record))}: ${explainOutcome(touch, record)}.`,
    })),
    more_touches: credit.unlisted,
    binding: binding && {
      affiliate: binding.touch?.affiliate ?? null,
      conversion: binding.conversion,
      since: new Date(binding.since).toISOString(),
    },
    dispute: ruling && {
      affiliate: ruling.touch.affiliate,
      ruled_at: new Date(ruling.ruled_at).toISOString(),
      reason: ruling.reason,
    },
    token_fault: record.token_fault,
    notes: record.test ? [TEST_MODE, ...record.notes] : record.notes,
  };
}

/** Why somebody, or nobody, got the credit, in one sentence. */
function explainReason(record: ConversionRecord): string {
  const { touch, reason, binding, ruling, considered } = record.credit;
  const won = touch === null ? "" : sayTouch(touch, record);
  const own = considered.find(({ outcome }) => outcome === "own_purchase")?.own_by;
  const boundBy = binding?.conversion === null ? "by a referral that was told" : "by an earlier trial or payment";
  const sentences: Record<CreditReason, string> = {
    last_click: `The last click before the ${record.type}: ${won}.`,
    first_click: `The first click that still counted: ${won}.`,
    coupon: `The coupon of an affiliate was used: ${won}.`,
    referral: `The merchant told whose referral this customer is: ${won}.`,
    bound: `The credit was bound on ${sayDay(binding?.since)}, ${boundBy}; no new click is needed.`,
    bound_to_nobody: `This customer came on ${sayDay(binding?.since)} without an affiliate's click; later clicks do not change that.`,
    dispute: `On ${sayDay(ruling?.ruled_at)} the merchant decided a dispute: ${ruling?.reason}`,
    outside_window: `No click was within the ${record.rules.cookie_days} days that a click counts.`,
    click_after_conversion: `The click came after the ${record.type}.`,
    click_after_signup: "The click came after the customer had signed up without one.",
    own_purchase: `The affiliate's own purchase earns nothing: ${sayOwnMark(own)}.`,
    affiliate_not_approved: "The affiliate of the click was not approved in this program at that time.",
    waiting_for_sale: "A refund has arrived before its sale.",
    no_touch: "No click of any affiliate is known for this customer.",
    token_malformed: "What came as a click token is none.",
    token_forged: "The click token was not signed by this program's keys.",
    token_foreign: "The click token belongs to another program.",
    token_unknown_link: "The click token names a link that does not exist.",
  };
  return sentences[reason];
}

/** What a touch won or lost by. */
function explainOutcome(touch: ConsideredTouch, record: ConversionRecord): string {
  const winner = record.credit.touch;
  const span = winner === null ? "" : `${sayDuration(Math.abs(winner.clicked_at - touch.clicked_at))} `;
  const rival = winner === null ? "click" : nameSource(winner.source);
  const sentences: Record<TouchOutcome, string> = {
    chosen: "gets the credit",
    later_click_won: `another ${rival} came ${span}later`,
    earlier_click_won: `another ${rival} came ${span}earlier`,
    coupon_won: "an affiliate's coupon was used, which goes before a click",
    click_won: "a click goes before a coupon",
    outside_window: `older than the ${record.rules.cookie_days} days that a click counts`,
    after_conversion: `only after the ${record.type}`,
    after_signup: "only after the customer had signed up",
    own_purchase: `own purchase: ${sayOwnMark(touch.own_by)}`,
    bound_elsewhere: `${sayBinder(record)} had bound the credit already`,
    overruled: "the merchant decided a dispute for another affiliate",
    affiliate_not_approved: "the affiliate was not approved in this program then",
  };
  return sentences[touch.outcome];
}

function sayTouch({ source, link, channel, coupon, clicked_at }: Touch, { occurred_at }: ConversionRecord): string {
  const before = occurred_at - clicked_at;
  const when = before >= 0 ? `${sayDuration(before)} before` : `${sayDuration(-before)} after`;
  switch (source) {
    case "click":
      return `link ${link}${channel === null ? "" : ` (${channel})`}, clicked ${when}`;
    case "coupon":
      return `coupon ${coupon}, used ${before === 0 ? "with it" : when}`;
    case "referral":
      return `referral told by the merchant, of ${when}`;
    case "dispute":
      return "named in a dispute";
  }
}

/** What a touch is, in one word. */
export function nameSource(source: TouchSource): string {
  return { click: "click", coupon: "coupon", referral: "referral", dispute: "dispute" }[source];
}

/** What had bound a credit, in words. */
export function sayBinder({ credit: { binding } }: ConversionRecord): string {
  return binding?.conversion === null ? "a referral that was told earlier" : "an earlier trial or payment";
}

/** What tells that an affiliate is the customer, in words: of the affiliate, or to it. */
export function sayOwnMark(mark: MarkKind | undefined, whose: "your" | "the affiliate's" = "the affiliate's"): string {
  switch (mark) {
    case "email":
      return `the customer has ${whose} e-mail address`;
    case "payment_details":
      return `it was paid with ${whose} payment details`;
    case "visitor":
      return `${whose === "your" ? "you have" : "the affiliate has"} signed in with the browser that clicked`;
    case undefined:
      return `${whose === "your" ? "you and the customer" : "affiliate and customer"} are the same`;
  }
}

/** With a capital first letter. */
export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sayDay(ms: number | undefined): string {
  return ms === undefined ? "" : toIsoDay(dayOf(ms));
}
