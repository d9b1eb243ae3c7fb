/** The D1 tables that `programs/` owns: others may read them, only this folder writes them. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ProgramTerms } from "./terms.ts";

const time = (name: string) => integer(name);

export const programs = sqliteTable("programs", {
  id: integer("id").primaryKey(),
  slug: text("slug").notNull().unique(),
  name: text("name").notNull(),
  currency: text("currency").notNull(),
  destinationHosts: text("destination_hosts", { mode: "json" }).$type<string[]>().notNull(),
  redirectHost: text("redirect_host").unique(),
  cookieMode: text("cookie_mode", { enum: ["always", "consent", "cookieless"] })
    .notNull()
    .default("always"),
  cookieDomain: text("cookie_domain"),
  fallbackUrl: text("fallback_url"),
  referralParameter: text("referral_parameter"),
  deepLinks: integer("deep_links", { mode: "boolean" }).notNull().default(false),
  isReward: integer("is_reward", { mode: "boolean" }).notNull().default(false),
  createdAt: time("created_at").notNull(),
  payoutApprovals: integer("payout_approvals").notNull().default(1),
  payoutAutoDraft: integer("payout_auto_draft", { mode: "boolean" }).notNull().default(true),
});

export const programTerms = sqliteTable(
  "program_terms",
  {
    programId: integer("program_id").notNull(),
    version: integer("version").notNull(),
    effectiveFrom: time("effective_from").notNull(),
    terms: text("terms", { mode: "json" }).$type<ProgramTerms>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.programId, table.version] })],
);
