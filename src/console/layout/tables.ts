/** The D1 tables that `console/layout/` owns. Others may read them; only this folder writes them. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "../../users/tables.ts";

const time = (name: string) => integer(name);

export const userSignInLinks = sqliteTable("user_sign_in_links", {
  token_hash: text("token_hash").primaryKey(),
  user_id: text("user_id")
    .notNull()
    .references(() => users.id),
  expires_at: time("expires_at").notNull(),
  /** Other users who have had the link. Null for none. */
  opened_by: text("opened_by", { mode: "json" }).$type<string[]>(),
});

export const userSessions = sqliteTable(
  "user_sessions",
  {
    token_hash: text("token_hash").primaryKey(),
    id: text("id").notNull().unique(),
    /** Null for a session of a key that belongs to no user. */
    user_id: text("user_id").references(() => users.id),
    /** The key that started the session, null for a sign-in link. */
    key_id: text("key_id"),
    /** The hash of `ADMIN_TOKEN`, for its sessions: they end when it is replaced. */
    key_hash: text("key_hash"),
    browser: text("browser").notNull(),
    created_at: time("created_at").notNull(),
    expires_at: time("expires_at").notNull(),
    /** Other users who have had the link that started the session. Null for none. */
    opened_by: text("opened_by", { mode: "json" }).$type<string[]>(),
  },
  (table) => [index("user_sessions_by_user").on(table.user_id)],
);
