/** Endpoints that check a program's payouts, or one run. */

import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { readPage } from "../api/layout/read-page.ts";
import { readSettings } from "../env.ts";
import { checkFiles, checkPayments } from "./files/check-files.ts";
import { isInFiles, listDisputed, listDownloaded, listPaying, loadPayments } from "./files/payment-queries.ts";
import { planFiles } from "./files/plan-files.ts";
import { checkAccounts, compareRun, sumChanges, sumRun } from "./reconciliation-queries.ts";
import { findRunOf } from "./runs/api.ts";
import type { RunStatus } from "./runs/run.ts";
import type { Run } from "./runs/run-store.ts";

/** Only approved runs have payment files. */
const HAS_FILES: RunStatus[] = ["approved", "paying", "paid"];

/** Each account takes at least six calls. */
const ACCOUNTS_AT_ONCE = 50;

export function addReconcileRoutes(app: ApiApp): void {
  app.get("/programs/:program/payouts/reconciliation", allowQuery(...PAGING), async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { cursor, limit } = readPage(c.req.query(), /^\d{1,15}$/);
    const asked = {
      program_id: program.id,
      after: Number(cursor ?? 0),
      limit: Math.min(limit, ACCOUNTS_AT_ONCE),
      now: c.var.now,
    };
    const { checked, accounts, next } = await checkAccounts(db, c.env.ACCOUNTS, asked);
    return c.json({ checked, data: accounts, next: next === null ? null : String(next) });
  });

  app.get("/programs/:program/payouts/runs/:run/reconciliation", async (c) => {
    const { db } = c.var;
    const { run } = await findRunOf(c);
    const sums = await sumRun(db, run.id);
    const changes = await sumChanges(db, run.id);
    const files = HAS_FILES.includes(run.status) ? await compareFiles(c, run) : null;
    return c.json({
      statements: sums,
      files: files?.sums ?? null,
      differences: [...compareRun(run, sums, changes), ...(files?.differences ?? [])],
    });
  });
}

/** Compares the current payment files with the statements they cover, and their statuses with the reports. */
async function compareFiles({ env, var: { db } }: ApiCall, run: Run) {
  const paying = await listPaying(db, run);
  const plan = planFiles(await loadPayments(db, readSettings(env).vault_key, run));
  const sums = {
    files: plan.files.length,
    payments: plan.files.reduce((sum, { statements }) => sum + statements.length, 0),
    left_out: plan.left_out.length,
  };
  const known = { disputed: await listDisputed(db, run.id), downloaded: new Set(await listDownloaded(db, run.id)) };
  return {
    sums,
    differences: [...checkFiles(plan, paying.filter(isInFiles)), ...checkPayments(plan, paying, known)],
  };
}
