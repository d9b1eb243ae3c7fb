/** A delivery from a proved sender, taken up: read, made durable, handed to its objects, closed. */

import { withTimeout } from "../../lib/platform/with-timeout.ts";
import { Problem } from "../../lib/problem.ts";
import { MS_PER_MINUTE } from "../../lib/time.ts";
import { type ConversionEvent, customerKeyOf, type Receipt } from "../conversion-event.ts";
import type { Endpoint } from "../endpoint-queries.ts";
import { listNames, mayBegin, nameAsIn } from "../identity/names.ts";
import type { Claim, Place } from "../identity/place-event-store.ts";
import {
  EMAIL_PLACE,
  type Outcome,
  type Provider,
  type ProviderEvent,
  type Reading,
  type SignedRequest,
} from "../provider.ts";
import { invalidField } from "../reading/read-fields.ts";
import type { Closing, Delivery, DeliveryContent } from "./delivery-store.ts";
import { waitAfter } from "./due-delivery-store.ts";

/** What taking a delivery up needs of its surroundings. */
export interface DeliveryTools {
  /** Milliseconds since the epoch. */
  now: number;
  hashEmail: (email: string) => Promise<string>;
  hashPayer: (details: string) => Promise<string>;
  digest: (text: string) => Promise<string>;
  /** See `place-event.ts` and `deliveries.ts`; all throw while D1 is away. */
  place: (delivery: Delivery, content: DeliveryContent, claim: Claim) => Promise<Place>;
  forgetNames: (delivery: Delivery, claim: Claim) => Promise<void>;
  close: (delivery: Delivery, content: DeliveryContent, closing: Closing) => Promise<void>;
  /** Has one Customer object hand over all that it knows to another one. */
  handOver: (from: string, into: string) => Promise<void>;
  /** Hands an event to its Customer object; returns once it is durable there. */
  record: (customerKey: string, event: ConversionEvent, receivedAt: number) => Promise<Receipt>;
}

/** A delivery with all that it is taken up with. */
export interface Taking {
  delivery: Delivery;
  request: SignedRequest;
  endpoint: Endpoint;
  provider: Provider;
  /** Taken up before: its events' ids are claimed already, maybe by an older adapter's reading. */
  is_again: boolean;
}

/** What became of a delivery, and the names that it brought, for which others may have waited. */
export interface Taken {
  outcome: Outcome;
  names: string[];
}

/** What became of one event. */
interface TakenEvent extends Taken {
  /** The names of which it needs one to be heard of. */
  waits_for: string[];
  /** Until when it waits for them, ms; null for ever. */
  until: number | null;
  /** Its object, where that has nothing to relay after it. */
  relayed: string | null;
}

/** Objects that take longer are not waited for: some providers give up after five seconds, and then after a few tries. */
const RECORD_TIMEOUT_MS = 4_000;

/** How long an event that does not say whose it is waits for the one that does. */
const LATE_MS = 10 * MS_PER_MINUTE;

const NAME_CHARACTERS = 200;

/** Outcomes of one of several events that stand for the delivery: what is not done yet, then what was refused. */
const GRAVITY = ["spooled", "waiting", "refused"] as const;

/**
 * Takes up a delivery, for the first time or again: twice is once. Throws a 503 where D1 does not take it, having changed
 * nothing; once it is durable there nothing throws, and what an object cannot take now is spooled.
 */
export async function takeDelivery(taking: Taking, tools: DeliveryTools): Promise<Taken> {
  const { delivery, request, endpoint, provider } = taking;
  let reading: Reading;
  try {
    reading = provider.parse(request, endpoint);
    reading.events.forEach(refuseLongNames);
  } catch (error) {
    const outcome = refuse(error instanceof Problem ? error : failedToRead(error));
    await orUnavailable(tools.close(delivery, { type: null, event_id: null }, closeAs(outcome)));
    return { outcome, names: [] };
  }
  if (reading.events.length === 0) {
    const outcome: Outcome = { ...NOTHING, status: "ignored", reason: reading.type };
    const detail = reading.ignored ?? null;
    await orUnavailable(tools.close(delivery, reading, { ...closeAs(outcome), detail }));
    return { outcome, names: [] };
  }
  const taken: TakenEvent[] = [];
  for (const event of reading.events) {
    // One object that does not answer has taken all the time that there is.
    const isSlow = taken.some(({ outcome }) => outcome.status === "spooled");
    taken.push(await takeEvent(event, taking, reading, isSlow ? { ...tools, record: notNow } : tools));
  }
  const { outcome } = chooseOutcome(taken);
  try {
    await tools.close(delivery, reading, {
      ...closeAs(outcome),
      waits_for: taken.flatMap(({ waits_for }) => waits_for),
      next_at: nextTry(taken, delivery, tools.now),
      relayed: taken.flatMap(({ relayed }) => relayed ?? []),
    });
  } catch (error) {
    // The event is where it belongs; the open delivery is taken up again, and then found to be a duplicate.
    console.error("delivery not closed", delivery.id, error);
  }
  return { outcome, names: taken.flatMap(({ names }) => names) };
}

