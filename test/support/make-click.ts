import type { Click } from "../../src/redirect/click.ts";

/** A counted click of an unknown visitor, with an id made from a number, and with changes. */
export function makeClick(number: number, changes: Partial<Click> = {}): Click {
  const at = changes.at ?? Date.UTC(2026, 0, 1);
  return {
    id: at.toString(16).padStart(12, "0") + number.toString(16).padStart(20, "0"),
    at,
    link_id: 1,
    verdict: "counted",
    reason: null,
    repeats: null,
    country: null,
    device: "desktop",
    referrer: null,
    user_agent: null,
    subs: null,
    visitor: null,
    navigation: null,
    visitor_by_hash: false,
    ...changes,
  };
}
