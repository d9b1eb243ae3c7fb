/** Erases customers: their objects, what D1 stores of them, and the ids that accounts know them by. */

import type { BatchItem } from "drizzle-orm/batch";
import { nanoid } from "nanoid";
import { eraseNotes } from "../../audit/audit-store.ts";
import { accountKeyOf } from "../../commissions/ledger.ts";
import { hashTo128Bits } from "../../customers/conversion-id-resolver.ts";
import type { Traces } from "../../customers/erasure/traces.ts";
import { openDatabase } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { erasedKeyOf } from "../../webhooks/conversion-event.ts";
import { finishDeliveries } from "../../webhooks/deliveries/erasure-handler.ts";
import { eraseDeliveries, listDeliveriesByOrigin, listDeliveriesOf } from "../../webhooks/deliveries/erasure-store.ts";
import {
  beginErasure,
  countIdentifiers,
  eraseEvents,
  finishErasure,
  listKeys,
  listNames,
  listOpenErasures,
} from "../../webhooks/identity/erasure-store.ts";
import { handOverCustomer } from "../../webhooks/identity/merge-job.ts";

/** Events and deliveries that one statement takes. */
const ROWS_A_STEP = 1_000;
const ERASURES_PER_RUN = 5;

/** What an erasure found. */
export interface Erased {
  /** Identifiers that were deleted; those of payments and subscriptions stay. */
  identifiers: number;
  /** Stored requests that were deleted. */
  requests: number;
  /** Deliveries and events that no longer name the customer. */
  deliveries: number;
  events: number;
  /** Conversions that stay, without their customer. */
  conversions: number;
}

/**
 * Erases a customer, by the key of its object, with `alongside` in the batch that begins it. Nothing of it is sent or recorded any more when this resolves. Throws where
 * something can't be reached; nothing is lost then, and the next call or the cron completes it.
 */
export async function eraseCustomer(
  env: Env,
  { key, program_id }: { key: string; program_id: number },
  now: number,
  alongside: readonly BatchItem<"sqlite">[] = [],
): Promise<Erased> {
  const db = openDatabase(env.DB);
  const { keys, merging } = await listKeys(db, key);
  for (const from of merging) await handOverCustomer(env, from, key);
  const identifiers = new Set(await listNames(db, program_id, keys));
  await finishDeliveries(env, program_id, { keys: new Set(keys), identifiers }, now);
  const begun = { key, erased_key: erasedKeyOf(key, nanoid()), program_id, at: now };
  const erased_key = await beginErasure(db, begun, alongside);
  return completeErasure(env, { key: erased_key, program_id });
}

/** Every minute: completes erasures that a crash or an unavailable object interrupted. */
export async function finishErasures(env: Env): Promise<void> {
  for (const erasure of await listOpenErasures(openDatabase(env.DB), ERASURES_PER_RUN)) {
    await completeErasure(env, erasure).catch((error) => logError("erasure_not_completed", { error }));
  }
}

/**
 * Each step can be repeated, and each leaves what the next needs: the old objects keep their facts until D1 has lost the events'
 * ids, and D1 keeps their keys until they are empty. Until then, events are spooled.
 */
export async function completeErasure(
  env: Env,
  { key: erased_key, program_id }: { key: string; program_id: number },
): Promise<Erased> {
  const db = openDatabase(env.DB);
  const keys = (await listKeys(db, erased_key)).keys.filter((key) => key !== erased_key);
  for (const key of keys) await env.CUSTOMERS.getByName(key).relay();
  const closed: { key: string; traces: Traces }[] = [];
  for (const key of keys) closed.push({ key, traces: await env.CUSTOMERS.getByName(key).close(erased_key) });
  // The object that the others were merged into comes first: it has their facts too, in their order.
  closed.sort((a, b) => b.traces.events.length - a.traces.events.length);
  const traces = closed.map((one) => one.traces);
  await renameInAccounts(env, { program_id, erased_key, traces });
  for (const { key } of closed) await env.CUSTOMERS.getByName(key).sendAnonymous();
  const erased = await eraseFromDatabase(env, { program_id, keys, traces });
  await env.CUSTOMERS.getByName(erased_key).complete();
  for (const { key } of closed) await env.CUSTOMERS.getByName(key).empty();
  const counts = await countIdentifiers(db, program_id, keys);
  await finishErasure(db, { program_id, keys, erased_key });
  return { identifiers: counts.get("email") ?? 0, ...erased };
}

/** Before the new object sends its sales: an affiliate's customer counts once, whatever its id. */
async function renameInAccounts(
  env: Env,
  { program_id, erased_key, traces }: { program_id: number; erased_key: string; traces: readonly Traces[] },
): Promise<void> {
  const customers = traces.map(({ customer }) => customer);
  const renamed = await hashTo128Bits(erased_key);
  for (const affiliate_id of new Set(traces.flatMap(({ affiliates }) => affiliates))) {
    await env.ACCOUNTS.getByName(accountKeyOf({ program_id, affiliate_id })).renameCustomer(customers, renamed);
  }
}

async function eraseFromDatabase(
  env: Env,
  { program_id, keys, traces }: { program_id: number; keys: readonly string[]; traces: readonly Traces[] },
): Promise<Omit<Erased, "identifiers">> {
  const db = openDatabase(env.DB);
  // Each event once: merged objects have the same.
  const events = [...new Map(traces.flatMap((one) => one.events.map((event) => [event.erased_id, event]))).values()];
  const conversions = [...new Set(traces.flatMap((one) => one.conversions))];
  const deliveries = new Set(await listDeliveriesByOrigin(db, program_id, keys));
  for (let from = 0; from < Math.max(events.length, conversions.length); from += ROWS_A_STEP) {
    const part = {
      program_id,
      conversions: conversions.slice(from, from + ROWS_A_STEP),
      events: events.slice(from, from + ROWS_A_STEP),
    };
    for (const id of await listDeliveriesOf(db, part)) deliveries.add(id);
    await eraseNotes(db, part.conversions);
  }
  let requests = 0;
  const ids = [...deliveries];
  for (let from = 0; from < ids.length; from += ROWS_A_STEP) {
    requests += await eraseDeliveries(db, ids.slice(from, from + ROWS_A_STEP));
  }
  // Last: the deliveries are found by the events' ids.
  for (let from = 0; from < events.length; from += ROWS_A_STEP) {
    await eraseEvents(db, events.slice(from, from + ROWS_A_STEP));
  }
  return { requests, deliveries: ids.length, events: events.length, conversions: conversions.length };
}
