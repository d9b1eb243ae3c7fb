/** The D1 table that `users/` owns: others may read it, only this folder writes it. */
import { sql } from "drizzle-orm";
import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { checkEnum } from "../db/check-enum.ts";
import { ROLES } from "./actor.ts";

export const users = sqliteTable(
  "users",
  {
    id: text("id").primaryKey(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    role: text("role", { enum: ROLES }).notNull(),
    program_ids: text("program_ids", { mode: "json" }).$type<number[]>(),
    created_at: integer("created_at").notNull(),
    removed_at: integer("removed_at"),
  },
  (table) => [checkEnum(table.role), uniqueIndex("users_by_email").on(table.email).where(sql`removed_at IS NULL`)],
);
