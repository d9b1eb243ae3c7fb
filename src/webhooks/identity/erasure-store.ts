/**
 * Erasures of customers in D1. An erasure is recorded like a merge, into a new customer with a random key, so that later events
 * go there and a crash leaves something to complete. At the end, nothing with the old keys is left.
 */
import { and, eq, isNotNull, or, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Database } from "../../db/database.ts";
import { runBatch } from "../../db/named-batch.ts";
import { qualifyId } from "../conversion-event.ts";
import {
  clickCustomers,
  customerIdentifiers,
  customers,
  endpoints,
  unrelayedCustomers,
  webhookEvents,
} from "../tables.ts";
import { isErasedCustomer } from "./identifier-queries.ts";
import { markUnrelayed } from "./unrelayed-store.ts";

/** A customer's id, or the keyed hash of its email address. Without a namespace, an id may be any namespace's. */
export type WantedCustomer = { id: string; namespace: string | null } | { email_hash: string };

/** A customer that was found. */
export interface FoundCustomer {
  /** The key of its object, after merges. */
  key: string;
  /** The part of a key with the wanted id, after its kind: the id with its namespace. Null if found by email. */
  qualified_id: string | null;
  test: boolean;
}

/** An event's id, and what replaces it; see `hashEventId`. */
export interface ErasedEvent {
  endpoint: string;
  id: string;
  erased_id: string;
  /** Milliseconds since the epoch. */
  received_at: number;
}

const SCOPES = [":id:", ":test:id:"];

/** The customers with this id or email hash: one at most for live and test mode each, unless ids of namespaces are equal. */
export async function findCustomers(db: Database, programId: number, wanted: WantedCustomer): Promise<FoundCustomer[]> {
  const found =
    "email_hash" in wanted ? findByEmail(db, programId, wanted.email_hash) : findById(db, programId, wanted);
  const rows = await found;
  return [...new Map(rows.map((row) => [`${row.key}\n${row.qualified_id}`, row])).values()];
}

async function findById(
  db: Database,
  programId: number,
  { id, namespace }: { id: string; namespace: string | null },
): Promise<FoundCustomer[]> {
  const scopes = SCOPES.map((scope) => `${programId}${scope}`);
  const isExact = keyIn(scopes.map((scope) => `${scope}${qualifyId(namespace ?? "", id)}`));
  const rows = await db
    .select({ key: customers.key, merged_into: customers.merged_into })
    .from(customers)
    .where(
      and(
        eq(customers.program_id, programId),
        namespace === null ? or(isExact, ...scopes.map((scope) => isOfProvider(programId, scope, id))) : isExact,
      ),
    );
  return rows.map(({ key, merged_into }) => {
    const [scope = "", qualified_id = ""] = /^(\d+(?::test)?:id:)(.*)$/s.exec(key)?.slice(1) ?? [];
    return { key: merged_into ?? key, qualified_id, test: scope.includes(":test:") };
  });
}

/** Whether a key has this id in a provider's namespace; the namespace of an older row isn't stored. */
function isOfProvider(programId: number, scope: string, id: string): SQL {
  const prefix = sql`(${scope} || e.source || ':')`;
  const suffix = `:${id}`;
  return sql`((${customers.namespace} <> '' AND ${customers.key} = ${scope} || ${customers.namespace} || ${suffix})
    OR (${customers.namespace} IS NULL AND EXISTS (SELECT 1 FROM ${endpoints} e WHERE e.program_id = ${programId}
      AND substr(${customers.key}, 1, length(${prefix})) = ${prefix}
      AND substr(${customers.key}, -length(${suffix})) = ${suffix})))`;
}

function keyIn(keys: readonly string[]): SQL {
  return sql`${customers.key} IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`;
}

async function findByEmail(db: Database, programId: number, hash: string): Promise<FoundCustomer[]> {
  const names = JSON.stringify([`email:${hash}`, `test:email:${hash}`]);
  const rows = await db.all<{ key: string; is_test: number }>(sql`
    SELECT coalesce(c.merged_into, k.customer_key) AS key, k.name LIKE 'test:%' AS is_test
    FROM json_each(${names}) n JOIN ${customerIdentifiers} k ON k.program_id = ${programId} AND k.name = n.value
    LEFT JOIN ${customers} c ON c.key = k.customer_key
    UNION SELECT coalesce(c.merged_into, c.key), n.value LIKE 'test:%'
    FROM json_each(${names}) n JOIN ${customers} c ON c.key = ${`${programId}:`} || n.value`);
  return rows.map(({ key, is_test }) => ({ key, qualified_id: null, test: is_test === 1 }));
}

/** The keys of a customer's object and of those merged into it, and which of them still have to hand over. */
export async function listKeys(db: Database, key: string): Promise<{ keys: string[]; merging: string[] }> {
  const rows = await db
    .select({ key: customers.key, handed_over: customers.handed_over })
    .from(customers)
    .where(eq(customers.merged_into, key));
  const merging = rows.filter(({ handed_over }) => !handed_over).map((row) => row.key);
  return { keys: [key, ...rows.map((row) => row.key)], merging };
}

