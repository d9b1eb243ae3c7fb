/** Handles one event of a delivery: stores it in D1, merges customers, and records it in its Customer object. */

import { openDatabase } from "../../db/database.ts";
import { type Env, readSettings } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { hashEmail, hashEventId, hashPaymentDetails, hashText } from "../../lib/platform/vault.ts";
import { withTimeout } from "../../lib/platform/with-timeout.ts";
import type { Problem } from "../../lib/problem.ts";
import { importTokenKeys } from "../../lib/signed-text.ts";
import { MS_PER_MINUTE } from "../../lib/time.ts";
import { readClickToken } from "../../redirect/click-token.ts";
import { type ConversionEvent, customerKeyOf } from "../conversion-event.ts";
import { forgetEvent, type NewEvent, storeEvent } from "../identity/event-store.ts";
import { decideCustomerCreation, listIdentifiers, withoutNamespace } from "../identity/identifiers.ts";
import { handOverCustomer } from "../identity/merge-job.ts";
import type { Outcome, ProviderEvent } from "../provider.ts";
import { type Delivery, orUnavailable } from "./delivery-store.ts";
import type { EventWork } from "./delivery-work.ts";
import { lookUpMissing } from "./lookup-handler.ts";
import { addLookedUp, comparableContent, cutLongTexts, type EventHashes, normalizeEvent } from "./normalize-event.ts";
import { type EventResult, NO_CONVERSION, refuse } from "./outcome.ts";
import { affiliateNotFound, customerUnknown, eventIdReused, paymentReused } from "./refusals.ts";

/** An object that takes longer is not waited for: some providers time out after five seconds, and stop after a few tries. */
const OBJECT_TIMEOUT_MS = 4_000;

/** How long an event that doesn't name its customer waits for another event that does. */
const CUSTOMER_WAIT_MS = 10 * MS_PER_MINUTE;

/** Handles an event; see `handleDelivery` for what it promises. Throws a 503 while D1 is unavailable. */
export async function handleEvent(env: Env, parsed: ProviderEvent, work: EventWork, now: number): Promise<EventResult> {
  const db = openDatabase(env.DB);
  const { delivery, content, endpoint, provider, is_retry } = work;
  const event = normalizeEvent(parsed, work, await hashPersonalData(env, parsed));
  const identifiers = listIdentifiers(parsed, event);
  const creation = decideCustomerCreation(parsed, provider.ids);
  const waitEnd = delivery.received_at + CUSTOMER_WAIT_MS;
  const mayCreate = creation === "at_once" || (creation === "after_wait" && now >= waitEnd);
  const newEvent: NewEvent = {
    event_id: event.id,
    erased_id: await hashEventId(readSettings(env).vault_key, endpoint.id, event.id),
    digest: await hashText(comparableContent(parsed, event)),
    // What is looked up for the same webhook may have changed since.
    is_retry: is_retry || provider.look_up?.complete !== undefined,
    identifiers,
    customer_key: mayCreate ? customerKeyOf(event) : null,
    namespace: event.customer.id === null ? null : event.namespace,
    click_id: findClickId(env, event),
  };
  const stored = await orUnavailable(storeEvent(db, delivery, content, newEvent));
  if (stored.is_erased) return ALREADY_ERASED;
  if (stored.is_id_reused) return refuseEvent(eventIdReused());
  if (stored.customer_key === null) {
    const waits_for = identifiers.filter(({ is_lookup }) => is_lookup).map(({ identifier }) => identifier);
    if (waits_for.length === 0) return refuseEvent(customerUnknown());
    const outcome = { ...NO_CONVERSION, status: "waiting", reason: "payment_unknown" } as const;
    const waits_until = creation === "after_wait" ? waitEnd : null;
    return { outcome, identifiers: [], waits_for, waits_until, relayed: null };
  }
  const recorded = { identifiers: identifiers.map(({ identifier }) => identifier), waits_for: [], waits_until: null };
  if (parsed.type === "alias") {
    return { ...recorded, outcome: { ...NO_CONVERSION, status: "recorded", reason: "alias" }, relayed: null };
  }
  const payment = stored.payment === null ? event.payment : withoutNamespace(event.namespace, stored.payment);
  if (parsed.needs_known && payment !== event.payment) {
    return { ...recorded, outcome: { ...NO_CONVERSION, status: "duplicate", reason: "payment_known" }, relayed: null };
  }
  await handOverMerged(env, stored.customer_key, stored.merging);
  const { click_customer_number } = stored;
  const numbered = click_customer_number === null ? {} : { click_customer_number };
  const lookup = work.is_late ? null : await lookUpMissing(env, parsed, work, now);
  const complete = { ...cutLongTexts(addLookedUp(event, lookup?.found ?? {})), payment, ...numbered };
  const { outcome, is_relayed } =
    lookup === null ? SPOOLED : await recordEvent(env, stored.customer_key, complete, delivery);
  const relayed = is_relayed ? stored.customer_key : null;
  if (outcome.problem === null) return { ...recorded, outcome, note: lookup?.note ?? null, relayed };
  await orUnavailable(forgetEvent(db, delivery, newEvent, stored));
  return { ...recorded, identifiers: [], outcome, relayed };
}

