/** The D1 tables that `commissions/` owns: others may read them, only this folder writes them. */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const ledgerEntries = sqliteTable(
  "ledger_entries",
  {
    id: text("id").primaryKey(),
    programId: integer("program_id").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    number: integer("number").notNull(),
    kind: text("kind").notNull(),
    amount: integer("amount").notNull(),
    currency: text("currency").notNull(),
    conversion: text("conversion"),
    baseAmount: integer("base_amount"),
    rateBps: integer("rate_bps"),
    termsVersion: integer("terms_version"),
    occurredAt: integer("occurred_at").notNull(),
    clearsAt: integer("clears_at").notNull(),
    corrects: text("corrects"),
    fromAffiliateId: integer("from_affiliate_id"),
    rule: integer("rule"),
    flat: integer("flat"),
    tier: text("tier"),
    reason: text("reason"),
    hash: text("hash"),
  },
  (table) => [
    uniqueIndex("ledger_entries_by_account").on(table.affiliateId, table.programId, table.number),
    index("ledger_entries_by_conversion").on(table.conversion),
    index("ledger_entries_summed").on(
      table.affiliateId,
      table.programId,
      table.currency,
      table.occurredAt,
      table.kind,
      table.clearsAt,
      table.amount,
    ),
  ],
);
