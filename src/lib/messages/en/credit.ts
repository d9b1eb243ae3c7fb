/** Why a conversion was credited to an affiliate, or wasn't. */
import { capitalize } from "./english.ts";

type TouchSource = "click" | "coupon" | "referral" | "dispute" | "manual";
/** What overruled a touch: a dispute, or the merchant's own decision in favor of another affiliate or of nobody. */
type OverruledBy = "dispute" | "credited" | "nobody";
type OwnBy = "email" | "payment_details" | "visitor" | "sponsor" | "unknown";

const sources: Record<TouchSource, string> = {
  click: "click",
  coupon: "coupon",
  referral: "referral",
  dispute: "dispute",
  manual: "decision by the merchant",
};

/** Where an earlier assignment came from. */
const assigners = { payment: "an earlier trial or payment", referral: "a referral reported earlier" };

/** How it is known that affiliate and customer are the same person, to the merchant. */
const ownForMerchant: Record<OwnBy, string> = {
  email: "the customer has the affiliate’s email address",
  payment_details: "it was paid with the affiliate’s payment details",
  visitor: "the affiliate signed in with the browser that clicked",
  sponsor: "the customer is the affiliate’s sponsor",
  unknown: "the affiliate and the customer are the same person",
};

/** The same, to that affiliate. */
const ownForAffiliate: Record<OwnBy, string> = {
  email: "the customer has your email address",
  payment_details: "it was paid with your payment details",
  visitor: "you signed in with the browser that clicked",
  sponsor: "the customer earns from your sales as your sponsor",
  unknown: "you and the customer are the same person",
};

/** A touch in a few words. `when` is one of `times`. */
const touches = {
  click: (link: string, channel: string | null, when: string) =>
    `link ${link}${channel === null ? "" : ` (${channel})`}, clicked ${when}`,
  coupon: (code: string, when: string) => `coupon ${code}, used ${when}`,
  referral: (when: string) => `referral reported by the merchant ${when}`,
  dispute: "affiliate named in a dispute",
  manual: "affiliate named by the merchant",
};

const times = {
  before: (duration: string) => `${duration} earlier`,
  after: (duration: string) => `${duration} later`,
  /** Within the difference of two clocks. */
  same: "at about the same time",
  with: (type: string) => `with the ${type}`,
};

/** Why an affiliate got the credit, or none did, in one sentence. `touch` is the winner in words. */
const reasons = {
  last_click: (type: string, touch: string) => `Last click before the ${type}: ${touch}.`,
  first_click: (touch: string) => `First eligible click: ${touch}.`,
  coupon: (touch: string) => `An affiliate’s coupon was used: ${touch}.`,
  referral: (touch: string) => `The merchant reported who referred this customer: ${touch}.`,
  bound: (day: string, by: keyof typeof assigners) =>
    `Credit was assigned on ${day} by ${assigners[by]}, so no new click is needed.`,
  bound_to_nobody: (day: string) =>
    `The first trial or payment, on ${day}, had no eligible click. Later clicks don’t change that.`,
  dispute: (day: string, reason: string) => `On ${day}, the merchant decided a dispute: ${reason}`,
  manual_credit: (day: string, is_credited: boolean, reason: string) =>
    `On ${day}, the merchant decided ${is_credited ? "who is credited" : "that nobody is credited"}: ${reason}`,
  manual_sale: (type: string, day: string, reason: string) =>
    `The merchant entered this ${type} by hand on ${day} and named the affiliate: ${reason}`,
  outside_window: (days: number) => `Every click was outside the ${days}-day attribution window.`,
  click_after_conversion: (type: string) => `The click came after the ${type}.`,
  click_after_signup: "The click came after the customer had already signed up.",
  own_purchase: (own: OwnBy) => `An affiliate’s own purchase doesn’t earn commission: ${ownForMerchant[own]}.`,
  too_many_customers: (limit: number) =>
    `More customers came with this click than one click can be credited for (${limit}).`,
  affiliate_not_approved: (type: string) => `The affiliate wasn’t approved in this program at the time of the ${type}.`,
  waiting_for_sale: "A refund arrived before its sale.",
  no_touch: "No affiliate click is known for this customer.",
  token_malformed: "The click token is malformed.",
  token_forged: "The click token wasn’t signed with this program’s keys.",
  token_foreign: "The click token belongs to another program.",
  token_unknown_link: "The click token refers to a link that doesn’t exist.",
  token_link_ended: "The click came after its link was disabled or had expired.",
};

