/** Endpoints for a run's payment files and for providers' result reports. */

import { allowQuery } from "../../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { LONGEST_BODY_BYTES } from "../../api/layout/idempotent-calls.ts";
import { permit } from "../../api/layout/permit.ts";
import { recordChange } from "../../audit/audit-store.ts";
import { accountKeyOf } from "../../commissions/ledger.ts";
import { readSettings } from "../../env.ts";
import { readBytes } from "../../lib/platform/read-bytes.ts";
import { hashText } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import { readDigits } from "../../lib/read-digits.ts";
import type { Paid } from "../account-rpc.ts";
import { auditOf, findRunOf, recordRunCommand } from "../runs/api.ts";
import { beginPayments, type Run } from "../runs/run-store.ts";
import { type Paying, paidByFile } from "../statements/change-statement.ts";
import { decodeReport } from "./decode-report.ts";
import { explainLeftOut } from "./explain-unpaid.ts";
import { judgeResults, listConfirmations, type PaymentUpdate, type StatusFault } from "./judge-results.ts";
import { cutInto } from "./payment.ts";
import { listPaying, loadPaying, loadPayments, type PayingStatement, sumDrafted } from "./payment-queries.ts";
import { storeConfirmations, storeDownload } from "./payment-store.ts";
import { type FilePlan, planFiles } from "./plan-files.ts";
import { type Results, readResults, UnreadableReport } from "./read-results.ts";

/** Statements updated in one call. Each takes a call to its Account object, and the platform allows 1,000. */
const UPDATED_AT_ONCE = 500;
const CALLS_AT_ONCE = 20;
/** A report of 10,000 payments has two to three million characters, in UTF-16 twice as many bytes. */
const REPORT_MAX_BYTES = LONGEST_BODY_BYTES;

export function addPaymentFileRoutes(app: ApiApp): void {
  app.get("/programs/:program/payouts/runs/:run/files", permit("read_payees"), async (c) => {
    const { files, left_out } = await planOf(c);
    const data = files.map(async ({ name, provider, currency, statements, total, text }) => ({
      name,
      provider,
      currency,
      rows: statements.length,
      total,
      sha256: await hashText(text),
    }));
    return c.json({
      data: await Promise.all(data),
      left_out: left_out.map((one) => ({ ...one, detail: explainLeftOut(one.reason) })),
      next: null,
    });
  });

  app.get("/programs/:program/payouts/runs/:run/files/:name", permit("pay"), async (c) => {
    const name = c.req.param("name");
    const { run } = await findPayable(c);
    const file = (await planOf(c)).files.find((one) => one.name === name);
    if (file === undefined) throw new Problem(404, "file_not_found", `The run has no file "${name}".`);
    const sha256 = await hashText(file.text);
    const { statements } = file;
    const { db, now } = c.var;
    // A file has full payment details, so that every download counts, not only the first.
    const { by, change } = auditOf(c, { program_id: run.program_id, subject: run.id }, "file_downloaded", {
      name,
      sha256,
    });
    const record = recordChange(db, by, change, now, { always: true });
    await storeDownload(db, { run_id: run.id, sha256, name, downloaded_at: now, statements }, record);
    const disposition = `attachment; filename="${name}"`;
    return c.body(file.text, 200, {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": disposition,
    });
  });

  app.post("/programs/:program/payouts/runs/:run/results", permit("pay"), allowQuery("after"), async (c) => {
    const { run } = await findPayable(c);
    const bytes = await readBytes(c.req.raw, REPORT_MAX_BYTES);
    if (bytes === null) throw new Problem(413, "report_too_large", "The report is too large.");
    const paying = new Map((await expectProjected(c, run)).map((statement) => [statement.id, statement]));
    const text = refuseUnreadable(() => decodeReport(bytes));
    const { results, faults, unrelated } = refuseUnreadable(() => read(text, paying));
    const sha256 = await hashText(text);
    const audited = { verb: "results_recorded", after: { sha256, results: results.length } };
    await recordRunCommand(c, run, "report of payments", { command: `results ${sha256}`, audited });
    if (!(await beginPayments(c.var.db, run, c.var.now))) throw refuseUnpayable("cancelled");
    await storeConfirmations(c.var.db, run.id, listConfirmations({ results, faults }, paying), c.var.now);
    const judged = judgeResults(results, paying);
    const rest = judged.updates.filter(({ line }) => line > readAfter(c.req.query("after")));
    const now = rest.slice(0, UPDATED_AT_ONCE);
    const late = await updateAll(c, run, now);
    const last = now.at(-1);
    const refused = new Set(late.map(({ line }) => line));
    const updated = now.filter(({ line }) => !refused.has(line));
    return c.json({
      paid: updated.filter(({ outcome }) => outcome === "paid").length,
      failed: updated.filter(({ outcome }) => outcome === "failed").length,
      unchanged: judged.unchanged,
      pending: judged.pending,
      unrelated,
      faults: [...faults, ...judged.faults, ...late].toSorted((a, b) => a.line - b.line),
      // To continue, send the same report again with this value as ?after=.
      next: last === undefined || rest.length === now.length ? null : String(last.line),
    });
  });
}

