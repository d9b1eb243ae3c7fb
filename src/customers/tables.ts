/** The D1 tables that `customers/` owns: others may read them, only this folder writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

const time = (name: string) => integer(name);

export const conversions = sqliteTable(
  "conversions",
  {
    id: text("id").primaryKey(),
    programId: integer("program_id").notNull(),
    affiliateId: integer("affiliate_id"),
    linkId: integer("link_id"),
    type: text("type").notNull(),
    status: text("status").notNull(),
    amount: integer("amount"),
    refunded: integer("refunded").notNull(),
    currency: text("currency"),
    occurredAt: time("occurred_at").notNull(),
    reason: text("reason").notNull(),
    record: text("record").notNull(),
    revision: integer("revision").notNull(),
    test: integer("test", { mode: "boolean" }).notNull().default(false),
    customerKey: text("customer_key").notNull().default(""),
    product: text("product"),
    clickId: text("click_id"),
  },
  (table) => [
    index("conversions_by_program").on(table.programId, table.occurredAt),
    index("conversions_by_affiliate").on(
      table.affiliateId,
      table.programId,
      table.occurredAt,
      table.id,
      table.test,
      table.type,
      table.linkId,
      table.product,
      table.clickId,
    ),
    index("conversions_in_test").on(table.occurredAt).where(sql`${table.test} = 1`),
  ],
);

export const touchedConversions = sqliteTable(
  "touched_conversions",
  {
    conversionId: text("conversion_id").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    programId: integer("program_id").notNull(),
    occurredAt: time("occurred_at").notNull(),
    revision: integer("revision").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversionId, table.affiliateId] }),
    index("touched_conversions_by_affiliate").on(table.affiliateId, table.programId, table.occurredAt),
  ],
);
