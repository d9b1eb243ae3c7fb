import type { Click } from "../../src/redirect/click.ts";

/** A counted click of nobody known, with an id made from a number, and with changes. */
export function makeClick(number: number, changes: Partial<Click> = {}): Click {
  return {
    id: number.toString(16).padStart(32, "0"),
    at: Date.UTC(2026, 0, 1),
    link_id: 1,
    verdict: "counted",
    reason: null,
    country: null,
    referrer: null,
    subs: null,
    visitor: null,
    new_visitor: null,
    ...changes,
  };
}
