/** The D1 tables that `portal/layout/` owns. Others may read them; only this folder writes them. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { affiliates } from "../../affiliates/tables.ts";
import { users } from "../../users/tables.ts";

const time = (name: string) => integer(name);

export const signInLinks = sqliteTable("sign_in_links", {
  token_hash: text("token_hash").primaryKey(),
  affiliate_id: integer("affiliate_id")
    .notNull()
    .references(() => affiliates.id),
  expires_at: time("expires_at").notNull(),
});

export const sessions = sqliteTable("sessions", {
  token_hash: text("token_hash").primaryKey(),
  affiliate_id: integer("affiliate_id")
    .notNull()
    .references(() => affiliates.id),
  expires_at: time("expires_at").notNull(),
});

// A user of the merchant, or a key without a user, who looks at an affiliate's portal, read only.
export const portalViews = sqliteTable("portal_views", {
  token_hash: text("token_hash").primaryKey(),
  affiliate_id: integer("affiliate_id")
    .notNull()
    .references(() => affiliates.id),
  user_id: text("user_id").references(() => users.id),
  key_id: text("key_id"),
  opened_at: time("opened_at"),
  expires_at: time("expires_at").notNull(),
});

export const signInMails = sqliteTable(
  "sign_in_mails",
  {
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    sent_at: time("sent_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.affiliate_id, table.sent_at] })],
);
