/** The D1 tables that `affiliates/` owns: others may read them, only this folder writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

const time = (name: string) => integer(name);

export const affiliates = sqliteTable(
  "affiliates",
  {
    id: integer("id").primaryKey(),
    username: text("username").notNull().unique(),
    name: text("name").notNull(),
    email: text("email").notNull().unique(),
    sponsorId: integer("sponsor_id"),
    createdAt: time("created_at").notNull(),
    erasedAt: time("erased_at"),
  },
  (table) => [index("affiliates_by_sponsor").on(table.sponsorId).where(sql`sponsor_id IS NOT NULL`)],
);

export const enrolments = sqliteTable(
  "enrolments",
  {
    programId: integer("program_id").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    status: text("status", { enum: ["pending", "approved", "rejected", "suspended"] }).notNull(),
    createdAt: time("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.programId, table.affiliateId] })],
);

export const enrolmentStatuses = sqliteTable(
  "enrolment_statuses",
  {
    programId: integer("program_id").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    at: time("at").notNull(),
    status: text("status", { enum: ["pending", "approved", "rejected", "suspended"] }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.programId, table.affiliateId, table.at] })],
);

export const coupons = sqliteTable(
  "coupons",
  {
    programId: integer("program_id").notNull(),
    code: text("code").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    createdAt: time("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.programId, table.code] }),
    index("coupons_by_affiliate").on(table.affiliateId, table.programId),
  ],
);

export const affiliateMarks = sqliteTable(
  "affiliate_marks",
  {
    affiliateId: integer("affiliate_id").notNull(),
    kind: text("kind", { enum: ["email", "payment_details", "visitor"] }).notNull(),
    hash: text("hash").notNull(),
    createdAt: time("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.affiliateId, table.kind, table.hash] })],
);
