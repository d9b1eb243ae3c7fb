/** The webhook door's surroundings, out of the Worker's bindings. */
import { nanoid } from "nanoid";
import { type Database, openDatabase } from "../../db/database.ts";
import { type Env, readSettings } from "../../env.ts";
import { hashEmail, hashPaymentDetails, hashText, seal, unseal } from "../../lib/platform/vault.ts";
import { closeDelivery, makeDeliveryId } from "../deliveries/delivery-store.ts";
import { deleteOldDeliveries, listWaiting, postponeDelivery, takeDue } from "../deliveries/due-delivery-store.ts";
import { type RetakeTools, releaseWaiting, retakeDelivery } from "../deliveries/retry-job.ts";
import { loadEndpoint } from "../endpoint-queries.ts";
import { closeMerges, listOpenMerges } from "../identity/merge-store.ts";
import { forgetNames, placeEvent } from "../identity/place-event-store.ts";
import { providers } from "../providers.ts";
import type { WebhookTools } from "./receive-routes.ts";

const REQUEST_TIMEOUT_MS = 4_000;
/** Providers' certificates change every few years. */
const REQUEST_CACHE_SECONDS = 3_600;
const RANDOM_CHARACTERS = 12;
/** A minute's run: far more than come in a minute, well under D1's 1,000 calls an invocation. */
const DUE_AT_ONCE = 50;
const MERGES_AT_ONCE = 20;

/** What taking deliveries up again needs, at a time (ms). */
export function openRetakeTools(env: Env, now: number): RetakeTools {
  const db = openDatabase(env.DB);
  const { vault_key } = readSettings(env);
  return {
    now,
    loadEndpoint: (id) => loadEndpoint(db, id, now),
    providers,
    seal: (context, text) => seal(vault_key, context, text),
    unseal: (context, sealed) => unseal(vault_key, context, sealed),
    hashEmail: (email) => hashEmail(vault_key, email),
    hashPayer: (details) => hashPaymentDetails(vault_key, details),
    digest: hashText,
    place: (delivery, content, claim) => placeEvent(db, delivery, content, claim),
    forgetNames: (delivery, claim) => forgetNames(db, delivery, claim),
    handOver: (from, into) => handOver(env, db, from, into),
    close: (delivery, content, closing) => closeDelivery(db, delivery, content, closing),
    record: (key, event, receivedAt) => env.CUSTOMERS.getByName(key).record(event, receivedAt),
    listWaiting: (programId, names) => listWaiting(db, programId, names, DUE_AT_ONCE),
  };
}

async function handOver(env: Env, db: Database, from: string, into: string): Promise<void> {
  await env.CUSTOMERS.getByName(from).handOver(into);
  await closeMerges(db, [from]);
}

/** What the door needs, at a time (ms). */
export function openWebhookTools(env: Env, ctx: Pick<ExecutionContext, "waitUntil">, now: number): WebhookTools {
  const tools = openRetakeTools(env, now);
  return {
    ...tools,
    request: (url, init) =>
      fetch(url, {
        ...init,
        redirect: "manual",
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        // What failed is asked for again.
        cf: { cacheTtlByStatus: { "200-299": REQUEST_CACHE_SECONDS, "300-599": -1 } },
      }),
    makeDeliveryId: () => makeDeliveryId(now, nanoid(RANDOM_CHARACTERS)),
    hasRoom: (endpoint) => isAllowed(env.WEBHOOK_LIMIT, endpoint),
    mayLogRefusal: (endpoint) => isAllowed(env.REFUSAL_LIMIT, endpoint),
    release: (programId, names) => {
      // What fails here is found by the minute's run.
      const released = releaseWaiting(programId, names, tools);
      ctx.waitUntil(released.catch((error) => console.error("waiting deliveries not released", error)));
    },
  };
}

/** The minute's run: takes up what a crash left open, what was spooled, and what waits for a name that is known by now. */
export async function retakeDueDeliveries(env: Env, now: number): Promise<void> {
  const tools = openRetakeTools(env, now);
  const db = openDatabase(env.DB);
  for (const delivery of await takeDue(db, now, DUE_AT_ONCE)) {
    try {
      await retakeDelivery(delivery, tools);
    } catch (error) {
      console.error("delivery not taken up again", delivery.id, error);
      await postponeDelivery(db, delivery, now).catch((failure) => console.error("nor put off", delivery.id, failure));
    }
  }
}

/** The minute's run: customers whose merging a crash has interrupted. */
export async function finishMerges(env: Env): Promise<void> {
  const db = openDatabase(env.DB);
  for (const { from, into } of await listOpenMerges(db, MERGES_AT_ONCE)) {
    await handOver(env, db, from, into).catch((error) => console.error("customers not merged yet", error));
  }
}

/** The hourly run: requests past 30 days go, and the log past 400. */
export function tidyDeliveries(env: Env, now: number): Promise<void> {
  return deleteOldDeliveries(openDatabase(env.DB), now);
}

async function isAllowed(limit: RateLimit | undefined, key: string): Promise<boolean> {
  return limit === undefined || (await limit.limit({ key })).success;
}
