/** The D1 tables that `mail/` owns. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Addresses that no email is sent to for now, as keyed hashes. */
export const suppressedAddresses = sqliteTable("suppressed_addresses", {
  address_hash: text("address_hash").primaryKey(),
  suppressed_at: integer("suppressed_at").notNull(),
});
