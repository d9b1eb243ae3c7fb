import { and, count, desc, eq, exists, gte, inArray, lt } from "drizzle-orm";
import { enrollments } from "../affiliates/tables.ts";
import { applications } from "../applications/tables.ts";
import { firstAuditIdAt } from "../audit/audit-store.ts";
import { auditEntries } from "../audit/tables.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { type Database, openDatabase } from "../db/database.ts";
import { addToMonth, monthOf } from "../lib/calendar.ts";
import { boundaryOf, listWindows, nameWindow, windowOf } from "../payouts/payout-window.ts";
import { hasRun } from "../payouts/runs/run-store.ts";
import { payoutRuns } from "../payouts/tables.ts";
import type { programs } from "../programs/tables.ts";
import { loadTerms } from "../programs/terms-queries.ts";
import { readEventTypes } from "../webhooks/deliveries/queries.ts";
import { listEventTypes } from "../webhooks/expected-events.ts";
import { type ProgramState, RECENT_MS } from "./attention.ts";
import { readEndpoints } from "./status-queries.ts";

type Program = Pick<typeof programs.$inferSelect, "id" | "payout_auto_draft">;

/** How many of the latest changes are searched for disputes. */
const CHANGES_MAX = 1_000;

/** Reads what may wait for a program's merchant. */
export async function readProgramState(d1: D1Database, program: Program, now: number): Promise<ProgramState> {
  const { id: programId } = program;
  const db = openDatabase(d1);
  const { id, month, window_number: window, status } = payoutRuns;
  const isOpen = inArray(status, ["draft", "approved", "paying"]);
  const [[applying], [waiting], runs, due, disputes, endpoints] = await Promise.all([
    db
      .select({ in_review: count() })
      .from(applications)
      .where(and(eq(applications.program_id, programId), eq(applications.status, "in_review"))),
    db
      .select({ pending: count() })
      .from(enrollments)
      .where(and(eq(enrollments.program_id, programId), eq(enrollments.status, "pending"))),
    db
      .select({ id, month, window, status })
      .from(payoutRuns)
      .where(and(eq(payoutRuns.program_id, programId), isOpen)),
    findDue(db, program, now),
    readDisputes(db, programId, now),
    readEndpoints(d1, programId),
  ]);
  const watched = endpoints.map(async (endpoint) => ({
    ...endpoint,
    types: listEventTypes(endpoint.source, await readEventTypes(db, endpoint.id)),
  }));
  return {
    applications: applying?.in_review ?? 0,
    pending: waiting?.pending ?? 0,
    // The open run comes first.
    due: runs.length === 0 ? due : null,
    disputes,
    runs: runs.map((run) => ({ id: run.id, window: nameWindow(run), status: run.status })),
    endpoints: await Promise.all(watched),
  };
}

/** The latest payout window that has begun, if it has something to pay and no run. */
async function findDue(db: Database, program: Program, now: number): Promise<ProgramState["due"]> {
  const { terms } = await loadTerms(db, program.id, now);
  const { payout } = terms;
  if (payout === null) return null;
  const month = monthOf(now);
  const windows = [addToMonth(month, -1), month].flatMap((one) => listWindows(payout, one));
  const window = windows.findLast((one) => now >= windowOf(payout, one).from);
  if (window === undefined || (await hasRun(db, program.id, window))) return null;
  if (!(await hasEntries(db, program.id, payout.basis, boundaryOf(payout, window)))) return null;
  const { from } = windowOf(payout, window);
  return { window: nameWindow(window), from, is_drafted_by_itself: program.payout_auto_draft };
}

/** Whether the program has ledger entries that cleared, or were earned, before a time (ms). */
async function hasEntries(
  db: Database,
  programId: number,
  basis: "cleared" | "earned",
  before: number,
): Promise<boolean> {
  const { affiliate_id, program_id, clears_at, occurred_at } = ledgerEntries;
  const isOfAccount = and(eq(affiliate_id, enrollments.affiliate_id), eq(program_id, enrollments.program_id));
  const isBefore = lt(basis === "cleared" ? clears_at : occurred_at, before);
  const entries = db.select({ id: ledgerEntries.id }).from(ledgerEntries).where(and(isOfAccount, isBefore));
  const row = await db
    .select({ affiliate_id: enrollments.affiliate_id })
    .from(enrollments)
    .where(and(eq(enrollments.program_id, programId), exists(entries)))
    .limit(1)
    .get();
  return row !== undefined;
}

/** The disputes that were decided lately, among the latest changes. */
async function readDisputes(db: Database, programId: number, now: number): Promise<ProgramState["disputes"]> {
  const { id, action, subject, program_id } = auditEntries;
  const recent = and(eq(program_id, programId), gte(id, firstAuditIdAt(now - RECENT_MS)));
  const latest = db.select({ action, subject }).from(auditEntries).where(recent).orderBy(desc(id)).limit(CHANGES_MAX);
  const changes = latest.as("latest");
  const disputed = await db
    .select({ subject: changes.subject })
    .from(changes)
    .where(eq(changes.action, "conversion.disputed"));
  const [first] = disputed;
  return first === undefined ? null : { count: disputed.length, latest: first.subject };
}
