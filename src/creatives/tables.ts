/** The D1 tables that `creatives/` owns. Others may read them; only this folder writes them. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { checkEnum } from "../db/check-enum.ts";
import { programs } from "../programs/tables.ts";

export const creatives = sqliteTable(
  "creatives",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    kind: text("kind", { enum: ["image", "text", "resource"] }).notNull(),
    title: text("title").notNull(),
    url: text("url"),
    width: integer("width"),
    height: integer("height"),
    alt: text("alt"),
    text: text("text"),
    destination_url: text("destination_url"),
    position: integer("position").notNull(),
    digest: text("digest").notNull(),
    created_at: integer("created_at").notNull(),
  },
  (table) => [checkEnum(table.kind), index("creatives_by_program").on(table.program_id, table.position, table.id)],
);
