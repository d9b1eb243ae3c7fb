/** Short stories of one customer, with times in days. */
import type { AttributedSale, Conversion } from "../../src/customers/conversion.ts";
import type { Fact, OwnKind, Touch } from "../../src/customers/fact.ts";
import { conversionKeyOf } from "../../src/customers/fact.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";
import type { ProgramTerms } from "../../src/programs/terms.ts";
import type { ConversionEvent, EventType } from "../../src/webhooks/conversion-event.ts";

import { foldAll } from "./fold-all.ts";

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
    source: "click",
    clicked_at,
    affiliate_id,
    affiliate,
    link_id: affiliate_id,
    link: `${affiliate}-link`,
    channel: null,
    coupon: null,
  };
}

/** An event on a day, received at the same time by default. */
export function fact(
  type: EventType,
  day: number,
  options: Partial<Omit<ConversionEvent, "click">> & {
    click?: Touch | "token_forged" | "token_foreign";
    received?: number;
    id?: string;
    subscription_id?: string;
  } = {},
): Fact {
  const { click, received, id, subscription_id, ...changes } = options;
  const event: ConversionEvent = {
    program_id: 1,
    endpoint: "ep",
    namespace: "",
    test: false,
    id: id ?? `${type}-${day}-${changes.payment ?? ""}${changes.refund ?? ""}`,
    type,
    occurred_at: DAY_0 + day * DAY,
    customer: { id: "cus", email_hash: null },
    click: null,
    coupon: null,
    payment: ["sale", "refund", "refund_failed", "chargeback", "chargeback_won"].includes(type) ? `pay-${day}` : null,
    refund: null,
    amount: 10_000,
    gross: null,
    currency: "USD",
    product: null,
    subscription: subscription_id === undefined ? null : { id: subscription_id, interval: "month" },
    ...changes,
  };
  return {
    id: `ep:${event.id}`,
    event,
    received_at: DAY_0 + (received ?? day) * DAY,
    touches: typeof click === "object" ? [click] : [],
    fault: typeof click === "string" ? click : null,
    marks: [],
    standings: [],
    own: [],
    terms_version: 1,
    conversion_id: conversionKeyOf(`ep:${event.id}`, event),
  };
}

/** The days on which an affiliate's approval changes; always approved by default. */
export type Statuses = Record<string, [day: number, approved: boolean][]>;

/** An affiliate that is the customer itself, and the identifier that shows it. */
export interface Owned {
  name: string;
  by: OwnKind;
  /** Since when that can be known; always, where nothing is said. */
  day?: number;
}

/**
 * Facts with the data that the Customer object looks up for each on arrival: the approvals of the affiliates with touches
 * known by then, up to the last day known at that arrival.
 */
export function lookUp(
  facts: readonly Fact[],
  statuses: Statuses,
  own: readonly Owned[] = [],
  daysKnown: (arrival: number) => number = () => Number.POSITIVE_INFINITY,
): Fact[] {
  const known = new Set<string>();
  return facts.map((found, arrival) => {
    for (const { affiliate } of found.touches) known.add(affiliate);
    const standings = [...known].flatMap((name) =>
      (statuses[name] ?? [[-1_000, true]])
        .filter(([day]) => day <= daysKnown(arrival))
        .map(([day, approved]) => ({
          affiliate_id: AFFILIATES.indexOf(name) + 1,
          since: DAY_0 + day * DAY,
          approved,
        })),
    );
    const marks = own
      .filter(({ name, day = -1_000 }) => known.has(name) && day <= daysKnown(arrival))
      .map(({ name, by }) => ({ affiliate_id: AFFILIATES.indexOf(name) + 1, by }));
    return { ...found, standings, own: marks };
  });
}

/** A sale of 99.00 USD as sent to an account, with changes. */
export function attributedSale(changes: Partial<AttributedSale> = {}): AttributedSale {
  return {
    program_id: 1,
    affiliate_id: 2,
    conversion: "cv_1",
    revision: 1,
    credited: true,
    amount: 9_900,
    refunded: 0,
    currency: "USD",
    occurred_at: Date.UTC(2026, 0, 3),
    changed_at: Date.UTC(2026, 0, 3),
    cause: null,
    customer: "c1",
    subscription: null,
    product: null,
    interval: "month",
    country: null,
    platform: null,
    payment_number: 1,
    first_paid_at: Date.UTC(2026, 0, 3),
    own_purchase: false,
    terms_version: 1,
    terms: kartraClassic,
    ...changes,
  };
}

/** The conversions by time of facts in order of arrival, under kartra-classic terms with changes. */
export function fold(
  facts: readonly Fact[],
  changes: Partial<ProgramTerms> = {},
  statuses: Statuses = {},
): Conversion[] {
  const conversions = foldAll(lookUp(facts, statuses), () => ({ ...kartraClassic, ...changes }));
  return conversions.sort((a, b) => a.occurred_at - b.occurred_at || (a.id < b.id ? -1 : 1));
}

/** Each conversion's credited affiliate and the reason, as `A last_click`. */
export function credits(
  facts: readonly Fact[],
  changes: Partial<ProgramTerms> = {},
  statuses: Statuses = {},
): string[] {
  return fold(facts, changes, statuses).map(({ credit }) => `${credit.touch?.affiliate ?? "nobody"} ${credit.reason}`);
}
