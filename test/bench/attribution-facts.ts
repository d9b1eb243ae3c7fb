/** The facts of one customer: sales of one subscription, a minute apart, and facts that arrive late. */
import type { Fact } from "../../src/customers/fact.ts";

/** The kinds of facts that are added: the newest sale, a refund of the first sale, or one that belongs in the middle. */
export const KINDS = ["newest sale", "refund of the first", "late lead", "late sale"] as const;

export type Kind = (typeof KINDS)[number];

/** Whether each sale has its own click, or all have the same one. */
export type Clicks = "own" | "same";

/** The time between two sales. */
export const STEP_MS = 60_000;

/** The time between a click and its sale. */
export const CLICKED_BEFORE_MS = 30_000;

/** When the fact happens, ms. `number` is the place of the newest sale, from 0; `first` is the time of sale 0. */
export function timeOf(kind: Kind, number: number, first: number): number {
  // In the middle, but not at the time of a sale.
  return first + STEP_MS * (kind === "newest sale" ? number : number / 2) + (kind.startsWith("late") ? 7 : 0);
}

/** Whether facts of this kind have a click. */
export function hasClick(kind: Kind): boolean {
  return kind === "newest sale" || kind === "late sale";
}

/** The fields of the event of such a fact. */
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

/** Creates a fact from the first sale's fact, with everything that would be looked up for it. */
export function createFact(
  first: Fact,
  { kind, number, clicks }: { kind: Kind; number: number; clicks: Clicks },
): Fact {
  const id = `${kind === "newest sale" ? "" : `${kind} `}${number}`;
  const at = timeOf(kind, number, first.event.occurred_at);
  const clicked = { click_id: at.toString(16).padStart(32, "0"), clicked_at: at - CLICKED_BEFORE_MS };
  const touches = first.touches.map((touch) => (clicks === "own" ? { ...touch, ...clicked } : touch));
  return {
    ...first,
    id: `bench:evt_${id}`,
    event: { ...first.event, id: `evt_${id}`, occurred_at: at, ...eventFields(kind, id) },
    received_at: at + 1_000,
    touches: hasClick(kind) ? touches : [],
    conversion_id: kind === "refund of the first" ? first.conversion_id : `cv_${id}`,
  };
}
