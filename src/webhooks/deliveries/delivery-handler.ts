/** Handles a verified delivery: parses its request, handles its events and stores the outcome. */

import { type Database, openDatabase } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { Problem } from "../../lib/problem.ts";
import { cutText } from "../../lib/well-formed.ts";
import type { Outcome, ProviderEvent, Reading } from "../provider.ts";
import { isUnreadable, readContent } from "../reading/parsed-events.ts";
import {
  closeDelivery,
  type Delivery,
  type DeliveryContent,
  orUnavailable,
  UNKNOWN_CONTENT,
} from "./delivery-store.ts";
import type { DeliveryResult, DeliveryWork } from "./delivery-work.ts";
import { handleEvent } from "./event-handler.ts";
import { completeRequest } from "./lookup-handler.ts";
import { closingOf, combineOutcomes, type EventResult, NO_CONVERSION, refuse } from "./outcome.ts";
import { eventUnreadable, refuseInvalidAmounts, refuseLongIds } from "./refusals.ts";
import { nextAttemptAt } from "./retry-schedule.ts";

/** Longer than any provider's type. */
const TYPE_CHARACTERS = 200;

/**
 * Handles a delivery, for the first time or again; handling it twice records its events once. Throws a 503, having changed
 * nothing, where D1 can't store it. Once it is durable in D1 nothing throws; what an object can't record now is spooled.
 */
export async function handleDelivery(env: Env, work: DeliveryWork, now: number): Promise<DeliveryResult> {
  const db = openDatabase(env.DB);
  const { delivery } = work;
  let reading: Reading | null;
  try {
    reading = await readRequest(env, work);
  } catch (error) {
    const outcome = refuse(toRefusal(error));
    await orUnavailable(closeDelivery(db, delivery, contentOf(error), closingOf(outcome)));
    return { outcome, identifiers: [] };
  }
  if (reading === null) return spool(db, delivery, now);
  const { type, event_id, events } = reading;
  const content: DeliveryContent = { type, event_id, test: events.some(({ test }) => test) };
  if (events.length === 0) {
    const outcome: Outcome = { ...NO_CONVERSION, status: "ignored", reason: reading.type };
    const detail = reading.ignored ?? null;
    await orUnavailable(closeDelivery(db, delivery, content, { ...closingOf(outcome), detail }));
    return { outcome, identifiers: [] };
  }
  const results: EventResult[] = [];
  for (const event of events) {
    // An object that doesn't answer has used up the time of this delivery; its other events are spooled at once.
    const is_late = results.some(({ outcome }) => outcome.status === "spooled");
    results.push(await handleEvent(env, event, { ...work, content, is_late }, now));
  }
  const outcomes = results.map((result) => result.outcome);
  const outcome = combineOutcomes(reading.fault === undefined ? outcomes : [...outcomes, refuse(reading.fault)]);
  try {
    await closeDelivery(db, delivery, content, {
      ...closingOf(outcome),
      ...(outcome.problem === null && { detail: describeNotes(events, results) }),
      waits_for: results.flatMap(({ waits_for }) => waits_for),
      next_at: nextAttemptAt(results, delivery.attempts, now),
      relayed: results.flatMap(({ relayed }) => relayed ?? []),
      is_erased: results.every(({ is_erased }) => is_erased === true),
    });
  } catch (error) {
    // Its events are durable. The delivery stays open, is retried, and is then found to be a duplicate.
    logError("delivery_not_closed", { delivery_id: delivery.id, error });
  }
  return { outcome, identifiers: results.flatMap(({ identifiers }) => identifiers) };
}

/** Null while its content can't be looked up. Throws a refusal. */
async function readRequest(env: Env, work: DeliveryWork): Promise<Reading | null> {
  const request = await completeRequest(env, work);
  if (request === null) return null;
  const reading = work.provider.parse(request, work.endpoint);
  readContent(reading, () => {
    reading.events.forEach(refuseLongIds);
    reading.events.forEach(refuseInvalidAmounts);
  });
  return reading;
}

/** Stores a delivery whose content can't be looked up now. */
async function spool(db: Database, delivery: Delivery, now: number): Promise<DeliveryResult> {
  const outcome = { ...NO_CONVERSION, status: "spooled", reason: "provider_unavailable" } as const;
  const next_at = nextAttemptAt([{ outcome, waits_until: null }], delivery.attempts, now);
  await orUnavailable(closeDelivery(db, delivery, UNKNOWN_CONTENT, { ...closingOf(outcome), next_at }));
  return { outcome, identifiers: [] };
}

/** What is wrong with events that are recorded nevertheless, in sentences; null if nothing is. */
function describeNotes(events: readonly ProviderEvent[], results: readonly EventResult[]): string | null {
  const notes = events.flatMap(({ customer, notes = [] }) => [
    ...(customer.is_email_invalid ? ["The customer's email address is invalid, so it was left out."] : []),
    ...notes,
  ]);
  notes.push(...results.flatMap(({ note }) => note ?? []));
  return notes.length === 0 ? null : [...new Set(notes)].join(" ");
}

/** What is known of a request that couldn't be parsed. */
function contentOf(error: unknown): DeliveryContent {
  if (!isUnreadable(error)) return UNKNOWN_CONTENT;
  const { type, event_id } = error.content;
  return {
    ...UNKNOWN_CONTENT,
    type: type === "" ? null : cutText(type, TYPE_CHARACTERS),
    event_id: event_id && cutText(event_id, TYPE_CHARACTERS),
  };
}

function toRefusal(error: unknown): Problem {
  if (error instanceof Problem) return error;
  logError("adapter_failed", { error });
  return eventUnreadable();
}