const overruled: Record<OverruledBy, string> = {
  dispute: "The merchant decided a dispute in favor of another affiliate",
  credited: "The merchant credited another affiliate",
  nobody: "The merchant decided that nobody is credited",
};

/** What happened to a touch, to the merchant: the end of a sentence. `span` is how far apart it and the winner were. */
const outcomes = {
  touch: (touch: string, outcome: string) => `${capitalize(touch)}: ${outcome}.`,
  chosen: "credited",
  later_click_won: (winner: TouchSource, span: string | null) =>
    `another ${sources[winner]} came ${span === null ? "" : `${span} `}later`,
  earlier_click_won: (winner: TouchSource, span: string | null) =>
    `another ${sources[winner]} came ${span === null ? "" : `${span} `}earlier`,
  coupon_won: "an affiliate’s coupon was used, which takes precedence over clicks",
  click_won: "there was a click, which takes precedence over coupons",
  outside_window: (days: number) => `outside the ${days}-day attribution window`,
  after_conversion: (type: string) => `came after the ${type}`,
  after_signup: "came after the customer had signed up",
  own_purchase: (own: OwnBy) => `own purchase: ${ownForMerchant[own]}`,
  bound_elsewhere: (by: keyof typeof assigners) => `credit was already assigned by ${assigners[by]}`,
  overruled: (by: OverruledBy) => overruled[by].replace("The", "the"),
  too_many_customers: (limit: number) => `more customers came with this click than one can be credited for (${limit})`,
  affiliate_not_approved: (type: string) => `the affiliate wasn’t approved in this program at the time of the ${type}`,
};

/** The same, to the affiliate who didn't get the credit. It says nothing about the winner or the customer. */
const losses = {
  chosen: "Credited to you",
  later_click_won: (winner: TouchSource) => `${rival(winner)} later`,
  earlier_click_won: (winner: TouchSource) => `${rival(winner)} earlier`,
  coupon_won: "Another affiliate’s coupon was used, which takes precedence over clicks",
  click_won: "Another affiliate had a click, which takes precedence over coupons",
  outside_window: (touch: TouchSource, days: number) =>
    `Your ${sources[touch]} was outside the ${days}-day attribution window`,
  after_conversion: (touch: TouchSource, type: string) => `Your ${sources[touch]} came after the ${type}`,
  after_signup: "Your click came after the customer had signed up",
  own_purchase: (own: OwnBy) => `Own purchase: ${ownForAffiliate[own]}`,
  bound_elsewhere: (by: keyof typeof assigners) => `Credit was already assigned by ${assigners[by]}`,
  overruled: (by: OverruledBy) => overruled[by],
  too_many_customers: (limit: number, isOwn = true) =>
    `More customers came with ${isOwn ? "your" : "that"} click than one click can be credited for (${limit})`,
  affiliate_not_approved: (type: string) => `You weren’t approved in this program at the time of the ${type}`,
};

const rival = (winner: TouchSource) =>
  winner === "click" ? "Another affiliate’s click came" : "Another affiliate referred this customer";

/** A ruling to one of its affiliates, with the reason that the merchant wrote. */
const ruling = {
  won: (by: OverruledBy, reason: string) =>
    `${by === "dispute" ? "The merchant decided a dispute in your favor" : "The merchant credited you"}: ${reason}`,
  lost: (by: OverruledBy, reason: string) => `${overruled[by]}: ${reason}`,
  /** The step of a timeline. */
  steps: {
    dispute: "Dispute decided by the merchant",
    decision: "Credit decided by the merchant",
    entry: "Entered by hand by the merchant",
  },
};

const test_mode = "From the provider’s test mode: not counted and never paid.";

export const credit = {
  ...{ sources, assigners, own: { merchant: ownForMerchant, affiliate: ownForAffiliate } },
  ...{ touches, times, reasons, outcomes, losses, ruling, test_mode },
};
