/** The D1 tables that `mail/` owns. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { checkEnum } from "../db/check-enum.ts";

/** Addresses that no email is sent to for now, as keyed hashes. */
export const suppressedAddresses = sqliteTable(
  "suppressed_addresses",
  {
    address_hash: text("address_hash").primaryKey(),
    reason: text("reason", { enum: ["bounced", "complained", "refused"] }).notNull(),
    suppressed_at: integer("suppressed_at").notNull(),
  },
  (table) => [checkEnum(table.reason)],
);
