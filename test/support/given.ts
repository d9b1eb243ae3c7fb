/** `given(facts).fold()`: stories of one customer in a few words, with times in days. */
import type { Conversion } from "../../src/customers/conversion.ts";
import type { Fact, Touch } from "../../src/customers/fact.ts";
import { conversionKeyOf } from "../../src/customers/fact.ts";
import { foldFacts } from "../../src/customers/fold.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";
import type { ProgramTerms } from "../../src/programs/terms.ts";
import type { ConversionEvent, EventType } from "../../src/webhooks/conversion-event.ts";

export const DAY = 86_400_000;
export const DAY_0 = Date.UTC(2026, 0, 1);
const AFFILIATES = ["A", "B", "C"];

/** A click on the link of `A`, `B` or `C`. */
export function touch(affiliate: string, day: number): Touch {
  const affiliate_id = AFFILIATES.indexOf(affiliate) + 1;
  const clicked_at = DAY_0 + day * DAY;
  const click_id = `${affiliate}@${day}`;
  return {
    click_id,
    clicked_at,
    affiliate_id,
    affiliate,
    link_id: affiliate_id,
    link: `${affiliate}-link`,
    channel: null,
  };
}

/** An event on a day, received then unless said otherwise. */
export function fact(
  type: EventType,
  day: number,
  options: Partial<Omit<ConversionEvent, "click">> & {
    click?: Touch | "token_forged" | "token_foreign";
    received?: number;
    suspended?: string[];
    id?: string;
    subscription_id?: string;
  } = {},
): Fact {
  const { click, received, suspended = [], id, subscription_id, ...changes } = options;
  const event: ConversionEvent = {
    program_id: 1,
    endpoint: "ep",
    id: id ?? `${type}-${day}-${changes.payment ?? ""}${changes.refund ?? ""}`,
    type,
    occurred_at: DAY_0 + day * DAY,
    customer: { id: "cus", email_hash: null },
    click: null,
    coupon: null,
    payment: ["sale", "refund", "chargeback", "chargeback_won"].includes(type) ? `pay-${day}` : null,
    refund: null,
    amount: 10_000,
    currency: "USD",
    product: null,
    subscription: subscription_id === undefined ? null : { id: subscription_id, interval: "month" },
    ...changes,
  };
  const evidence =
    click === undefined
      ? null
      : typeof click === "string"
        ? ({ kind: "fault", fault: click } as const)
        : ({ kind: "touch", touch: click } as const);
  return {
    id: `ep:${event.id}`,
    event,
    received_at: DAY_0 + (received ?? day) * DAY,
    evidence,
    standings: AFFILIATES.map((name, index) => ({ affiliate_id: index + 1, approved: !suspended.includes(name) })),
    terms_version: 1,
    conversion_id: conversionKeyOf(`ep:${event.id}`, event),
  };
}

/** The conversions of facts under terms (kartra-classic unless changed), in the order of time. */
export function fold(facts: readonly Fact[], changes: Partial<ProgramTerms> = {}): Conversion[] {
  const conversions = foldFacts(facts, () => ({ ...kartraClassic, ...changes }));
  return [...conversions.values()].sort((a, b) => a.occurred_at - b.occurred_at || (a.id < b.id ? -1 : 1));
}

/** Who got the credit of each conversion and why, as `A last_click`. */
export function credits(facts: readonly Fact[], changes: Partial<ProgramTerms> = {}): string[] {
  return fold(facts, changes).map(({ credit }) => `${credit.touch?.affiliate ?? "nobody"} ${credit.reason}`);
}
