/** Customers' ids as merchants and providers sent them, and the keys of the objects that hold the customers. */
import { sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { isInScope, type ProgramScope } from "../../programs/scope-queries.ts";
import { programs } from "../../programs/tables.ts";
import { qualifyId } from "../conversion-event.ts";
import { customers, endpoints } from "../tables.ts";
import { withoutNamespace } from "./identifiers.ts";

/** The keys under which conversions of the customer with this id are stored, in any namespace, live and test mode. */
export async function findKeysOfCustomer(db: Database, scope: ProgramScope, id: string): Promise<string[]> {
  const { program_id, namespace } = customers;
  const first = sql`(SELECT min(${namespace}) FROM ${customers} WHERE ${program_id} = ${programs.id})`;
  const next = sql`(SELECT min(${namespace}) FROM ${customers} WHERE ${program_id} = n.program_id AND ${namespace} > n.namespace)`;
  // Each step finds the next namespace in the index. Rows of early releases have none: there it is the provider's source.
  const found = await db
    .select({ program_id: sql<number>`n.program_id`, namespace: sql<string>`n.namespace` })
    .from(
      sql`(WITH RECURSIVE n (program_id, namespace) AS (
        SELECT ${programs.id}, ${first} FROM ${programs} WHERE ${isInScope(programs.id, scope) ?? sql`true`}
        UNION ALL SELECT n.program_id, ${next} FROM n WHERE n.namespace IS NOT NULL)
      SELECT program_id, namespace FROM n WHERE namespace IS NOT NULL
      UNION SELECT id, '' FROM ${programs} UNION SELECT program_id, source FROM ${endpoints}) AS n`,
    )
    .where(scope === null ? undefined : sql`n.program_id IN (SELECT value FROM json_each(${JSON.stringify(scope)}))`);
  const named = found.flatMap((one) => {
    const qualified = qualifyId(one.namespace, id);
    return [`${one.program_id}:id:${qualified}`, `${one.program_id}:test:id:${qualified}`];
  });
  const merged = await db
    .select({ into: customers.merged_into })
    .from(customers)
    .where(sql`${customers.key} IN ${listOf(named)} AND ${customers.merged_into} IS NOT NULL`);
  const keys = [...new Set([...named, ...merged.flatMap(({ into }) => into ?? [])])];
  // A conversion of a customer that was merged a moment ago still has the old key.
  const others = await db
    .select({ key: customers.key })
    .from(customers)
    .where(sql`${customers.merged_into} IN ${listOf(keys)}`);
  return [...new Set([...keys, ...others.map(({ key }) => key)])];
}

/** The ids of customers by their keys; null for a customer without an id, as one that is known by email only. */
export async function readCustomerIds(db: Database, keys: readonly string[]): Promise<Map<string, string | null>> {
  const wanted = [...new Set(keys)];
  const { key, merged_into, namespace } = customers;
  const columns = { key, merged_into, namespace };
  const [own, merged] = await db.batch([
    db
      .select(columns)
      .from(customers)
      .where(sql`${key} IN ${listOf(wanted)}`),
    db
      .select(columns)
      .from(customers)
      .where(sql`${merged_into} IN ${listOf(wanted)}`)
      .orderBy(key),
  ]);
  const namespaces = new Map([...own, ...merged].map((row) => [row.key, row.namespace]));
  return new Map(
    wanted.map((one) => {
      const absorbed = merged.filter((row) => row.merged_into === one).map((row) => row.key);
      const ids = [one, ...absorbed].map((candidate) => idOf(candidate, namespaces.get(candidate) ?? ""));
      return [one, ids.find((id) => id !== null) ?? null];
    }),
  );
}

function idOf(key: string, namespace: string): string | null {
  const [, qualified] = /^\d+:(?:test:)?id:(.*)$/s.exec(key) ?? [];
  return qualified === undefined ? null : withoutNamespace(namespace, qualified);
}

function listOf(keys: readonly string[]) {
  return sql`(SELECT value FROM json_each(${JSON.stringify(keys)}))`;
}
