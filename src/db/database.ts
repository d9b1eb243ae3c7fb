import { DrizzleQueryError } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

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
});

/** D1 with drizzle. It has no `transaction()`; use `batch` for atomic writes. */
export type Database = DrizzleD1Database<Record<string, never>> & { $client: D1Database };

/** Opens D1. Cheap: it makes no connection. */
export function openDatabase(binding: D1Database): Database {
  return drizzle(binding);
}
