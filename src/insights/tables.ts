/** The D1 tables that `insights/` owns. Others may read them; only this folder writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

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

/** A program's conversions by day, without test mode. Triggers on `conversions` keep it. */
export const conversionDays = sqliteTable(
  "conversion_days",
  {
    program_id: integer("program_id").notNull(),
    day: integer("day").notNull(),
    type: text("type").notNull(),
    /** Empty for none. */
    currency: text("currency").notNull(),
    credited: integer("credited").notNull().default(0),
    uncredited: integer("uncredited").notNull().default(0),
    revenue: integer("revenue").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.day, table.type, table.currency] })],
);

/** The sums of a program's ledgers by day. Triggers on `ledger_entries` and `conversions` keep it. */
export const ledgerDays = sqliteTable(
  "ledger_days",
  {
    program_id: integer("program_id").notNull(),
    day: integer("day").notNull(),
    currency: text("currency").notNull(),
    posted: integer("posted").notNull().default(0),
    entries: integer("entries").notNull().default(0),
    paid: integer("paid").notNull().default(0),
    available: integer("available").notNull().default(0),
    earned: integer("earned").notNull().default(0),
    earned_entries: integer("earned_entries").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.day, table.currency] })],
);