/** The id of the event's click, whose customers are numbered; null without a valid token of the program, and in test mode. */
function findClickId(env: Env, { click, program_id, test }: ConversionEvent): string | null {
  if (click === null || test) return null;
  const reading = readClickToken(importTokenKeys(readSettings(env).token_keys), click);
  return reading.ok && reading.claims.program_id === program_id ? reading.claims.click_id : null;
}

/** The keyed hashes of the personal data in an event. */
export async function hashPersonalData(env: Env, { customer, payer }: ProviderEvent): Promise<EventHashes> {
  const { vault_key } = readSettings(env);
  return {
    email_hash: customer.email === null ? null : await hashEmail(vault_key, customer.email),
    payer_hash: payer === undefined ? null : await hashPaymentDetails(vault_key, payer),
  };
}

function refuseEvent(problem: Problem): EventResult {
  return { outcome: refuse(problem), identifiers: [], waits_for: [], waits_until: null, relayed: null };
}

/** The same event was recorded before, and its customer's identity was erased since. */
const ALREADY_ERASED: EventResult = {
  outcome: { ...NO_CONVERSION, status: "duplicate", reason: "customer_erased" },
  ...{ identifiers: [], waits_for: [], waits_until: null, relayed: null },
  is_erased: true,
};

interface RecordResult {
  outcome: Outcome;
  /** Whether the object has nothing left to relay. */
  is_relayed: boolean;
}

const SPOOLED: RecordResult = {
  outcome: { ...NO_CONVERSION, status: "spooled", reason: "object_unavailable" },
  is_relayed: false,
};

/** Records an event in its Customer object; spooled where the object fails or takes too long. */
async function recordEvent(
  env: Env,
  customerKey: string,
  event: ConversionEvent,
  { id, received_at }: Delivery,
): Promise<RecordResult> {
  try {
    const receipt = await withTimeout(
      OBJECT_TIMEOUT_MS,
      env.CUSTOMERS.getByName(customerKey).record(event, received_at),
    );
    const { status, is_relayed, ...conversion } = receipt;
    if (status === "conflict") return { outcome: refuse(paymentReused()), is_relayed };
    if (status === "unknown_affiliate") {
      return { outcome: refuse(affiliateNotFound(event.named?.affiliate ?? "")), is_relayed };
    }
    return { outcome: { ...conversion, status, problem: null }, is_relayed };
  } catch (error) {
    logError("event_spooled", { delivery_id: id, error });
    return SPOOLED;
  }
}

/**
 * Has merged customers hand over their history before the event is recorded, so that its result takes them into account.
 * A merge that fails now is completed by the cron, which corrects the results.
 */
async function handOverMerged(env: Env, into: string, merging: readonly string[]): Promise<void> {
  for (const from of merging) {
    try {
      await withTimeout(OBJECT_TIMEOUT_MS, handOverCustomer(env, from, into));
    } catch (error) {
      logError("merge_not_completed", { error });
    }
  }
}
