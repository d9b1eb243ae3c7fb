/** What the words of the affiliate trade mean: the values of a postback's `event` and `status`. */
import type { EventType } from "../../conversion-event.ts";
import { invalidField } from "../../reading/read-fields.ts";

/** What a postback can tell. */
export type PostbackType = Exclude<EventType, "touch" | "dispute" | "referral">;

/** `conversion` and the like say only that something was reached: whether money moved is told by the amount. */
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

/** Where a conversion stands. `returned`: its money went back to the customer. */
export type Standing = "approved" | "pending" | "rejected" | "returned";

const STATUS_WORDS: Record<Standing, readonly string[]> = {
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

/** Whether an event's word means anything here. */
export function isEventWord(word: string): boolean {
  return find(EVENT_WORDS, word) !== null;
}

/** What an event's word means; null where nobody asks for such events. Throws 422 for a word that is not known. */
export function readEventWord(word: string | null): PostbackType | "either" | null {
  if (word === null) return "either";
  const meaning = find(EVENT_WORDS, word);
  if (meaning === null) {
    const known = Object.keys(EVENT_WORDS).filter((type) => type !== "either" && type !== "nothing");
    throw invalidField("event", `says "${word.slice(0, 40)}", which is not known: say one of ${known.join(", ")}`);
  }
  return meaning === "nothing" ? null : meaning;
}

/** What a status means; a conversion that has none is approved. Throws 422 for a word that is not known. */
export function readStatusWord(word: string | null): Standing {
  if (word === null) return "approved";
  const meaning = find(STATUS_WORDS, word);
  if (meaning !== null) return meaning;
  const known = Object.keys(STATUS_WORDS).join(", ");
  throw invalidField("status", `says "${word.slice(0, 40)}", which is not known: say one of ${known}`);
}

const INTERVAL_WORDS: Record<string, readonly string[]> = {
  day: ["day", "daily"],
  week: ["week", "weekly"],
  month: ["month", "monthly"],
  year: ["year", "yearly", "annual", "annually"],
};

/** A subscription's interval as day, week, month or year; null where it is none of them. */
export function readIntervalWord(word: string | null): string | null {
  return word === null ? null : find(INTERVAL_WORDS, word);
}

function find<Meaning extends string>(words: Record<Meaning, readonly string[]>, word: string): Meaning | null {
  const plain = word.toLowerCase().replaceAll(/(?<=.)[\s-]+/g, "_");
  return (Object.keys(words) as Meaning[]).find((meaning) => words[meaning].includes(plain)) ?? null;
}
