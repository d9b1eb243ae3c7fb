/** The result of parsing a body. */
import type { ProviderEvent, Reading } from "../provider.ts";

/** The events in a body, or a sentence that explains why there are none; undefined for a type that is ignored. */
export type ParsedEvents = ProviderEvent[] | string | undefined;

/** The reading of a body with this type and event id. */
export function toReading(what: Pick<Reading, "type" | "event_id">, found: ParsedEvents): Reading {
  if (typeof found === "string") return { ...what, events: [], ignored: found };
  return { ...what, events: found ?? [] };
}