function nextTry(taken: readonly TakenEvent[], { attempts }: Delivery, now: number): number | null {
  const times = taken.flatMap(({ outcome, until }) => {
    if (outcome.status === "spooled") return [now + waitAfter(attempts + 1)];
    return until === null ? [] : [until];
  });
  return times.length === 0 ? null : Math.min(...times);
}

async function notNow(): Promise<never> {
  throw new Error("not asked, since another object of this delivery did not answer");
}

/** The outcome of the whole: the gravest, else that of what made a conversion, else the first. */
function chooseOutcome(taken: readonly TakenEvent[]): TakenEvent {
  const grave = GRAVITY.map((status) => taken.find(({ outcome }) => outcome.status === status)).find(Boolean);
  const converted = taken.filter(({ outcome }) => outcome.conversion !== null);
  const chosen = grave ?? converted.find(({ outcome }) => outcome.status === "recorded") ?? converted[0] ?? taken[0];
  if (chosen === undefined) throw new Error("a delivery of events has an outcome");
  return chosen;
}

async function takeEvent(
  parsed: ProviderEvent,
  { delivery, endpoint, provider, is_again }: Taking,
  content: DeliveryContent,
  tools: DeliveryTools,
): Promise<TakenEvent> {
  const event = await adopt(parsed, delivery, { endpoint, provider }, tools);
  const names = listNames(parsed, event);
  const begin = mayBegin(parsed, provider.ids);
  const until = delivery.received_at + LATE_MS;
  const claim: Claim = {
    event_id: event.id,
    digest: await tools.digest(digestible(parsed, event)),
    is_again,
    names,
    customer_key: begin === "now" || (begin === "late" && tools.now >= until) ? customerKeyOf(event) : null,
    namespace: event.customer.id === null ? null : event.namespace,
  };
  const place = await orUnavailable(tools.place(delivery, content, claim));
  const told = { names: names.map(({ name }) => name), waits_for: [], until: null };
  const done = (outcome: Outcome, relayed: string | null = null) => ({ ...told, outcome, relayed });
  if (place.reused) return { ...done(refuse(idReused())), names: [] };
  if (place.customer_key === null) {
    const waits_for = names.filter(({ finds }) => finds).map(({ name }) => name);
    if (waits_for.length === 0) return { ...done(refuse(nobodyNamed())), names: [] };
    const outcome = { ...NOTHING, status: "waiting", reason: "payment_unknown" } as const;
    return { outcome, names: [], waits_for, until: begin === "late" ? until : null, relayed: null };
  }
  if (parsed.type === "alias") return done({ ...NOTHING, status: "recorded", reason: "alias" });
  const payment = place.payment === null ? event.payment : nameAsIn(event.namespace, place.payment);
  await handOver(place, tools);
  const { outcome, is_relayed } = await record(place.customer_key, { ...event, payment }, delivery, tools);
  const relayed = is_relayed ? place.customer_key : null;
  if (outcome.problem !== null) {
    await orUnavailable(tools.forgetNames(delivery, claim));
    return { ...done(outcome, relayed), names: [] };
  }
  return done(outcome, relayed);
}

/**
 * What must be the same whenever the event comes: without the plain e-mail, and without our own clock. What a provider says
 * of the payer stays out: it was not read always, and an event of before may be sent again.
 */
function digestible({ occurred_at, aliases, related = [] }: ProviderEvent, event: ConversionEvent): string {
  const { payer_hash, ...rest } = event;
  const payer = payer_hash !== undefined && event.namespace === "" ? { payer_hash } : {};
  return JSON.stringify({ ...rest, ...payer, occurred_at, aliases, related });
}

