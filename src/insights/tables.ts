/** The D1 tables that `insights/` owns. Others may read them; only this folder writes them. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const creditedClicks = sqliteTable(
  "credited_clicks",
  {
    id: text("id").primaryKey(),
    link_id: integer("link_id").notNull(),
    hour: integer("hour").notNull(),
    sought: integer("sought", { mode: "boolean" }).notNull().default(true),
    country: text("country"),
    device: integer("device"),
    referrer: text("referrer"),
    subs: text("subs", { mode: "json" }).$type<(string | null)[]>(),
  },
  (table) => [index("credited_clicks_sought").on(table.hour).where(sql`${table.sought} = 1`)],
);