/** The identifiers recorded for these keys. */
export async function listNames(db: Database, programId: number, keys: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ name: customerIdentifiers.name })
    .from(customerIdentifiers)
    .where(and(eq(customerIdentifiers.program_id, programId), isOneOf(customerIdentifiers.customer_key, keys)));
  return rows.map(({ name }) => name);
}

function isOneOf(
  column: typeof customerIdentifiers.customer_key | typeof clickCustomers.customer_key | SQL,
  keys: readonly string[],
): SQL {
  return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`;
}

/** How many identifiers are recorded for these keys, by kind: `payment`, `subscription`, `related` and `email`. */
export async function countIdentifiers(
  db: Database,
  programId: number,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const name of await listNames(db, programId, keys)) {
    const kind = /^(?:test:)?([^:]*)/.exec(name)?.[1] ?? "";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/**
 * Records that a customer and those merged into it are erased into a new one, with `alongside` in the same batch. Returns the new one's key: that of an earlier call
 * if it wasn't completed.
 */
export async function beginErasure(
  db: Database,
  { key, erased_key, program_id, at }: { key: string; erased_key: string; program_id: number; at: number },
  alongside: readonly BatchItem<"sqlite">[] = [],
): Promise<string> {
  const isOpen = sql`EXISTS (SELECT 1 FROM customers WHERE key = ${key} AND merged_into IS NULL)`;
  const { erased } = await runBatch(db, {
    // An identifier of an early release may name a customer without a row.
    old: db.insert(customers).values({ key, program_id, first_seen_at: at }).onConflictDoNothing(),
    made: db
      .insert(customers)
      .select(
        sql`SELECT ${erased_key}, ${program_id}, NULL, 0, NULL, first_seen_at FROM customers
          WHERE key = ${key} AND merged_into IS NULL`,
      )
      .onConflictDoNothing(),
    unrelayed: markUnrelayed(db, sql`SELECT ${erased_key}, ${at} WHERE ${isOpen}`),
    merged: db
      .update(customers)
      .set({ merged_into: erased_key, handed_over: false })
      .where(and(isOpen, or(eq(customers.key, key), eq(customers.merged_into, key)))),
    alongside,
    erased: db.select({ erased_into: customers.merged_into }).from(customers).where(eq(customers.key, key)),
  });
  return erased[0]?.erased_into ?? erased_key;
}

/** Erasures that were begun but not completed, by the new customer's key. */
export async function listOpenErasures(db: Database, limit: number): Promise<{ key: string; program_id: number }[]> {
  const rows = await db
    .selectDistinct({ key: customers.merged_into, program_id: customers.program_id })
    .from(customers)
    .where(
      and(isNotNull(customers.merged_into), eq(customers.handed_over, false), isErasedCustomer(customers.merged_into)),
    )
    .limit(limit);
  return rows.map(({ key, program_id }) => ({ key: key ?? "", program_id }));
}

/** Replaces the ids of events that an object recorded. An event that is still on its way there keeps its id, and is recorded. */
export async function eraseEvents(db: Database, events: readonly ErasedEvent[]): Promise<void> {
  await db.run(sql`UPDATE OR REPLACE ${webhookEvents} SET id = e.erased_id, digest = ''
    FROM (SELECT value ->> 'endpoint' AS endpoint, value ->> 'id' AS event, value ->> 'erased_id' AS erased_id
      FROM json_each(${JSON.stringify(events)})) e
    WHERE endpoint_id = e.endpoint AND id = e.event`);
}

/** What replaces the event that recorded an identifier. */
const ERASED_ORIGIN = "erased";

/**
 * Removes the old keys: email hashes are deleted, identifiers of payments and subscriptions become the new customer's, and so do
 * its places among the customers of its clicks. In one transaction, because nothing finds the old keys afterwards.
 */
export async function finishErasure(
  db: Database,
  { program_id, keys, erased_key }: { program_id: number; keys: readonly string[]; erased_key: string },
): Promise<void> {
  const isOld = isOneOf(customerIdentifiers.customer_key, keys);
  const isEmail = sql`(${customerIdentifiers.name} GLOB 'email:*' OR ${customerIdentifiers.name} GLOB 'test:email:*')`;
  await db.batch([
    db.delete(customerIdentifiers).where(and(eq(customerIdentifiers.program_id, program_id), isOld, isEmail)),
    db
      .update(customerIdentifiers)
      .set({ customer_key: erased_key, origin: ERASED_ORIGIN })
      .where(and(eq(customerIdentifiers.program_id, program_id), isOld)),
    db
      .insert(clickCustomers)
      .select(
        sql`SELECT click_id, ${erased_key}, min(number) FROM click_customers
          WHERE ${isOneOf(clickCustomers.customer_key, keys)} GROUP BY click_id`,
      )
      .onConflictDoUpdate({
        target: [clickCustomers.click_id, clickCustomers.customer_key],
        set: { number: sql`min(${clickCustomers.number}, excluded.number)` },
      }),
    db.delete(clickCustomers).where(isOneOf(clickCustomers.customer_key, keys)),
    db.delete(unrelayedCustomers).where(isOneOf(sql`${unrelayedCustomers.key}`, keys)),
    db.delete(customers).where(and(keyIn(keys), eq(customers.merged_into, erased_key))),
  ]);
}
