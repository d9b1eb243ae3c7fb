/** The values of a postback's `event`, `status` and `interval`, as trackers write them. */
import type { EventType } from "../../conversion-event.ts";
import { invalidField } from "../../reading/read-fields.ts";

/** The types of event that a postback can have. */
export type PostbackType = Exclude<
  EventType,
  "touch" | "dispute" | "credit" | "settlement" | "referral" | "refund_failed"
>;

/** `either`: words such as `conversion` don't say whether there was a payment; the amount does. `nothing`: ignored. */
const EVENT_WORDS: Record<PostbackType | "either" | "nothing", readonly string[]> = {
  lead: ["lead", "signup", "sign_up", "register", "registration", "install", "complete_registration"],
  trial: ["trial", "free_trial", "start_trial", "trial_start", "trial_started"],
  sale: [
    ...[
      "sale",
      "purchase",
      "order",
      "order_completed",
      "payment",
      "paid",
      "charge",
      "deposit",
      "ftd",
      "first_time_deposit",
      "upsell",
    ],
    ...["rebill", "renewal", "renew", "recurring", "subscribe", "subscription", "upgrade"],
  ],
  refund: ["refund", "refunded", "partial_refund", "return", "reversal", "reversed"],
  chargeback: ["chargeback", "charge_back", "chargeback_opened", "chargeback_lost", "dispute", "dispute_lost"],
  chargeback_won: ["chargeback_won", "chargeback_reversed", "dispute_won"],
  cancellation: [
    ...["cancellation", "cancel", "cancelled", "canceled", "churn"],
    ...["subscription_cancelled", "subscription_canceled", "subscription_deleted"],
  ],
  either: ["conversion", "approved", "action", "postback", "default"],
  nothing: [
    ...["click", "impression", "visit", "view", "page_view", "pageview", "view_content"],
    ...["add_to_cart", "checkout", "begin_checkout", "initiate_checkout"],
  ],
};

/** The status of a conversion. `returned`: its payment was refunded. */
export type ConversionStatus = "approved" | "pending" | "rejected" | "returned";

const STATUS_WORDS: Record<ConversionStatus, readonly string[]> = {
  approved: [
    ...["approved", "approve", "accepted", "confirmed", "completed", "complete", "paid", "success", "successful"],
    ...["valid", "settled", "active", "ok", "1"],
  ],
  pending: ["pending", "hold", "on_hold", "new", "open", "waiting", "processing", "in_review", "unconfirmed", "0"],
  rejected: [
    ...["rejected", "reject", "declined", "denied", "trash", "invalid", "void", "voided", "failed", "fraud"],
    ...["cancelled", "canceled", "-1"],
  ],
  returned: ["refunded", "refund", "reversed", "returned"],
};

/** Whether a word is a known event. */
export function isEventWord(word: string): boolean {
  return find(EVENT_WORDS, word) !== null;
}

/** The type of an event, or null if it is ignored. Throws 422 for an unknown word. */
export function readEventWord(word: string | null): PostbackType | "either" | null {
  if (word === null) return "either";
  const meaning = find(EVENT_WORDS, word);
  if (meaning === null) {
    const known = Object.keys(EVENT_WORDS).filter((type) => type !== "either" && type !== "nothing");
    throw invalidField("event", `has the unknown value "${word.slice(0, 40)}"; use one of ${known.join(", ")}`);
  }
  return meaning === "nothing" ? null : meaning;
}

/** The meaning of a status. A conversion without a status is approved. Throws 422 for an unknown word. */
export function readStatusWord(word: string | null): ConversionStatus {
  if (word === null) return "approved";
  const meaning = find(STATUS_WORDS, word);
  if (meaning !== null) return meaning;
  const known = Object.keys(STATUS_WORDS).join(", ");
  throw invalidField("status", `has the unknown value "${word.slice(0, 40)}"; use one of ${known}`);
}

const INTERVAL_WORDS: Record<string, readonly string[]> = {
  day: ["day", "daily"],
  week: ["week", "weekly"],
  month: ["month", "monthly"],
  year: ["year", "yearly", "annual", "annually"],
};

/** A subscription's interval as day, week, month or year; null if it is none of them. */
export function readIntervalWord(word: string | null): string | null {
  return word === null ? null : find(INTERVAL_WORDS, word);
}

function find<Meaning extends string>(words: Record<Meaning, readonly string[]>, word: string): Meaning | null {
  const plain = word.toLowerCase().replaceAll(/(?<=.)[\s-]+/g, "_");
  return (Object.keys(words) as Meaning[]).find((meaning) => words[meaning].includes(plain)) ?? null;
}
