/** The D1 tables that `applications/` owns: others may read them, only this folder writes them. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { affiliates } from "../affiliates/tables.ts";
import { checkEnum } from "../db/check-enum.ts";
import { programs } from "../programs/tables.ts";
import { type Answer, APPLICATION_STATUSES, type ApplicationForm } from "./application-form.ts";

const time = (name: string) => integer(name);

export const applicationForms = sqliteTable("application_forms", {
  program_id: integer("program_id")
    .primaryKey()
    .references(() => programs.id),
  form: text("form", { mode: "json" }).$type<ApplicationForm>().notNull(),
  updated_at: time("updated_at").notNull(),
});

export const invitations = sqliteTable(
  "invitations",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    email: text("email").notNull(),
    name: text("name"),
    group_slug: text("group_slug").notNull(),
    created_at: time("created_at").notNull(),
    expires_at: time("expires_at").notNull(),
    used_at: time("used_at"),
    revoked_at: time("revoked_at"),
  },
  (table) => [index("invitations_by_program").on(table.program_id, table.id)],
);

export const applications = sqliteTable(
  "applications",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    status: text("status", { enum: APPLICATION_STATUSES }).notNull(),
    name: text("name").notNull(),
    email: text("email").notNull(),
    username: text("username").notNull(),
    affiliate_id: integer("affiliate_id").references(() => affiliates.id),
    country: text("country"),
    answers: text("answers", { mode: "json" }).$type<Answer[]>().notNull(),
    terms_version: text("terms_version"),
    sponsor_id: integer("sponsor_id").references(() => affiliates.id),
    shares_email: integer("shares_email", { mode: "boolean" }).notNull().default(false),
    invitation_id: text("invitation_id").references(() => invitations.id),
    group_slug: text("group_slug").notNull(),
    created_at: time("created_at").notNull(),
    confirmed_at: time("confirmed_at"),
    decided_at: time("decided_at"),
    reason: text("reason"),
    may_reapply: integer("may_reapply", { mode: "boolean" }).notNull().default(true),
  },
  (table) => [
    checkEnum(table.status),
    index("applications_by_status").on(table.program_id, table.status, table.id),
    index("applications_by_email").on(table.email, table.program_id),
    index("applications_by_affiliate").on(table.affiliate_id).where(sql`affiliate_id IS NOT NULL`),
    uniqueIndex("applications_in_review").on(table.program_id, table.email).where(sql`status = 'in_review'`),
    uniqueIndex("applications_with_username").on(table.username, table.program_id).where(sql`status = 'in_review'`),
    uniqueIndex("applications_by_invitation")
      .on(table.invitation_id)
      .where(sql`status = 'approved' AND invitation_id IS NOT NULL`),
  ],
);
