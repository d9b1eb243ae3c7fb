/** The D1 tables owned by `operations/`. Other folders may read them; only this one writes them. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { checkEnum } from "../db/check-enum.ts";

export const statusChecks = sqliteTable("status_checks", {
  id: integer("id").primaryKey(),
  checked_at: integer("checked_at").notNull(),
  failed_channels: text("failed_channels", { mode: "json" }).$type<string[]>().notNull().default([]),
});

export const statusItems = sqliteTable(
  "status_items",
  {
    name: text("name").primaryKey(),
    status: text("status", { enum: ["warning", "failing"] }).notNull(),
    since: integer("since").notNull(),
    ok_since: integer("ok_since"),
    alerted_at: integer("alerted_at"),
    alerted_as: text("alerted_as", { enum: ["warning", "failing"] }),
  },
  (table) => [checkEnum(table.status)],
);

export const databaseSizes = sqliteTable("database_sizes", {
  day: integer("day").primaryKey(),
  bytes: integer("bytes").notNull(),
});
