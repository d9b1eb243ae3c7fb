/** The D1 tables that `api/layout/` owns: others may read them, but only this folder writes them. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { checkEnum } from "../../db/check-enum.ts";
import { ROLES } from "../../users/actor.ts";
import { users } from "../../users/tables.ts";

const time = (name: string) => integer(name);

export const adminKeys = sqliteTable(
  "admin_keys",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    hash: text("hash").notNull().unique(),
    created_at: time("created_at").notNull(),
    revoked_at: time("revoked_at"),
    role: text("role", { enum: ROLES }).notNull().default("owner"),
    program_ids: text("program_ids", { mode: "json" }).$type<number[]>(),
    user_id: text("user_id").references(() => users.id),
  },
  (table) => [checkEnum(table.role)],
);

export const idempotentCalls = sqliteTable(
  "idempotent_calls",
  {
    key_id: text("key_id").notNull(),
    idempotency_key: text("idempotency_key").notNull(),
    fingerprint: text("fingerprint").notNull(),
    sealed_response: text("sealed_response").notNull(),
    at: time("at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.key_id, table.idempotency_key] }),
    index("idempotent_calls_by_time").on(table.at),
  ],
);
