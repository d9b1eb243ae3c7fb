/** The D1 tables that `payouts/` owns: others may read them, only this folder writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Payout } from "../programs/terms.ts";
import type { Approval, Progress } from "./runs/run.ts";

const time = (name: string) => integer(name);

export const payoutRuns = sqliteTable(
  "payout_runs",
  {
    id: text("id").primaryKey(),
    programId: integer("program_id").notNull(),
    month: text("month").notNull(),
    status: text("status", {
      enum: ["drafting", "draft", "approved", "paying", "paid", "cancelling", "cancelled"],
    }).notNull(),
    cursor: integer("cursor").notNull(),
    termsVersion: integer("terms_version").notNull(),
    payout: text("payout", { mode: "json" }).$type<Payout>().notNull(),
    draftedAt: time("drafted_at").notNull(),
    progress: text("progress", { mode: "json" }).$type<Progress>().notNull(),
    createdBy: text("created_by").notNull(),
    approvals: text("approvals", { mode: "json" }).$type<Approval[]>().notNull(),
    paidAt: time("paid_at"),
    finishedAt: time("finished_at"),
  },
  (table) => [
    index("payout_runs_by_program").on(table.programId, table.month),
    uniqueIndex("payout_runs_open").on(table.programId).where(sql`status NOT IN ('paid', 'cancelled')`),
  ],
);

export const payoutCommands = sqliteTable(
  "payout_commands",
  {
    programId: integer("program_id").notNull(),
    key: text("key").notNull(),
    runId: text("run_id").notNull(),
    command: text("command").notNull(),
    commandedBy: text("commanded_by").notNull(),
    commandedAt: time("commanded_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.programId, table.key] })],
);

export const statements = sqliteTable(
  "statements",
  {
    id: text("id").primaryKey(),
    programId: integer("program_id").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    number: integer("number").notNull(),
    runId: text("run_id").notNull(),
    status: text("status").notNull(),
    currency: text("currency").notNull(),
    payable: integer("payable").notNull(),
    revision: integer("revision").notNull(),
    statement: text("statement").notNull(),
  },
  (table) => [
    uniqueIndex("statements_by_account").on(table.affiliateId, table.programId, table.number),
    index("statements_by_run").on(table.runId, table.id),
  ],
);

export const payees = sqliteTable(
  "payees",
  {
    affiliateId: integer("affiliate_id").notNull(),
    version: integer("version").notNull(),
    changedAt: integer("changed_at").notNull(),
    changedBy: text("changed_by", { enum: ["affiliate", "merchant"] }).notNull(),
    method: text("method", { enum: ["paypal", "bank"] }),
    masked: text("masked"),
    sealedDetails: text("sealed_details"),
  },
  (table) => [primaryKey({ columns: [table.affiliateId, table.version] })],
);

export const taxForms = sqliteTable("tax_forms", {
  affiliateId: integer("affiliate_id").primaryKey(),
  form: text("form", { enum: ["w9", "w8ben", "w8bene", "other"] }).notNull(),
  receivedAt: integer("received_at").notNull(),
});
