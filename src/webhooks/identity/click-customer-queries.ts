/** Numbers the distinct customers who came with a click, in the transaction that stores the event. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { CUSTOMERS_PER_CLICK_MAX } from "../../programs/terms.ts";
import { clickCustomers } from "../tables.ts";

/** A click that an event came with, and the key of its customer, which may be null. */
export interface ClickOfCustomer {
  click_id: string;
  key: SQL<string | null>;
}

/** The customer's number for the click, or null; also that of a customer who was merged into it. */
function findNumber({ click_id, key }: ClickOfCustomer): SQL<number | null> {
  return sql<number | null>`(SELECT min(number) FROM click_customers WHERE click_id = ${click_id} AND customer_key IN (
    SELECT ${key} UNION ALL SELECT key FROM customers WHERE merged_into = ${key}))`;
}

/**
 * The statement that numbers a customer, unless it has a number: one more than the click's distinct customers, of whom several
 * may have been merged into one. Once a click has more customers than any terms allow, no more are stored.
 */
export function numberCustomer(db: Database, click: ClickOfCustomer, isAllowed: SQL) {
  const { click_id, key } = click;
  const last = sql`(SELECT count(DISTINCT coalesce(c.merged_into, n.customer_key)) FROM click_customers n
    LEFT JOIN customers c ON c.key = n.customer_key WHERE n.click_id = ${click_id})`;
  return db
    .insert(clickCustomers)
    .select(
      sql`SELECT ${click_id}, key, last + 1 FROM (SELECT ${key} AS key, ${last} AS last)
        WHERE key IS NOT NULL AND last < ${CUSTOMERS_PER_CLICK_MAX} AND ${findNumber(click)} IS NULL AND ${isAllowed}`,
    )
    .onConflictDoNothing();
}

/** The statement that reads the customer's number: one beyond the last that is stored, where it has none of its own. */
export function selectNumber(db: Database, click: ClickOfCustomer) {
  const number = sql<number>`coalesce(${findNumber(click)}, ${CUSTOMERS_PER_CLICK_MAX + 1})`;
  return db.select({ number: number.as("click_customer_number") }).from(sql`(SELECT 1)`);
}

/** The query whether the customer has a number, and its key: before {@link numberCustomer} in the same batch. */
export function selectNumbered(db: Database, click: ClickOfCustomer) {
  const before = sql<number | null>`${findNumber(click)}`;
  return db.select({ before: before.as("number_before"), key: click.key.as("numbered_key") }).from(sql`(SELECT 1)`);
}

/** The statement that takes a customer's number back, because the event that it was given for is refused. */
export function deleteNumber(db: Database, { click_id, key }: { click_id: string; key: string }) {
  return db
    .delete(clickCustomers)
    .where(and(eq(clickCustomers.click_id, click_id), eq(clickCustomers.customer_key, key)));
}
