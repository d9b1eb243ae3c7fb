/** A credit in words, for the API and the pages. The words name affiliates and links, never the customer. */

import { sayDuration } from "../time.ts";
import type { ConversionRecord } from "./conversion.ts";
import type { CreditReason, TouchOutcome } from "./credit.ts";
import type { Touch } from "./fact.ts";

const TEST_MODE = "From the provider's test mode: counted nowhere and never paid.";

/** A conversion's credit, told: why, by which rule, and what each touch won or lost by. */
export interface Explanation {
  text: string;
  rule: { model: "last_click" | "first_click"; window_days: number | null; binds_to: string };
  terms_version: number;
  touches: {
    click_id: string;
    clicked_at: string;
    affiliate: string;
    link: string;
    channel: string | null;
    outcome: TouchOutcome;
    text: string;
  }[];
  binding: { affiliate: string | null; conversion: string; since: string } | null;
  token_fault: string | null;
  notes: string[];
}

/** Explains a record. Pure: the same words for the same record, for ever. */
export function explainConversion(record: ConversionRecord): Explanation {
  const { credit, rules } = record;
  return {
    text: explainReason(record),
    rule: { model: rules.model, window_days: rules.cookie_days, binds_to: rules.binds_to },
    terms_version: record.terms_version,
    touches: credit.considered.map((touch) => ({
      click_id: touch.click_id,
      clicked_at: new Date(touch.clicked_at).toISOString(),
      affiliate: touch.affiliate,
      link: touch.link,
      channel: touch.channel,
      outcome: touch.outcome,
      text: explainOutcome(touch, record),
    })),
    binding: credit.binding && {
      affiliate: credit.binding.touch?.affiliate ?? null,
      conversion: credit.binding.conversion,
      since: new Date(credit.binding.since).toISOString(),
    },
    token_fault: record.token_fault,
    notes: record.test ? [TEST_MODE, ...record.notes] : record.notes,
  };
}

function explainReason(record: ConversionRecord): string {
  const { touch, reason, binding } = record.credit;
  const won = touch === null ? "" : sayClick(touch, record.occurred_at);
  const sentences: Record<CreditReason, string> = {
    last_click: `The last click before the ${record.type}: ${won}.`,
    first_click: `The first click that still counted: ${won}.`,
    bound: `The credit was bound on ${sayDay(binding?.since)}, by an earlier trial or payment; no new click is needed.`,
    bound_to_nobody: `This customer came on ${sayDay(binding?.since)} without an affiliate's click; later clicks do not change that.`,
    outside_window: `No click was within the ${record.rules.cookie_days} days that a click counts.`,
    click_after_conversion: `The click came after the ${record.type}.`,
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

function explainOutcome(touch: Touch & { outcome: TouchOutcome }, record: ConversionRecord): string {
  const when = sayClick(touch, record.occurred_at);
  const winner = record.credit.touch;
  const distance = winner === null ? "" : sayDuration(Math.abs(winner.clicked_at - touch.clicked_at));
  const sentences: Record<TouchOutcome, string> = {
    chosen: `${when}: gets the credit.`,
    later_click_won: `${when}: another click came ${distance} later.`,
    earlier_click_won: `${when}: another click came ${distance} earlier.`,
    outside_window: `${when}: older than the ${record.rules.cookie_days} days that a click counts.`,
    after_conversion: `Link ${touch.link}: clicked only after the ${record.type}.`,
    bound_elsewhere: `${when}: an earlier trial or payment had bound the credit already.`,
    affiliate_not_approved: `${when}: the affiliate was not approved in this program.`,
  };
  return sentences[touch.outcome];
}

function sayClick(touch: Touch, conversionAt: number): string {
  const channel = touch.channel === null ? "" : ` (${touch.channel})`;
  return `link ${touch.link}${channel}, clicked ${sayDuration(conversionAt - touch.clicked_at)} before`;
}

function sayDay(ms: number | undefined): string {
  return ms === undefined ? "" : new Date(ms).toISOString().slice(0, 10);
}
