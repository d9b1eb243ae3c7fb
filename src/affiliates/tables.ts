/** The D1 tables that `affiliates/` owns: others may read them, only this folder writes them. */
import { sql } from "drizzle-orm";
import { type AnySQLiteColumn, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { checkEnum } from "../db/check-enum.ts";
import { programs } from "../programs/tables.ts";
import type { RateRule } from "../programs/terms.ts";
import { users } from "../users/tables.ts";
import { ENROLLMENT_STATUSES } from "./enrollment.ts";

const time = (name: string) => integer(name);

export const affiliates = sqliteTable(
  "affiliates",
  {
    id: integer("id").primaryKey(),
    username: text("username").notNull().unique(),
    name: text("name").notNull(),
    email: text("email").notNull().unique(),
    sponsor_id: integer("sponsor_id").references((): AnySQLiteColumn => affiliates.id),
    created_at: time("created_at").notNull(),
    erased_at: time("erased_at"),
    signed_out_at: time("signed_out_at"),
  },
  (table) => [
    index("affiliates_by_sponsor").on(table.sponsor_id).where(sql`sponsor_id IS NOT NULL`),
    index("affiliates_by_time").on(table.created_at),
  ],
);

// The SQL names keep the older spelling: during a deployment the previous Worker still writes these tables.
export const enrollments = sqliteTable(
  "enrolments",
  {
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    status: text("status", { enum: ENROLLMENT_STATUSES }).notNull(),
    created_at: time("created_at").notNull(),
    may_reapply: integer("may_reapply", { mode: "boolean" }).notNull().default(true),
  },
  (table) => [
    checkEnum(table.status),
    primaryKey({ columns: [table.program_id, table.affiliate_id] }),
    index("enrollments_by_time").on(table.program_id, table.created_at, table.affiliate_id),
    index("enrollments_by_status").on(table.program_id, table.status, table.created_at, table.affiliate_id),
  ],
);

export const enrollmentStatuses = sqliteTable(
  "enrolment_statuses",
  {
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    at: time("at").notNull(),
    status: text("status", { enum: ENROLLMENT_STATUSES }).notNull(),
    reason: text("reason"),
  },
  (table) => [checkEnum(table.status), primaryKey({ columns: [table.program_id, table.affiliate_id, table.at] })],
);

// An enrollment is in the default group before its first row.
export const enrollmentGroups = sqliteTable(
  "enrollment_groups",
  {
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    at: time("at").notNull(),
    group_slug: text("group_slug").notNull(),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.affiliate_id, table.at] })],
);

// A trigger gives a new enrollment the sponsor that its affiliate was created with.
export const enrollmentSponsors = sqliteTable(
  "enrollment_sponsors",
  {
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    at: time("at").notNull(),
    sponsor_id: integer("sponsor_id").references(() => affiliates.id),
    shares_email: integer("shares_email", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.program_id, table.affiliate_id, table.at] }),
    index("enrollment_sponsors_by_sponsor").on(table.sponsor_id, table.program_id).where(sql`sponsor_id IS NOT NULL`),
  ],
);

// Rates are null from the time on at which they end.
export const ownRates = sqliteTable(
  "own_rates",
  {
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    at: time("at").notNull(),
    rates: text("rates", { mode: "json" }).$type<RateRule[]>(),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.affiliate_id, table.at] })],
);

export const coupons = sqliteTable(
  "coupons",
  {
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    code: text("code").notNull(),
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    created_at: time("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.program_id, table.code] }),
    index("coupons_by_affiliate").on(table.affiliate_id, table.program_id),
  ],
);

// Triggers add a row for each coupon that is created, and for deletions by an earlier release.
export const couponOwners = sqliteTable(
  "coupon_owners",
  {
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    code: text("code").notNull(),
    at: time("at").notNull(),
    affiliate_id: integer("affiliate_id").references(() => affiliates.id),
  },
  (table) => [
    primaryKey({ columns: [table.program_id, table.code, table.at] }),
    index("coupon_owners_by_affiliate").on(table.affiliate_id, table.program_id).where(sql`affiliate_id IS NOT NULL`),
  ],
);

export const emailChanges = sqliteTable("email_changes", {
  affiliate_id: integer("affiliate_id")
    .primaryKey()
    .references(() => affiliates.id),
  email: text("email").notNull(),
  old_token_hash: text("old_token_hash").notNull(),
  new_token_hash: text("new_token_hash").notNull(),
  old_confirmed_at: time("old_confirmed_at"),
  new_confirmed_at: time("new_confirmed_at"),
  created_at: time("created_at").notNull(),
});

export const affiliateNotes = sqliteTable(
  "affiliate_notes",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    created_at: time("created_at").notNull(),
    user_id: text("user_id").references(() => users.id),
    key_id: text("key_id"),
    text: text("text").notNull(),
  },
  (table) => [index("affiliate_notes_by_affiliate").on(table.affiliate_id, table.program_id, table.id)],
);

export const affiliateMarks = sqliteTable(
  "affiliate_marks",
  {
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    kind: text("kind", { enum: ["email", "payment_details", "visitor"] }).notNull(),
    hash: text("hash").notNull(),
    created_at: time("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.affiliate_id, table.kind, table.hash] })],
);
