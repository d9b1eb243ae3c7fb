/** The result of parsing a body. */
import { type ProviderEvent, providerEvent, type Reading } from "../provider.ts";

/** The events in a body, or a sentence that explains why there are none; undefined for a type that is ignored. */
export type ParsedEvents = ProviderEvent[] | string | undefined;

/** The reading of a body with this type and event id. */
export function toReading(what: Pick<Reading, "type" | "event_id">, found: ParsedEvents): Reading {
  if (typeof found === "string") return { ...what, events: [], ignored: found };
  return { ...what, events: found ?? [] };
}

/**
 * The touch of a checkout for which nothing is owed, so that its click or coupon still counts for a later payment. Without
 * either there is no event, for the reason given.
 */
export function touchOrNote(known: Omit<Parameters<typeof providerEvent>[0], "type">, reason: string): ParsedEvents {
  const isTouch = [known.click, known.coupon, known.coupons].some((evidence) => (evidence ?? null) !== null);
  return isTouch ? [providerEvent({ ...known, type: "touch" })] : reason;
}
