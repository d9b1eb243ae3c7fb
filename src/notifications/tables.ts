/** The D1 tables that `notifications/` owns: others may read them, only this folder writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { affiliates } from "../affiliates/tables.ts";
import { checkEnum } from "../db/check-enum.ts";

const time = (name: string) => integer(name);

export const notifiedAffiliates = sqliteTable(
  "notified_affiliates",
  {
    affiliate_id: integer("affiliate_id")
      .primaryKey()
      .references(() => affiliates.id),
    sales: text("sales", { enum: ["each", "daily", "never"] })
      .notNull()
      .default("each"),
    payouts: integer("payouts", { mode: "boolean" }).notNull().default(true),
    zone: text("zone"),
    due_at: time("due_at"),
    leased_until: time("leased_until").notNull().default(0),
    attempts: integer("attempts").notNull().default(0),
    sales_sent_at: time("sales_sent_at"),
  },
  (table) => [checkEnum(table.sales), index("notified_affiliates_due").on(table.due_at).where(sql`due_at IS NOT NULL`)],
);

export const notifications = sqliteTable(
  "notifications",
  {
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    kind: text("kind", { enum: ["sale", "paid", "failed", "returned"] }).notNull(),
    subject: text("subject").notNull(),
    happened_at: time("happened_at").notNull(),
    noted_at: time("noted_at").notNull(),
    told_at: time("told_at"),
  },
  (table) => [checkEnum(table.kind), primaryKey({ columns: [table.affiliate_id, table.kind, table.subject] })],
);
