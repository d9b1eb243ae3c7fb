/** The D1 tables that `programs/` owns: others may read them, only this folder writes them. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { checkEnum } from "../db/check-enum.ts";
import { users } from "../users/tables.ts";
import type { ProgramTerms } from "./terms.ts";

const time = (name: string) => integer(name);

export const programs = sqliteTable(
  "programs",
  {
    id: integer("id").primaryKey(),
    slug: text("slug").notNull().unique(),
    name: text("name").notNull(),
    currency: text("currency").notNull(),
    destination_hosts: text("destination_hosts", { mode: "json" }).$type<string[]>().notNull(),
    redirect_host: text("redirect_host").unique(),
    cookie_mode: text("cookie_mode", { enum: ["always", "consent", "cookieless"] })
      .notNull()
      .default("always"),
    cookie_domain: text("cookie_domain"),
    fallback_url: text("fallback_url"),
    referral_parameter: text("referral_parameter"),
    deep_links: integer("deep_links", { mode: "boolean" }).notNull().default(false),
    is_reward: integer("is_reward", { mode: "boolean" }).notNull().default(false),
    created_at: time("created_at").notNull(),
    payout_approvals: integer("payout_approvals").notNull().default(1),
    payout_auto_draft: integer("payout_auto_draft", { mode: "boolean" }).notNull().default(true),
    legal_name: text("legal_name"),
    address: text("address"),
    home_url: text("home_url"),
    logo_url: text("logo_url"),
    color: text("color"),
    headline: text("headline"),
    support_email: text("support_email"),
    terms_url: text("terms_url"),
    terms_version: text("terms_version"),
    own_slugs: integer("own_slugs", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [checkEnum(table.cookie_mode)],
);

// Links of a program are also found on the redirect hosts that it had before.
export const formerHosts = sqliteTable(
  "former_hosts",
  {
    host: text("host").primaryKey(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    left_at: time("left_at").notNull(),
  },
  (table) => [index("former_hosts_by_program").on(table.program_id)],
);

// A program's default group has a row only if it was renamed.
export const programGroups = sqliteTable(
  "program_groups",
  {
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    created_at: time("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.slug] })],
);

export const programTerms = sqliteTable(
  "program_terms",
  {
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    version: integer("version").notNull(),
    effective_from: time("effective_from").notNull(),
    terms: text("terms", { mode: "json" }).$type<ProgramTerms>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.version] })],
);

export const approvalRequests = sqliteTable("approval_requests", {
  program_id: integer("program_id")
    .primaryKey()
    .references(() => programs.id),
  payout_approvals: integer("payout_approvals").notNull(),
  requested_by: text("requested_by")
    .notNull()
    .references(() => users.id),
  requested_at: time("requested_at").notNull(),
  expires_at: time("expires_at").notNull(),
});
