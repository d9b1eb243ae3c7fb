/** The D1 table that `audit/` owns: others may read it, only this folder writes it. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { checkEnum } from "../db/check-enum.ts";
import { programs } from "../programs/tables.ts";

export const auditEntries = sqliteTable(
  "audit_entries",
  {
    id: text("id").primaryKey(),
    at: integer("at").notNull(),
    actor_kind: text("actor_kind", { enum: ["user", "key", "affiliate", "system"] }).notNull(),
    actor: text("actor").notNull(),
    key_id: text("key_id"),
    action: text("action").notNull(),
    program_id: integer("program_id").references(() => programs.id),
    subject_type: text("subject_type").notNull(),
    subject: text("subject").notNull(),
    before: text("before", { mode: "json" }).$type<AuditedFields>(),
    after: text("after", { mode: "json" }).$type<AuditedFields>(),
  },
  (table) => [
    checkEnum(table.actor_kind),
    index("audit_by_program").on(table.program_id, table.id),
    index("audit_by_actor").on(table.actor, table.id),
    index("audit_by_subject").on(table.subject_type, table.subject, table.id),
  ],
);

/** Fields of a record as JSON, without secrets. */
export type AuditedFields = Readonly<Record<string, unknown>>;
