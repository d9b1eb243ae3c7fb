/** What the objects of Dodo Payments have in common. */
import * as v from "valibot";
import type { ProviderEvent } from "../../provider.ts";
import { anyTime, lenient } from "../../reading/provider-fields.ts";
import { readCustomer, readId } from "../../reading/read-fields.ts";

/** An event that contains this object, as it was when the event was sent. */
export const eventWith = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object({ timestamp: anyTime, data: v.object({ created_at: anyTime, ...entries }) });

/** The customer of every object. */
export const customer = lenient(v.object({ customer_id: v.nullish(v.unknown()), email: v.nullish(v.unknown()) }));

/** The customer's id and email address. */
export function customerOf(data: { customer: v.InferOutput<typeof customer> }): ProviderEvent["customer"] {
  return readCustomer(readId(data.customer?.customer_id), data.customer?.email);
}
