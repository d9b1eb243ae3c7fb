/** The D1 tables that `announcements/` owns. Others may read them; only this folder writes them. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { programs } from "../programs/tables.ts";

export const announcements = sqliteTable(
  "announcements",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    title: text("title").notNull(),
    text: text("text").notNull(),
    created_at: integer("created_at").notNull(),
  },
  (table) => [index("announcements_by_program").on(table.program_id, table.id)],
);
