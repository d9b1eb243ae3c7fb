/** What adapters find in a body. */
import type { ProviderEvent, Reading } from "../provider.ts";

/** The events in a body, or in words why it has none; undefined for a type of no interest. */
export type Found = ProviderEvent[] | string | undefined;

/** The reading of a body that is of this type. */
export function readingOf(what: Pick<Reading, "type" | "event_id">, found: Found): Reading {
  if (typeof found === "string") return { ...what, events: [], ignored: found };
  return { ...what, events: found ?? [] };
}
