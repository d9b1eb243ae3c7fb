/** What Paddle's entities have in common. */
import * as v from "valibot";
import type { ProviderEvent } from "../../provider.ts";
import { anyTime } from "../../reading/provider-fields.ts";

/** Such as `txn_01h04vsbhqc62t8hmd4z3b578c`. */
export const paddleId = v.pipe(v.string(), v.minLength(1));

/** An event that contains this entity. */
export const eventWith = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object({ event_id: paddleId, occurred_at: anyTime, data: v.object({ id: paddleId, ...entries }) });

/**
 * An amount "in the lowest denomination for a currency", as text: 10 USD is "1000", 100 JPY is "100" (page "Currencies"). We
 * read it as minor units of ISO 4217.
 */
export const minorText = v.pipe(
  v.string(),
  v.regex(/^-?\d{1,15}$/, "is not an integer of minor units"),
  v.transform(Number),
);

/** Paddle's webhook simulator also sends to live destinations. */
const SIMULATED = /^ntfsimevt_/;

/** An event's id, and whether it is a test. The sandbox is a separate account with its own endpoints, and doesn't mark its events. */
export function eventInfoOf({ event_id }: { event_id: string }): Pick<ProviderEvent, "id" | "test"> {
  return { id: event_id, test: SIMULATED.test(event_id) };
}
