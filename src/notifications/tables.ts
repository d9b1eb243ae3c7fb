/** The D1 tables that `notifications/` owns: others may read them, only this folder writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

const time = (name: string) => integer(name);

export const notifiedAffiliates = sqliteTable(
  "notified_affiliates",
  {
    affiliateId: integer("affiliate_id").primaryKey(),
    sales: text("sales", { enum: ["each", "daily", "never"] })
      .notNull()
      .default("each"),
    payouts: integer("payouts", { mode: "boolean" }).notNull().default(true),
    zone: text("zone"),
    dueAt: time("due_at"),
    leasedUntil: time("leased_until").notNull().default(0),
    attempts: integer("attempts").notNull().default(0),
    salesSentAt: time("sales_sent_at"),
  },
  (table) => [index("notified_affiliates_due").on(table.dueAt).where(sql`due_at IS NOT NULL`)],
);

export const notifications = sqliteTable(
  "notifications",
  {
    affiliateId: integer("affiliate_id").notNull(),
    kind: text("kind", { enum: ["sale", "paid", "failed", "returned"] }).notNull(),
    subject: text("subject").notNull(),
    happenedAt: time("happened_at").notNull(),
    notedAt: time("noted_at").notNull(),
    toldAt: time("told_at"),
  },
  (table) => [primaryKey({ columns: [table.affiliateId, table.kind, table.subject] })],
);
