/** SQL fragments that look up the customer identifiers of an event. */
import { type AnyColumn, type SQL, sql } from "drizzle-orm";
import type { CustomerIdentifier } from "./identifiers.ts";

/** The identifiers of an event of a program, as one SQL parameter. */
export interface IdentifierList {
  program_id: number;
  /** A JSON array of {@link CustomerIdentifier}. */
  json: string;
}

export function identifierList(program_id: number, identifiers: readonly CustomerIdentifier[]): IdentifierList {
  return { program_id, json: JSON.stringify(identifiers) };
}

/** The customer of a row of {@link fromRecordedIdentifiers}, after merges. */
export const RECORDED_CUSTOMER = sql<string>`coalesce(c.merged_into, k.customer_key)`;

/**
 * The identifiers of the list (`n`, whose key is the position in the list) that are recorded (`k`), with their customers
 * (`c`).
 */
export function fromRecordedIdentifiers({ program_id, json }: IdentifierList): SQL {
  return sql`json_each(${json}) n
    JOIN known_names k ON k.program_id = ${program_id} AND k.name = n.value ->> 'identifier'
    LEFT JOIN customers c ON c.key = k.customer_key`;
}

/** The customer of the first recorded identifier that the event finds its customer by. */
export function firstRecordedCustomer(list: IdentifierList): SQL<string | null> {
  return firstRecorded(RECORDED_CUSTOMER, list);
}

/** The main id of the payment, as recorded by the first event that had one of the identifiers. */
export function firstRecordedPayment(list: IdentifierList): SQL<string | null> {
  return firstRecorded(sql`k.payment`, list);
}

function firstRecorded(column: SQL, list: IdentifierList): SQL<string | null> {
  return sql`(SELECT ${column} FROM ${fromRecordedIdentifiers(list)}
    WHERE ${column} IS NOT NULL AND n.value ->> 'is_lookup' ORDER BY n.key LIMIT 1)`;
}

/** Whether a key is that of an erased customer; see `isErasedKey`. */
export function isErasedCustomer(key: SQL | AnyColumn): SQL {
  const kind = sql`ltrim(${key}, '0123456789')`;
  return sql`(${kind} GLOB ':erased:*' OR ${kind} GLOB ':test:erased:*')`;
}

/** A customer's key, or the key of the customer that it was merged into. */
export function mergedKey(key: string | null): SQL<string | null> {
  return sql`coalesce((SELECT merged_into FROM customers WHERE key = ${key}), ${key})`;
}