/** The event as one of its programme's, without the plain e-mail and payment details. */
async function adopt(
  parsed: ProviderEvent,
  delivery: Delivery,
  { endpoint, provider }: { endpoint: Endpoint; provider: Provider },
  tools: DeliveryTools,
): Promise<ConversionEvent> {
  const { aliases: _, related: __, account, customer, payer, occurred_at, type, ...event } = parsed;
  const email_hash = customer.email === null ? null : await tools.hashEmail(customer.email);
  return {
    ...event,
    id: event.id.replaceAll(EMAIL_PLACE, email_hash ?? ""),
    // An alias goes to no object.
    type: type === "alias" ? "touch" : type,
    program_id: endpoint.program_id,
    endpoint: endpoint.id,
    namespace: provider.ids === "merchant" ? "" : [provider.source, account].filter((part) => part !== null).join(":"),
    test: parsed.test || delivery.test,
    occurred_at: occurred_at ?? delivery.received_at,
    customer: { id: customer.id, email_hash },
    ...(payer !== undefined && { payer_hash: await tools.hashPayer(payer) }),
  };
}

async function record(
  key: string,
  event: ConversionEvent,
  delivery: Delivery,
  tools: DeliveryTools,
): Promise<{ outcome: Outcome; is_relayed: boolean }> {
  try {
    const receipt = await withTimeout(RECORD_TIMEOUT_MS, tools.record(key, event, delivery.received_at));
    const { status, is_relayed, ...told } = receipt;
    if (status === "conflict") return { outcome: refuse(paymentReused()), is_relayed };
    if (status === "unknown_affiliate") {
      return { outcome: refuse(affiliateNotFound(event.named?.affiliate ?? "")), is_relayed };
    }
    return { outcome: { ...told, status, problem: null }, is_relayed };
  } catch (error) {
    console.error("event not recorded, spooled", delivery.id, error);
    return { outcome: { ...NOTHING, status: "spooled", reason: "object_unavailable" }, is_relayed: false };
  }
}

/**
 * What has turned out to be the same customer goes where this event goes, before it, so that its answer knows of it. What
 * cannot be handed over now goes later, and changes what was decided without it.
 */
async function handOver({ customer_key, merging }: Place, tools: DeliveryTools): Promise<void> {
  for (const from of merging) {
    try {
      await withTimeout(RECORD_TIMEOUT_MS, tools.handOver(from, customer_key ?? ""));
    } catch (error) {
      console.error("customers not merged yet", error);
    }
  }
}

/** Names are keys of objects and tables: a provider's are far shorter. */
function refuseLongNames(event: ProviderEvent): void {
  const names = {
    "customer.id": event.customer.id,
    payment: event.payment,
    refund: event.refund,
    "subscription.id": event.subscription?.id,
    coupon: event.coupon,
    product: event.product,
  };
  const long = Object.entries(names).find(([, name]) => (name?.length ?? 0) > NAME_CHARACTERS);
  if (long !== undefined) throw invalidField(long[0], `must have at most ${NAME_CHARACTERS} characters`);
}

const NOTHING = { conversion: null, attributed_to: null, problem: null } as const;

/** A refusal as an outcome. */
export function refuse(problem: Problem): Outcome {
  return { ...NOTHING, status: "refused", reason: problem.code, problem };
}

/** An outcome as the log keeps it. */
export function closeAs({ problem, ...outcome }: Outcome): Closing {
  return { ...outcome, detail: problem?.message ?? null, waits_for: [], next_at: null, relayed: [] };
}

function idReused(): Problem {
  return new Problem(409, "event_id_reused", "This event id is known with another content; nothing was changed.");
}

function nobodyNamed(): Problem {
  return new Problem(422, "customer_unknown", "The event names no customer, payment or subscription.");
}

function paymentReused(): Problem {
  const detail = "This payment is known with another amount or currency; nothing was changed.";
  return new Problem(409, "payment_reused", detail, "payment");
}

function affiliateNotFound(username: string): Problem {
  return new Problem(422, "affiliate_not_found", `There is no affiliate "${username}".`, "affiliate");
}

/** An adapter's own fault: the request is kept, and can be taken up again once that is mended. */
function failedToRead(error: unknown): Problem {
  console.error("an adapter failed", error);
  return new Problem(422, "unreadable", "The event could not be read; it is kept for inspection.");
}

/** What a call to D1 gives, or the 503 that asks for the event again. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    console.error("webhook not recorded", error);
    throw new Problem(503, "storage_unavailable", "The event could not be stored; please send it again.");
  }
}
