/** One customer's facts: sales of one subscription, a minute apart, and what may come to them late. */
import type { Fact } from "../../src/customers/fact.ts";

/** What comes to a customer's sales: the newest of them, a refund of the first, or what belongs in the middle of them. */
export const KINDS = ["newest sale", "refund of the first", "late lead", "late sale"] as const;

export type Kind = (typeof KINDS)[number];

/** Whether each sale carries a click of its own, or all of them the same one. */
export type Clicks = "own" | "same";

/** Between two sales. */
export const STEP_MS = 60_000;

/** How long before its sale each was clicked. */
export const CLICKED_BEFORE_MS = 30_000;

/** When the fact happens: `number` is the place of the newest, from 0, `first` when the sale at 0 was made (ms). */
export function timeOf(kind: Kind, number: number, first: number): number {
  // The middle, but at no sale's own time.
  return first + STEP_MS * (kind === "newest sale" ? number : number / 2) + (kind.startsWith("late") ? 7 : 0);
}

/** Whether it carries a click. */
export function isClicked(kind: Kind): boolean {
  return kind === "newest sale" || kind === "late sale";
}

/** What the event of such a fact says, `id` being its own. */
export function eventFields(kind: Kind, id: string) {
  switch (kind) {
    case "newest sale":
    case "late sale":
      return { type: "sale", payment: `pay_${id}` } as const;
    case "late lead":
      return { type: "lead", payment: null, amount: null, currency: null, subscription: null } as const;
    case "refund of the first":
      return { type: "refund", refund: `refund_${id}`, amount: 1 } as const;
  }
}

/** A fact made from the first sale's, with all that would be looked up for it. */
export function makeFact(first: Fact, { kind, number, clicks }: { kind: Kind; number: number; clicks: Clicks }): Fact {
  const id = `${kind === "newest sale" ? "" : `${kind} `}${number}`;
  const at = timeOf(kind, number, first.event.occurred_at);
  const clicked = { click_id: at.toString(16).padStart(32, "0"), clicked_at: at - CLICKED_BEFORE_MS };
  const touches = first.touches.map((touch) => (clicks === "own" ? { ...touch, ...clicked } : touch));
  return {
    ...first,
    id: `bench:evt_${id}`,
    event: { ...first.event, id: `evt_${id}`, occurred_at: at, ...eventFields(kind, id) },
    received_at: at + 1_000,
    touches: isClicked(kind) ? touches : [],
    conversion_id: kind === "refund of the first" ? first.conversion_id : `cv_${id}`,
  };
}
