import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

/** D1 with drizzle. It has no `transaction()`; use `batch` for atomic writes. */
export type Database = DrizzleD1Database<Record<string, never>> & { $client: D1Database };

/** Opens D1. Cheap: it makes no connection. */
export function openDatabase(binding: D1Database): Database {
  return drizzle(binding);
}
