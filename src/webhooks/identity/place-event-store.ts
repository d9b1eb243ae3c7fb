/** Where an event belongs: its delivery made durable, its id claimed, its names looked up and made known, in one transaction. */
import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { type Delivery, type DeliveryContent, keepRequest, rowOf } from "../deliveries/delivery-store.ts";
import { customers, deliveries, knownNames, unrelayedCustomers, webhookEvents } from "../tables.ts";
import { decideHolder, type FoundHolders, type HolderKey } from "./holder.ts";
import { mergeCustomers } from "./merge-store.ts";
import type { Name } from "./names.ts";

/** One event's claim on its id, and the names that it brings. */
export interface Claim {
  event_id: string;
  /** Of what was read. */
  digest: string;
  /** Its delivery is taken up again, and may have claimed the id itself, as an older adapter read it: whatever it was is right. */
  is_again: boolean;
  names: readonly Name[];
  /** The object that it goes to where its names are not known; null where it must wait then. */
  customer_key: string | null;
  /** Whose id that key is made from; null where it is made from none. */
  namespace: string | null;
}

/** What D1 knows of an event: `reused` where its id is known with another content, and where it belongs, if that is known. */
export interface Place {
  reused: boolean;
  customer_key: string | null;
  /** The payment's one name. */
  payment: string | null;
  /** Objects whose customer has turned out to be that one's, and which have not handed over yet what they know. */
  merging: string[];
}

/** How long a try may take before another one is made: longer than any that goes well. */
export const TRY_MS = 60_000;

interface FoundName extends HolderKey {
  /** Its place among the claim's names. */
  place: number;
}

/**
 * Makes a delivery and one of its events durable, and finds where the event belongs: of two events that bring the same name
 * at once, both go where the first one went. Throws while D1 is away.
 */
export async function placeEvent(
  db: Database,
  delivery: Delivery,
  content: DeliveryContent,
  claim: Claim,
): Promise<Place> {
  const { endpoint_id: endpointId, program_id: programId, received_at: receivedAt } = delivery;
  const { event_id: id, digest } = claim;
  const isClaim = and(eq(webhookEvents.endpoint_id, endpointId), eq(webhookEvents.id, id));
  const names = JSON.stringify(claim.names);
  const knownKey = firstKnown(sql`coalesce(c.merged_into, k.customer_key)`, programId, names);
  const knownPayment = firstKnown(sql`k.payment`, programId, names);
  const ownKey = resolved(claim.customer_key);
  // Nothing is changed by an event whose id is another's.
  const isOurs = sql`(${claim.is_again ? 1 : 0} OR EXISTS (SELECT 1 FROM ${webhookEvents}
    WHERE endpoint_id = ${endpointId} AND id = ${id} AND digest = ${digest}))`;
  const results = await db.batch([
    db
      .insert(deliveries)
      .values({ ...rowOf(delivery, content), status: "received", next_at: receivedAt + TRY_MS })
      .onConflictDoNothing(),
    ...keepRequest(db, delivery),
    db
      .insert(webhookEvents)
      .values({ endpoint_id: endpointId, id, digest, received_at: receivedAt })
      .onConflictDoNothing(),
    db
      .insert(knownNames)
      .select(
        sql`SELECT ${programId}, value ->> 'name', coalesce((${knownKey}), ${ownKey}),
            CASE WHEN value ->> 'payment' IS NOT NULL THEN coalesce((${knownPayment}), value ->> 'payment') END,
            ${originOf(delivery, claim)}
          FROM json_each(${names})
          WHERE coalesce((${knownKey}), ${ownKey}) IS NOT NULL AND ${isOurs}`,
      )
      .onConflictDoNothing(),
    db
      .insert(customers)
      .select(
        sql`SELECT key, ${programId}, NULL, 0, CASE WHEN key = ${claim.customer_key} THEN ${claim.namespace} END, ${receivedAt}
          FROM (SELECT coalesce((${knownKey}), ${ownKey}) AS key) WHERE key IS NOT NULL AND ${isOurs}`,
      )
      .onConflictDoNothing(),
    db
      .insert(unrelayedCustomers)
      .select(
        sql`SELECT key, ${receivedAt} FROM (SELECT coalesce((${knownKey}), ${ownKey}) AS key)
          WHERE key IS NOT NULL AND ${isOurs}`,
      )
      .onConflictDoUpdate({
        target: unrelayedCustomers.key,
        set: { since: sql`max(${unrelayedCustomers.since}, excluded.since)` },
      }),
    db.select({ digest: webhookEvents.digest }).from(webhookEvents).where(isClaim),
    db
      .select({ payment: sql<string | null>`(${knownPayment})`.as("found_payment"), own: ownKey.as("own_key") })
      .from(sql`(SELECT 1)`),
    db
      .select({
        place: sql<number>`n.key`.as("place"),
        key: sql<string>`coalesce(c.merged_into, k.customer_key)`.as("found_key"),
        namespace: sql<string | null>`h.namespace`.as("found_namespace"),
      })
      .from(
        sql`json_each(${names}) n JOIN known_names k ON k.program_id = ${programId} AND k.name = n.value ->> 'name'
          LEFT JOIN customers c ON c.key = k.customer_key
          LEFT JOIN customers h ON h.key = coalesce(c.merged_into, k.customer_key)`,
      )
      .orderBy(sql`n.key`),
    // Objects that have turned out to be one of those.
    db
      .select({
        key: customers.key,
        into: customers.merged_into,
        done: customers.handed_over,
        namespace: customers.namespace,
      })
      .from(customers)
      .where(
        sql`${customers.merged_into} IN (SELECT coalesce(c.merged_into, k.customer_key) FROM json_each(${names}) n
            JOIN known_names k ON k.program_id = ${programId} AND k.name = n.value ->> 'name'
            LEFT JOIN customers c ON c.key = k.customer_key
          UNION SELECT ${ownKey})`,
      ),
  ]);
  const [claims, [keys], found, merged] = results.slice(-4) as [
    { digest: string }[],
    { payment: string | null; own: string | null }[],
    FoundName[],
    { key: string; into: string; done: boolean | number; namespace: string | null }[],
  ];
  const reused = !claim.is_again && claims[0]?.digest !== digest;
  const holders = gatherHolders(claim, keys?.own ?? null, found, merged);
  const holding = decideHolder(holders) ?? (keys?.own == null ? null : { key: keys.own, merges: [] });
  const payment = keys?.payment ?? null;
  if (holding === null || reused) return { reused, customer_key: holding?.key ?? null, payment, merging: [] };
  if (holding.merges.length > 0) {
    return { reused, payment, ...(await mergeCustomers(db, { ...holding, program_id: programId, at: receivedAt })) };
  }
  const merging = merged.filter(({ into, done }) => into === holding.key && !done).map(({ key }) => key);
  return { reused, customer_key: holding.key, payment, merging };
}

