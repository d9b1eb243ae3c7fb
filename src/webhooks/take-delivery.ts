/** A delivery from a proved sender, taken up: read, made durable, handed to its objects, closed. */
import { Problem } from "../problem.ts";
import { within } from "../within.ts";
import { type ConversionEvent, customerKeyOf, type Receipt } from "./conversion-event.ts";
import type { Claim, Closing, Delivery, DeliveryContent, Place } from "./deliveries.ts";
import type { Endpoint } from "./load-endpoint.ts";
import { listNames, nameAsIn, standsAlone } from "./names.ts";
import {
  EMAIL_PLACE,
  type Outcome,
  type Provider,
  type ProviderEvent,
  type Reading,
  type SignedRequest,
} from "./provider.ts";
import { invalidField } from "./read-fields.ts";

/** What taking a delivery up needs of its surroundings. */
export interface DeliveryTools {
  hashEmail: (email: string) => Promise<string>;
  digest: (text: string) => Promise<string>;
  /** See `deliveries.ts`; both throw while D1 is away. */
  open: (delivery: Delivery, content: DeliveryContent, claim: Claim) => Promise<Place>;
  close: (delivery: Delivery, content: DeliveryContent, closing: Closing) => Promise<void>;
  /** Hands an event to its Customer object; returns once it is durable there. */
  record: (customerKey: string, event: ConversionEvent, receivedAt: number) => Promise<Receipt>;
}

/** What became of a delivery, and the names that it brought, for which others may have waited. */
export interface Taken {
  outcome: Outcome;
  names: string[];
}

/** An object that takes longer is not waited for: some providers give up after five seconds, and then after a few tries. */
const RECORD_TIMEOUT_MS = 4_000;

const NAME_CHARACTERS = 200;

/** Outcomes of one of several events that stand for the delivery: what is not done yet, then what was refused. */
const GRAVITY = ["spooled", "waiting", "refused"] as const;

/**
 * Takes up a delivery, for the first time or again: twice is once. Throws a 503 where D1 does not take it, having changed
 * nothing; once it is durable there nothing throws, and what an object cannot take now is spooled.
 */
export async function takeDelivery(
  delivery: Delivery,
  request: SignedRequest,
  { endpoint, provider }: { endpoint: Endpoint; provider: Provider },
  tools: DeliveryTools,
): Promise<Taken> {
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
  const taken: (Taken & { waits_for: string | null })[] = [];
  for (const event of reading.events)
    taken.push(await takeEvent(event, delivery, reading, { endpoint, provider }, tools));
  const { outcome, waits_for } = chooseOutcome(taken);
  try {
    await tools.close(delivery, reading, { ...closeAs(outcome), waits_for });
  } catch (error) {
    // The event is where it belongs; the open delivery is taken up again, and then found to be a duplicate.
    console.error("delivery not closed", delivery.id, error);
  }
  return { outcome, names: taken.flatMap(({ names }) => names) };
}

/** The outcome of the whole: the gravest, else that of what made a conversion, else the first. */
function chooseOutcome<One extends Pick<Taken, "outcome">>(taken: readonly One[]): One {
  const grave = GRAVITY.map((status) => taken.find(({ outcome }) => outcome.status === status)).find(Boolean);
  const converted = taken.filter(({ outcome }) => outcome.conversion !== null);
  const chosen = grave ?? converted.find(({ outcome }) => outcome.status === "recorded") ?? converted[0] ?? taken[0];
  if (chosen === undefined) throw new Error("a delivery of events has an outcome");
  return chosen;
}

async function takeEvent(
  parsed: ProviderEvent,
  delivery: Delivery,
  content: DeliveryContent,
  { endpoint, provider }: { endpoint: Endpoint; provider: Provider },
  tools: DeliveryTools,
): Promise<Taken & { waits_for: string | null }> {
  const event = await adopt(parsed, delivery, { endpoint, provider }, tools);
  const found = listNames({ ...parsed, namespace: event.namespace, test: event.test });
  const names = found.map(({ name }) => name);
  const claim: Claim = {
    event_id: event.id,
    digest: await tools.digest(JSON.stringify(parsed)),
    names: found,
    customer_key: standsAlone(parsed) ? customerKeyOf(event) : null,
  };
  const place = await orUnavailable(tools.open(delivery, content, claim));
  const without = (outcome: Outcome, waits_for: string | null = null) => ({ outcome, names: [], waits_for });
  if (place.reused) return without(refuse(idReused()));
  if (place.customer_key === null) {
    const [first] = names;
    if (first === undefined) return without(refuse(nobodyNamed()));
    return without({ ...NOTHING, status: "waiting", reason: "payment_unknown" }, first);
  }
  if (parsed.type === "alias")
    return { outcome: { ...NOTHING, status: "recorded", reason: "alias" }, names, waits_for: null };
  const payment = place.payment === null ? event.payment : nameAsIn(event.namespace, place.payment);
  const outcome = await record(place.customer_key, { ...event, payment }, delivery, tools);
  return { outcome, names, waits_for: null };
}

/** The event as one of its programme's, without the plain e-mail. */
async function adopt(
  parsed: ProviderEvent,
  delivery: Delivery,
  { endpoint, provider }: { endpoint: Endpoint; provider: Provider },
  tools: DeliveryTools,
): Promise<ConversionEvent> {
  const { aliases: _, related: __, account, customer, occurred_at, type, ...event } = parsed;
  const email_hash = customer.email === null ? null : await tools.hashEmail(customer.email);
  return {
    ...event,
    id: event.id.replaceAll(EMAIL_PLACE, email_hash ?? ""),
    // An alias goes to no object.
    type: type === "alias" ? "touch" : type,
    program_id: endpoint.program_id,
    endpoint: endpoint.id,
    namespace: provider.ids === "merchant" ? "" : [provider.source, account].filter((part) => part !== null).join(":"),
    test: parsed.test || endpoint.test,
    occurred_at: occurred_at ?? delivery.received_at,
    customer: { id: customer.id, email_hash },
  };
}

async function record(key: string, event: ConversionEvent, delivery: Delivery, tools: DeliveryTools): Promise<Outcome> {
  try {
    const receipt = await within(RECORD_TIMEOUT_MS, tools.record(key, event, delivery.received_at));
    return receipt.status === "conflict"
      ? refuse(paymentReused())
      : { ...receipt, status: receipt.status, problem: null };
  } catch (error) {
    console.error("event not recorded, spooled", delivery.id, error);
    return { ...NOTHING, status: "spooled", reason: "object_unavailable" };
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
  return { ...outcome, detail: problem?.message ?? null, waits_for: null };
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
