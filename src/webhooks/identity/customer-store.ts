/** Finds the customer of an event by its identifiers, and records these for later events. */
import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { runBatch } from "../../db/named-batch.ts";
import { isErasedKey } from "../conversion-event.ts";
import { customerIdentifiers, customers } from "../tables.ts";
import { type Assignment, assignCustomer, type Candidate, type Candidates } from "./assign-customer.ts";
import { mergeCustomers } from "./customer-merge-store.ts";
import {
  firstRecordedCustomer,
  firstRecordedPayment,
  fromRecordedIdentifiers,
  type IdentifierList,
  identifierList,
  isErasedCustomer,
  mergedKey,
  RECORDED_CUSTOMER,
} from "./identifier-queries.ts";
import type { CustomerIdentifier } from "./identifiers.ts";
import { markUnrelayed } from "./unrelayed-store.ts";

/** How an event names its customer. */
export interface NamedCustomer {
  program_id: number;
  /** When the event was received, in ms. */
  at: number;
  /** What recorded the identifiers, so that they can be removed again; see {@link deleteIdentifiers}. */
  origin: string;
  identifiers: readonly CustomerIdentifier[];
  /** The customer that it creates where none of its identifiers is recorded; null where it must wait instead. */
  customer_key: string | null;
  /** The namespace of the customer id in that key; null where the key has no id. */
  namespace: string | null;
  /** Whether the event may record anything. */
  may_change: SQL;
}

interface RecordedIdentifier extends Candidate {
  /** Its position among the event's identifiers. */
  position: number;
}

interface MergedCustomer {
  key: string;
  into: string | null;
  namespace: string | null;
  handed_over: boolean;
}

interface FoundCustomers {
  keys: readonly { own: string | null; payment: string | null }[];
  recorded: readonly RecordedIdentifier[];
  merged: readonly MergedCustomer[];
}

/** The statements of a batch that record the identifiers and read their customers. `key` is the event's customer. */
export function recordCustomer(db: Database, named: NamedCustomer) {
  const { program_id, at, origin, customer_key, namespace, may_change } = named;
  const list = identifierList(program_id, named.identifiers);
  const ownKey = mergedKey(customer_key);
  const key = sql<string | null>`coalesce(${firstRecordedCustomer(list)}, ${ownKey})`;
  const statements = {
    identifiers: db
      .insert(customerIdentifiers)
      .select(
        sql`SELECT ${program_id}, value ->> 'identifier', ${key},
            CASE WHEN value ->> 'payment' IS NOT NULL
              THEN coalesce(${firstRecordedPayment(list)}, value ->> 'payment') END,
            ${origin}
          FROM json_each(${list.json})
          WHERE ${key} IS NOT NULL AND ${may_change} AND NOT (value ->> 'is_email' AND ${isErasedCustomer(key)})`,
      )
      .onConflictDoNothing(),
    customer: db
      .insert(customers)
      .select(
        sql`SELECT key, ${program_id}, NULL, 0, CASE WHEN key = ${customer_key} THEN ${namespace} END, ${at}
          FROM (SELECT ${key} AS key) WHERE key IS NOT NULL AND ${may_change}`,
      )
      .onConflictDoNothing(),
    unrelayed: markUnrelayed(
      db,
      sql`SELECT key, ${at} FROM (SELECT ${key} AS key) WHERE key IS NOT NULL AND ${may_change}`,
    ),
    keys: db
      .select({ payment: firstRecordedPayment(list).as("recorded_payment"), own: ownKey.as("own_key") })
      .from(sql`(SELECT 1)`),
    recorded: selectRecordedIdentifiers(db, list),
    merged: selectMergedCustomers(db, list, ownKey),
  };
  return { key, statements };
}

/** The customer that the statements found, and those to merge into it; null where there is none yet. */
export function findAssignment(named: NamedCustomer, found: FoundCustomers): Assignment | null {
  const own = found.keys[0]?.own ?? null;
  return assignCustomer(gatherCandidates(named, own, found)) ?? (own === null ? null : { key: own, merges: [] });
}

