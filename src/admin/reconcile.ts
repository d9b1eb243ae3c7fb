/** Checks of a programme's payouts, and of one run. */
import { checkAccounts, compareRun, sumRun } from "../reports/check-payouts.ts";
import { findProgram } from "./find.ts";
import { readPage } from "./page.ts";
import { findRunOf } from "./payouts.ts";
import type { AdminApp } from "./routes.ts";

/** Each is five calls and more. */
const ACCOUNTS_AT_ONCE = 50;

export function addReconcileRoutes(app: AdminApp): void {
  app.get("/programs/:program/payouts/reconciliation", async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { cursor, limit } = readPage(c.req.query(), /^\d{1,15}$/);
    const asked = { programId: program.id, after: Number(cursor ?? 0), limit: Math.min(limit, ACCOUNTS_AT_ONCE) };
    const { checked, accounts, next } = await checkAccounts(db, c.env.ACCOUNTS, asked);
    return c.json({ checked, data: accounts, next: next === null ? null : String(next) });
  });

  app.get("/programs/:program/payouts/runs/:run/reconciliation", async (c) => {
    const { run } = await findRunOf(c);
    const sums = await sumRun(c.var.db, run.id);
    return c.json({ statements: sums, differences: compareRun(run.progress, sums, run.status === "paid") });
  });
}