async function planOf(c: ApiCall): Promise<FilePlan> {
  const { run } = await findPayable(c);
  await expectProjected(c, run);
  return planFiles(await loadPayments(c.var.db, readSettings(c.env).vault_key, run));
}

/** Finds a run that may be paid. Only approved runs have files. */
export async function findPayable(c: ApiCall) {
  const found = await findRunOf(c);
  const { status } = found.run;
  if (status === "approved" || status === "paying" || status === "paid") return found;
  throw refuseUnpayable(status);
}

function refuseUnpayable(status: Run["status"]): Problem {
  return new Problem(409, "run_not_approved", `The run is ${status}. Only approved runs have payments.`);
}

/**
 * Statements reach D1 moments after they are drafted. Until all have arrived, files would be incomplete. Throws 503.
 */
async function expectProjected(c: ApiCall, run: Run): Promise<PayingStatement[]> {
  const paying = await listPaying(c.var.db, run);
  const arrived = await sumDrafted(c.var.db, run);
  const isWhole = Object.entries(run.progress.drafted).every(([currency, { payments, amount }]) => {
    const own = arrived.get(currency) ?? { payments: 0, amount: 0 };
    return own.payments === payments && own.amount === amount;
  });
  if (!isWhole) throw new Problem(503, "statements_on_their_way", "Not all statements have arrived yet: try again.");
  return paying;
}

function read(text: string, paying: ReadonlyMap<string, PayingStatement>): Results {
  const expected = new Map([...paying].map(([id, { payable, currency }]) => [id, { amount: payable, currency }]));
  return readResults(text, expected);
}

/** Runs a step of reading a report. Throws 422 with its explanation if the report can't be used. */
function refuseUnreadable<Read>(step: () => Read): Read {
  try {
    return step();
  } catch (error) {
    if (error instanceof UnreadableReport) throw new Problem(422, "report_unreadable", `Report: ${error.message}.`);
    throw error;
  }
}

function readAfter(text: string | undefined): number {
  const line = text === undefined ? 0 : readDigits(text);
  if (line !== null) return line;
  throw new Problem(422, "invalid_after", "after must be the `next` value of an earlier response.", "after");
}

/** Updates statements and returns those that can't be paid any more. */
async function updateAll(c: ApiCall, run: Run, updates: readonly PaymentUpdate[]): Promise<StatusFault[]> {
  const payingOf = await loadPaying(c.var.db, run, [...new Set(updates.map((one) => one.statement.affiliate_id))]);
  const faults: StatusFault[] = [];
  for (const piece of cutInto(updates, CALLS_AT_ONCE)) {
    const updated = piece.map((update) => updatePayment(c, run, update, payingOf(update.statement.affiliate_id)));
    faults.push(...(await Promise.all(updated)).filter((fault) => fault !== null));
  }
  return faults;
}

/** Updates a statement's payment status. Idempotent in the account's object. */
async function updatePayment(
  c: ApiCall,
  run: Run,
  { line, statement, outcome, reason }: PaymentUpdate,
  { method }: Paying,
): Promise<StatusFault | null> {
  const account = { program_id: run.program_id, affiliate_id: statement.affiliate_id };
  const object = c.env.ACCOUNTS.getByName(accountKeyOf(account));
  if (outcome === "failed") {
    await object.failStatement(statement.number, { reason, failed_at: c.var.now });
    return null;
  }
  const paid_by = paidByFile(statement, method);
  const paid: Paid = await object.payStatement(statement.number, { paid_at: c.var.now, paid_by });
  if (paid.status !== "carried_on") return null;
  const detail = `its amount was carried into statement ${paid.to}: check what was paid`;
  return { line, statement: statement.id, code: "payment_taken_back", detail };
}