function gatherHolders(
  claim: Claim,
  ownKey: string | null,
  found: readonly FoundName[],
  merged: readonly { into: string; namespace: string | null }[],
): FoundHolders {
  const isEmail = ({ place }: FoundName) => claim.names[place]?.is_email === true;
  const email = found.find(isEmail) ?? null;
  const ofEmail = email === null ? [] : [email, ...merged.filter(({ into }) => into === email.key)];
  return {
    own: claim.namespace === null || ownKey === null ? null : { key: ownKey, namespace: claim.namespace },
    related: found.filter((name) => !isEmail(name)),
    email,
    email_namespaces: ofEmail.flatMap(({ namespace }) => namespace ?? []),
  };
}

/** A key, or what it was merged into. */
function resolved(key: string | null): SQL<string | null> {
  return sql`coalesce((SELECT merged_into FROM customers WHERE key = ${key}), ${key})`;
}

/** Of the names given, in their order, the first one's value that is known. */
function firstKnown(value: SQL, programId: number, names: string): SQL {
  return sql`SELECT ${value} FROM json_each(${names}) n
    JOIN known_names k ON k.program_id = ${programId} AND k.name = n.value ->> 'name'
    LEFT JOIN customers c ON c.key = k.customer_key
    WHERE ${value} IS NOT NULL AND n.value ->> 'finds' ORDER BY n.key LIMIT 1`;
}

/** Takes back the names that an event brought which its object refused: it changes nothing. */
export async function forgetNames(db: Database, delivery: Delivery, claim: Claim): Promise<void> {
  const isOwn = and(eq(knownNames.program_id, delivery.program_id), eq(knownNames.origin, originOf(delivery, claim)));
  const names = claim.names.map(({ name }) => name);
  if (names.length > 0) await db.delete(knownNames).where(and(isOwn, inArray(knownNames.name, names)));
}

function originOf({ endpoint_id }: Delivery, { event_id }: Claim): string {
  return `${endpoint_id}:${event_id}`;
}
