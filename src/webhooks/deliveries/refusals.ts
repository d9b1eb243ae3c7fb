/** Why an event is refused. */
import { Problem } from "../../lib/problem.ts";
import type { ProviderEvent } from "../provider.ts";
import { invalidField } from "../reading/read-fields.ts";

/** Ids become keys of objects and tables; providers' ids are far shorter. */
const ID_CHARACTERS = 200;
/** Adapters make some event ids from several ids. */
const EVENT_ID_CHARACTERS = 500;
const OTHER_IDS_MAX = 100;

/** Throws a 422 where an id of the event is too long, or there are too many. */
export function refuseLongIds(event: ProviderEvent): void {
  const ids: Record<string, string | null | undefined> = {
    "customer.id": event.customer.id,
    payment: event.payment,
    refund: event.refund,
    "subscription.id": event.subscription?.id,
    "subscription.replaces": event.subscription?.replaces,
    affiliate: event.named?.affiliate,
    coupon: event.coupon,
    product: event.product,
  };
  const long = Object.entries(ids).find(([, id]) => (id?.length ?? 0) > ID_CHARACTERS);
  if (long !== undefined) throw invalidField(long[0], `must have at most ${ID_CHARACTERS} characters`);
  const others = [...event.aliases, ...(event.related ?? [])];
  if (others.length > OTHER_IDS_MAX || others.some((id) => id.length > ID_CHARACTERS)) {
    throw invalidField("payment", `must have at most ${OTHER_IDS_MAX} ids of at most ${ID_CHARACTERS} characters`);
  }
  if (event.id.length > EVENT_ID_CHARACTERS) {
    throw invalidField("id", `must have at most ${EVENT_ID_CHARACTERS} characters`);
  }
}

/**
 * Throws a 422 where an amount of the event isn't a whole, non-negative number of minor units. A negative refund would add to
 * the sale. The adapters name the provider's own field; this catches what they let through.
 */
export function refuseInvalidAmounts({ amount, gross }: Pick<ProviderEvent, "amount" | "gross">): void {
  for (const [field, units] of Object.entries({ amount, gross })) {
    if (units === null) continue;
    if (!Number.isSafeInteger(units)) throw invalidField(field, "must be a whole number of minor units");
    if (units < 0) throw invalidField(field, "must not be negative");
  }
}

export function eventIdReused(): Problem {
  return new Problem(
    409,
    "event_id_reused",
    "An event with this id and different content was received before; nothing was changed.",
  );
}

export function customerUnknown(): Problem {
  return new Problem(422, "customer_unknown", "The event has no customer, payment or subscription.");
}

export function paymentReused(): Problem {
  const detail = "This payment was recorded before with a different amount or currency; nothing was changed.";
  return new Problem(409, "payment_reused", detail, "payment");
}

export function affiliateNotFound(username: string): Problem {
  return new Problem(422, "affiliate_not_found", `There is no affiliate "${username}".`, "affiliate");
}

/** The customer's data was erased before a payment arrived that the event waited for. */
export function customerErased(): Problem {
  return new Problem(410, "customer_erased", "The customer's data was erased while this event waited for its payment.");
}

/** The adapter itself failed: the request is stored, and can be replayed once the adapter is fixed. */
export function eventUnreadable(): Problem {
  return new Problem(422, "unreadable", "The event could not be parsed; its request is stored for inspection.");
}
