import { DrizzleQueryError, type SQL } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { isSchemaMissing } from "../lib/missing-schema.ts";

/**
 * drizzle writes a failed query's parameters into the error: names, addresses, hashes of sessions, which would get into the
 * log. These accessors run when its constructor assigns the fields, before it takes the stack, and leave the SQL only.
 */
Object.defineProperties(DrizzleQueryError.prototype, {
  query: {
    set(this: Error, query: string) {
      this.message = `Failed query: ${query}`;
      Object.defineProperty(this, "query", { value: query, enumerable: true });
    },
  },
  params: { get: () => [], set: () => {} },
  // Between objects, only the message survives; it must still say that a table or column is missing.
  cause: {
    set(this: Error, cause: unknown) {
      if (isSchemaMissing(cause) && !isSchemaMissing(this)) this.message += `\n${(cause as Error).message}`;
      Object.defineProperty(this, "cause", { value: cause, configurable: true, writable: true });
    },
  },
});

/**
 * SQLite reads a double-quoted name that is no column as a text: without its migration, `SELECT "detail" FROM deliveries` returns
 * the word "detail" in every row. So drizzle's SQL names each column with its table, also where a query has one table only.
 */
const buildSelection: (this: object, fields: unknown) => SQL = Reflect.get(
  SQLiteAsyncDialect.prototype,
  "buildSelection",
);
Object.defineProperty(SQLiteAsyncDialect.prototype, "buildSelection", {
  value(this: object, fields: unknown) {
    return buildSelection.call(this, fields);
  },
});

/** D1 with drizzle. It has no `transaction()`; use `batch` for atomic writes. */
export type Database = DrizzleD1Database<Record<string, never>> & { $client: D1Database };

/** Opens D1. Cheap: it makes no connection. */
export function openDatabase(binding: D1Database): Database {
  return drizzle(binding);
}
