import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

/** D1 behind drizzle. It has no `transaction()`; what must be atomic goes through `batch`. */
export type Database = DrizzleD1Database<Record<string, never>> & { $client: D1Database };

/** Opens D1. Cheap: no connection is made. */
export function openDatabase(binding: D1Database): Database {
  return drizzle(binding);
}
