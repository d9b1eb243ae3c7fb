/** Finishes a customer's open deliveries before the customer is erased: no sale is lost, and none is recorded afterwards. */

import { openDatabase } from "../../db/database.ts";
import { type Env, readSettings } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { Problem } from "../../lib/problem.ts";
import { customerKeyOf } from "../conversion-event.ts";
import { loadEndpoint } from "../endpoint-queries.ts";
import { emailIdentifier, listIdentifiers } from "../identity/identifiers.ts";
import type { Reading } from "../provider.ts";
import { providers } from "../providers.ts";
import { closeDelivery, type Delivery } from "./delivery-store.ts";
import { listUnfinished } from "./erasure-store.ts";
import { hashPersonalData } from "./event-handler.ts";
import { completeRequest } from "./lookup-handler.ts";
import { normalizeEvent } from "./normalize-event.ts";
import { closingOf, refuse } from "./outcome.ts";
import { redeliver } from "./redelivery-handler.ts";
import { customerErased } from "./refusals.ts";
import { unsealRequest } from "./request-store.ts";
import { unpackRequest } from "./stored-request.ts";

const DELIVERIES_A_PAGE = 100;

/** What an event belongs to a customer by. */
export interface CustomerNames {
  /** The keys of its objects. */
  keys: ReadonlySet<string>;
  /** Its recorded identifiers. */
  identifiers: ReadonlySet<string>;
}

/**
 * Handles each unfinished delivery of the customer again. One that waits for a payment or customer that never arrived is refused,
 * without its request. Throws a 503 while an event can't be recorded.
 */
export async function finishDeliveries(
  env: Env,
  programId: number,
  customer: CustomerNames,
  now: number,
): Promise<void> {
  const db = openDatabase(env.DB);
  let after = "";
  for (let isLast = false; !isLast; ) {
    const page = await listUnfinished(db, programId, after, DELIVERIES_A_PAGE);
    for (const delivery of page) {
      const reading = await readIfOfCustomer(env, delivery, customer, now);
      if (reading === null) continue;
      const { status } = await redeliver(env, delivery, now);
      if (status === "spooled") throw unfinished();
      if (status !== "waiting") continue;
      // What wasn't known before may be another customer's, which waits on.
      const known = reading === UNKNOWN ? await readIfOfCustomer(env, delivery, customer, now) : reading;
      if (known === null) continue;
      if (known === UNKNOWN) throw unfinished();
      const closing = { ...closingOf(refuse(customerErased())), is_erased: true };
      const { type, events } = known;
      await closeDelivery(db, delivery, { type, event_id: null, test: events.some(({ test }) => test) }, closing);
    }
    after = page.at(-1)?.id ?? after;
    isLast = page.length < DELIVERIES_A_PAGE;
  }
}

/** A request whose provider must be asked for the rest, and can't be now. */
const UNKNOWN: Reading = { type: "", event_id: null, events: [] };

/** A stored request, parsed, or {@link UNKNOWN}; null if none of its events names the customer, or it can't be read. */
async function readIfOfCustomer(
  env: Env,
  delivery: Delivery,
  customer: CustomerNames,
  now: number,
): Promise<Reading | null> {
  const endpoint = await loadEndpoint(openDatabase(env.DB), delivery.endpoint_id, now);
  const provider = providers.get(delivery.source);
  if (endpoint === null || provider === undefined || delivery.sealed_request === null) return null;
  const { vault_key } = readSettings(env);
  try {
    const text = await unsealRequest({ vault_key, delivery_id: delivery.id }, delivery.sealed_request);
    const request = await completeRequest(env, { request: unpackRequest(text), provider, endpoint, delivery });
    // Whose it is isn't known yet: it must be finished first.
    if (request === null) return UNKNOWN;
    const reading = provider.parse(request, endpoint);
    for (const parsed of reading.events) {
      const event = normalizeEvent(parsed, { delivery, endpoint, provider }, await hashPersonalData(env, parsed));
      const names = listIdentifiers(parsed, event).map(({ identifier }) => identifier);
      // A refund finds no customer by an address, but may contain one.
      if (event.customer.email_hash !== null) names.push(emailIdentifier(event.customer.email_hash, event.test));
      if (customer.keys.has(customerKeyOf(event)) || names.some((name) => customer.identifiers.has(name))) {
        return reading;
      }
    }
  } catch (error) {
    logError("stored_request_not_read", { delivery_id: delivery.id, error });
  }
  return null;
}

function unfinished(): Problem {
  const detail =
    "A sale or refund of this customer is still being processed. Nothing was erased; try again in a minute.";
  return new Problem(503, "customer_busy", detail);
}
