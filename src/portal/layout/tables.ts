/** The D1 tables that `portal/layout/` owns: others may read them, only this folder writes them. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

const time = (name: string) => integer(name);

export const signInLinks = sqliteTable("sign_in_links", {
  tokenHash: text("token_hash").primaryKey(),
  affiliateId: integer("affiliate_id").notNull(),
  expiresAt: time("expires_at").notNull(),
});

export const sessions = sqliteTable("sessions", {
  tokenHash: text("token_hash").primaryKey(),
  affiliateId: integer("affiliate_id").notNull(),
  expiresAt: time("expires_at").notNull(),
});

export const signInMails = sqliteTable(
  "sign_in_mails",
  {
    affiliateId: integer("affiliate_id").notNull(),
    sentAt: time("sent_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.affiliateId, table.sentAt] })],
);