/** The event's customer, and the objects that must hand over their history to it. Merges customers that are the same. */
export async function mergeAssigned(
  db: Database,
  named: NamedCustomer,
  found: FoundCustomers,
): Promise<{ customer_key: string | null; merging: string[] }> {
  const assignment = findAssignment(named, found);
  if (assignment === null) return { customer_key: null, merging: [] };
  const { program_id, at } = named;
  if (assignment.merges.length > 0) return mergeCustomers(db, { ...assignment, program_id, at });
  // What is merged into an erased customer is handed over by `completeErasure`.
  const isOpen = !isErasedKey(assignment.key);
  const merging = found.merged.filter(({ into, handed_over }) => isOpen && into === assignment.key && !handed_over);
  return { customer_key: assignment.key, merging: merging.map(({ key }) => key) };
}

/**
 * Finds the customer of an event that isn't a delivery, such as a sale entered by hand, and records its identifiers. `payment` is
 * the main id of its payment, with its namespace. Throws while D1 is unavailable.
 */
export async function storeCustomer(
  db: Database,
  named: Omit<NamedCustomer, "may_change">,
): Promise<{ customer_key: string | null; merging: string[]; payment: string | null }> {
  const given = { ...named, may_change: sql`1` };
  const found = await runBatch(db, recordCustomer(db, given).statements);
  return { ...(await mergeAssigned(db, given, found)), payment: found.keys[0]?.payment ?? null };
}

/** What {@link storeCustomer} would find, without recording anything. `merges`: whether it would merge customers. */
export async function peekCustomer(
  db: Database,
  named: Omit<NamedCustomer, "may_change">,
): Promise<{ customer_key: string | null; merges: boolean; payment: string | null }> {
  const given = { ...named, may_change: sql`0` };
  const found = await runBatch(db, recordCustomer(db, given).statements);
  const assignment = findAssignment(given, found);
  const merges = assignment !== null && assignment.merges.length > 0;
  return { customer_key: assignment?.key ?? null, merges, payment: found.keys[0]?.payment ?? null };
}

/** The statement that removes the identifiers that an event recorded. */
export function deleteIdentifiers(
  db: Database,
  { program_id, origin, identifiers }: Pick<NamedCustomer, "program_id" | "origin" | "identifiers">,
) {
  const names = identifiers.map(({ identifier }) => identifier);
  return db
    .delete(customerIdentifiers)
    .where(
      and(
        eq(customerIdentifiers.program_id, program_id),
        eq(customerIdentifiers.origin, origin),
        inArray(customerIdentifiers.name, names),
      ),
    );
}

function selectRecordedIdentifiers(db: Database, list: IdentifierList) {
  return db
    .select({
      position: sql<number>`n.key`.as("position"),
      key: RECORDED_CUSTOMER.as("recorded_key"),
      namespace: sql<string | null>`m.namespace`.as("recorded_namespace"),
    })
    .from(sql`${fromRecordedIdentifiers(list)} LEFT JOIN customers m ON m.key = ${RECORDED_CUSTOMER}`)
    .orderBy(sql`n.key`);
}

/** The customers that were merged into one of the event's candidates. */
function selectMergedCustomers(db: Database, list: IdentifierList, ownKey: SQL) {
  return db
    .select({
      key: customers.key,
      into: customers.merged_into,
      namespace: customers.namespace,
      handed_over: customers.handed_over,
    })
    .from(customers)
    .where(
      sql`${customers.merged_into} IN (SELECT ${RECORDED_CUSTOMER} FROM ${fromRecordedIdentifiers(list)}
        UNION SELECT ${ownKey})`,
    );
}

function gatherCandidates(
  { identifiers, namespace }: Pick<NamedCustomer, "identifiers" | "namespace">,
  ownKey: string | null,
  { recorded, merged }: FoundCustomers,
): Candidates {
  const isEmail = ({ position }: RecordedIdentifier) => identifiers[position]?.is_email === true;
  const email = recorded.find(isEmail) ?? null;
  const withEmail = email === null ? [] : [email, ...merged.filter(({ into }) => into === email.key)];
  return {
    own: namespace === null || ownKey === null ? null : { key: ownKey, namespace },
    related: recorded.filter((identifier) => !isEmail(identifier)),
    email,
    email_namespaces: withEmail.flatMap(({ namespace }) => namespace ?? []),
  };
}
