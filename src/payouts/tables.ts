/** The D1 tables owned by `payouts/`. Other folders may read them; only this one writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { affiliates } from "../affiliates/tables.ts";
import { checkEnum } from "../db/check-enum.ts";
import { programs } from "../programs/tables.ts";
import type { Payout } from "../programs/terms.ts";
import type { Approval, Progress } from "./runs/run.ts";

const time = (name: string) => integer(name);

export const payoutRuns = sqliteTable(
  "payout_runs",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    month: text("month").notNull(),
    status: text("status", {
      enum: ["drafting", "draft", "approved", "paying", "paid", "cancelling", "cancelled"],
    }).notNull(),
    cursor: integer("cursor").notNull(),
    terms_version: integer("terms_version").notNull(),
    payout: text("payout", { mode: "json" }).$type<Payout>().notNull(),
    drafted_at: time("drafted_at").notNull(),
    progress: text("progress", { mode: "json" }).$type<Progress>().notNull(),
    created_by: text("created_by").notNull(),
    approvals: text("approvals", { mode: "json" }).$type<Approval[]>().notNull(),
    paid_at: time("paid_at"),
    finished_at: time("finished_at"),
    window_number: integer("window_number").notNull().default(1),
    created_by_approver: text("created_by_approver"),
  },
  (table) => [
    checkEnum(table.status),
    index("payout_runs_by_program").on(table.program_id, table.month),
    uniqueIndex("payout_runs_open").on(table.program_id).where(sql`status NOT IN ('paid', 'cancelled')`),
  ],
);

export const payoutCommands = sqliteTable(
  "payout_commands",
  {
    program_id: integer("program_id").notNull(),
    key: text("key").notNull(),
    run_id: text("run_id").notNull(),
    command: text("command").notNull(),
    commanded_by: text("commanded_by").notNull(),
    commanded_at: time("commanded_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.key] })],
);

export const statements = sqliteTable(
  "statements",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id").notNull(),
    affiliate_id: integer("affiliate_id").notNull(),
    number: integer("number").notNull(),
    run_id: text("run_id").notNull(),
    status: text("status").notNull(),
    currency: text("currency").notNull(),
    payable: integer("payable").notNull(),
    revision: integer("revision").notNull(),
    statement: text("statement").notNull(),
  },
  (table) => [
    uniqueIndex("statements_by_account").on(table.affiliate_id, table.program_id, table.number),
    index("statements_by_run").on(table.run_id, table.id),
  ],
);

export const payees = sqliteTable(
  "payees",
  {
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    version: integer("version").notNull(),
    changed_at: integer("changed_at").notNull(),
    changed_by: text("changed_by", { enum: ["affiliate", "merchant"] }).notNull(),
    method: text("method", { enum: ["paypal", "bank"] }),
    masked: text("masked"),
    sealed_details: text("sealed_details"),
    account_hash: text("account_hash"),
  },
  (table) => [
    checkEnum(table.method),
    checkEnum(table.changed_by),
    primaryKey({ columns: [table.affiliate_id, table.version] }),
    index("payees_by_account").on(table.account_hash).where(sql`account_hash IS NOT NULL`),
  ],
);

export const disputedPayments = sqliteTable(
  "disputed_payments",
  {
    statement_id: text("statement_id").primaryKey(),
    run_id: text("run_id").notNull(),
    affiliate_id: integer("affiliate_id").notNull(),
    code: text("code").notNull(),
    detail: text("detail").notNull(),
    reported_at: integer("reported_at").notNull(),
  },
  (table) => [index("disputed_payments_by_run").on(table.run_id, table.affiliate_id)],
);

export const downloadedFiles = sqliteTable(
  "downloaded_files",
  {
    run_id: text("run_id").notNull(),
    sha256: text("sha256").notNull(),
    name: text("name").notNull(),
    downloaded_at: integer("downloaded_at").notNull(),
    statements: text("statements", { mode: "json" }).$type<string[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.run_id, table.sha256] })],
);

export const taxForms = sqliteTable(
  "tax_forms",
  {
    affiliate_id: integer("affiliate_id")
      .primaryKey()
      .references(() => affiliates.id),
    form: text("form", { enum: ["w9", "w8ben", "w8bene", "other"] }).notNull(),
    received_at: integer("received_at").notNull(),
  },
  (table) => [checkEnum(table.form)],
);

export const payoutReminders = sqliteTable("payout_reminders", {
  affiliate_id: integer("affiliate_id")
    .primaryKey()
    .references(() => affiliates.id),
  sent_at: integer("sent_at").notNull(),
});
