/** The D1 tables owned by `commissions/`. Other folders may read them; only this one writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { affiliates } from "../affiliates/tables.ts";
import { programs } from "../programs/tables.ts";

export const ledgerEntries = sqliteTable(
  "ledger_entries",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    number: integer("number").notNull(),
    kind: text("kind").notNull(),
    amount: integer("amount").notNull(),
    currency: text("currency").notNull(),
    conversion: text("conversion"),
    base_amount: integer("base_amount"),
    rate_bps: integer("rate_bps"),
    terms_version: integer("terms_version"),
    occurred_at: integer("occurred_at").notNull(),
    clears_at: integer("clears_at").notNull(),
    corrects: text("corrects"),
    from_affiliate_id: integer("from_affiliate_id").references(() => affiliates.id),
    rule: integer("rule"),
    flat: integer("flat"),
    tier: text("tier"),
    reason: text("reason"),
    hash: text("hash"),
    rate_fraction: text("rate_fraction"),
    own_rates_from: integer("own_rates_from"),
    tier_at: integer("tier_at"),
  },
  (table) => [
    uniqueIndex("ledger_entries_by_account").on(table.affiliate_id, table.program_id, table.number),
    index("ledger_entries_by_conversion").on(table.conversion),
    index("ledger_entries_by_kind").on(table.affiliate_id, table.program_id, table.kind, table.number),
    index("ledger_entries_by_time").on(table.program_id, table.occurred_at, table.currency, table.kind, table.amount),
    index("ledger_entries_available").on(
      table.program_id,
      sql`max(occurred_at, clears_at)`,
      table.currency,
      table.amount,
    ),
    index("ledger_entries_summed").on(
      table.affiliate_id,
      table.program_id,
      table.currency,
      table.occurred_at,
      table.kind,
      table.clears_at,
      table.amount,
    ),
  ],
);

// Triggers keep it: the sum of the entries of each block of 512 numbers.
export const ledgerSums = sqliteTable(
  "ledger_sums",
  {
    affiliate_id: integer("affiliate_id").notNull(),
    program_id: integer("program_id").notNull(),
    currency: text("currency").notNull(),
    block: integer("block").notNull(),
    amount: integer("amount").notNull(),
  },
  (table) => [primaryKey({ columns: [table.affiliate_id, table.program_id, table.currency, table.block] })],
);

export const unrelayedAccounts = sqliteTable(
  "unrelayed_accounts",
  {
    program_id: integer("program_id").notNull(),
    affiliate_id: integer("affiliate_id").notNull(),
    since: integer("since").notNull(),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.affiliate_id] })],
);
