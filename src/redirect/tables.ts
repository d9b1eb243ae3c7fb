/** The D1 tables that `redirect/` owns: others may read them, but only this folder writes them. */
import { blob, integer, primaryKey, sqliteTable } from "drizzle-orm/sqlite-core";
import { programs } from "../programs/tables.ts";

export const visitorKeys = sqliteTable(
  "visitor_keys",
  {
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    day: integer("day").notNull(),
    key: blob("key").notNull(),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.day] })],
);
