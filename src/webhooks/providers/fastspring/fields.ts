/** What FastSpring's objects have in common. With webhook expansion an id is an object that contains it. */
import * as v from "valibot";
import type { ProviderEvent } from "../../provider.ts";
import { planEvery } from "../../reading/billing-plan.ts";
import { anyMilliseconds, lenient, providerId } from "../../reading/provider-fields.ts";
import { readCustomer } from "../../reading/read-fields.ts";

/** An event of a request, without its object. */
export const event = v.object({
  id: providerId,
  type: v.string(),
  created: anyMilliseconds,
  live: lenient(v.boolean()),
});

/** An event with this object. */
export const eventWith = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object({ ...event.entries, data: v.object(entries) });

/** An id, or the object that it stands for. */
const reference = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  lenient(
    v.union([
      v.pipe(
        providerId,
        v.transform((id) => ({ id })),
      ),
      v.object({ id: lenient(providerId), ...entries }),
    ]),
  );

const contact = lenient(v.object({ email: v.nullish(v.unknown()) }));

/** The account of an order, a return or a subscription. */
export const account = reference({ contact });
/** The buyer of an order or a return. */
export const customer = contact;
/** A product, whose id is its path. */
export const product = reference({ product: lenient(providerId) });

/** How often a subscription is billed, and whether it is in its trial. */
export const billed = {
  state: lenient(v.string()),
  intervalUnit: lenient(v.string()),
  intervalLength: lenient(v.number()),
};
/** The subscription of an item or a charge. */
export const subscription = reference({ ...billed, product });

/** The account's id, and the first valid email address of the buyer and the account. */
export function customerOf(data: {
  account: v.InferOutput<typeof account>;
  customer?: v.InferOutput<typeof customer>;
}): ProviderEvent["customer"] {
  const known = data.account;
  const email = known !== null && "contact" in known ? known.contact?.email : null;
  return readCustomer(known?.id ?? null, data.customer?.email, email);
}

/** The product's path. */
export function pathOf(known: v.InferOutput<typeof product> | undefined): string | null {
  if (!known) return null;
  return ("product" in known ? known.product : null) ?? known.id;
}

/** The plan of a subscription; null where only its id is known. */
export function planOf(
  known: Partial<Record<"intervalUnit" | "state", string | null>> & { intervalLength?: number | null },
) {
  return planEvery(known.intervalUnit, known.intervalLength ?? 1);
}

/** Whether an event belongs to the store's test mode. */
export function isTest({ live }: v.InferOutput<typeof event>): boolean {
  return live === false;
}
