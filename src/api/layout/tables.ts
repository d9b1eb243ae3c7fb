/** The D1 tables that `api/layout/` owns: others may read them, but only this folder writes them. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

const time = (name: string) => integer(name);

export const adminKeys = sqliteTable("admin_keys", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  hash: text("hash").notNull().unique(),
  created_at: time("created_at").notNull(),
  revoked_at: time("revoked_at"),
});
