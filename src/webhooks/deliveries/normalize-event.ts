/** From a provider's event to the program's own. */
import { cutText } from "../../lib/well-formed.ts";
import type { ConversionEvent, EventSubscription } from "../conversion-event.ts";
import type { Endpoint } from "../endpoint-queries.ts";
import { EMAIL_PLACE, type LookedUp, type Provider, type ProviderEvent } from "../provider.ts";
import type { Delivery } from "./delivery-store.ts";

/** Where an event comes from. */
export interface EventOrigin {
  delivery: Pick<Delivery, "received_at" | "test">;
  endpoint: Pick<Endpoint, "id" | "program_id">;
  provider: Pick<Provider, "ids" | "source">;
}

/** Keyed hashes that replace an event's plain email address and payment details; null where it has none. */
export interface EventHashes {
  email_hash: string | null;
  payer_hash: string | null;
}

/** The event as one of its program, without its plain email address and payment details. */
export function normalizeEvent(
  parsed: ProviderEvent,
  { delivery, endpoint, provider }: EventOrigin,
  { email_hash, payer_hash }: EventHashes,
): ConversionEvent {
  const { aliases: _, related: __, account, customer, payer: ___, ...described } = parsed;
  const { notes: ____, missing: _____, needs_known: ______, occurred_at, type, ...event } = described;
  return {
    ...event,
    id: event.id.replaceAll(EMAIL_PLACE, email_hash ?? ""),
    // An alias is never sent to an object.
    type: type === "alias" ? "touch" : type,
    program_id: endpoint.program_id,
    endpoint: endpoint.id,
    namespace: provider.ids === "merchant" ? "" : [provider.source, account].filter((part) => part !== null).join(":"),
    test: parsed.test || delivery.test,
    occurred_at: occurred_at ?? delivery.received_at,
    customer: { id: customer.id, email_hash },
    ...(payer_hash !== null && { payer_hash }),
  };
}

/** The event with what was looked up for it. */
export function addLookedUp(event: ConversionEvent, { coupons = [], product, plan }: LookedUp): ConversionEvent {
  const stated = event.coupons ?? (event.coupon === null ? [] : [event.coupon]);
  return {
    ...event,
    ...(coupons.length > 0 && { coupons: [...new Set([...stated, ...coupons])] }),
    product: event.product ?? product ?? null,
    ...(event.plan === undefined && plan !== undefined && { plan }),
  };
}

/** Longer than any click token. */
const CLICK_MAX_CHARACTERS = 400;
const NAME_MAX_CHARACTERS = 200;

/** Cuts long texts that aren't ids: the event is recorded without the rest. A cut token is as malformed as the whole one. */
export function cutLongTexts(event: ConversionEvent): ConversionEvent {
  const { click, country, platform, subscription, plan } = event;
  const cut = (text: string) => cutText(text, NAME_MAX_CHARACTERS);
  return {
    ...event,
    click: click && cutText(click, CLICK_MAX_CHARACTERS),
    ...(country !== undefined && { country: cut(country) }),
    ...(platform !== undefined && { platform: cut(platform) }),
    subscription: subscription && { ...subscription, interval: subscription.interval && cut(subscription.interval) },
    ...(plan !== undefined && { plan: { ...plan, interval: cut(plan.interval) } }),
  };
}

/**
 * The content that must be the same each time an event with this id is received: without the plain email address and our own
 * receipt time. Billing plans, further coupons, whole payments, trackers' statuses, payment details and missing commissions of
 * providers, and the end of a trial are left out because earlier releases didn't parse them, and an event received by such a release may be sent again.
 */
export function comparableContent(
  { occurred_at, aliases, related = [] }: ProviderEvent,
  event: ConversionEvent,
): string {
  const { payer_hash, commissionable, plan: _, coupons: __, payment_state: ___, status_of: ____, ...stated } = event;
  const rest = { ...stated, subscription: withoutTrialEnd(event.subscription) };
  // JSON leaves out undefined fields.
  const own = event.namespace === "" ? { payer_hash, commissionable } : {};
  return JSON.stringify({ ...rest, ...own, occurred_at, aliases, related });
}

function withoutTrialEnd(subscription: EventSubscription | null): EventSubscription | null {
  if (subscription === null) return null;
  const { trial_ends_at: _, ...compared } = subscription;
  return compared;
}
