/** Payout run endpoints. Admin commands are idempotent and apply only if the run is in the expected state. */

import * as v from "valibot";
import { allowQuery, PAGING } from "../../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { auditActorOf } from "../../api/layout/commit-change.ts";
import { findProgram } from "../../api/layout/find-records.ts";
import { readIdempotencyKey } from "../../api/layout/idempotency-key.ts";
import { readChoice, readFlag } from "../../api/layout/list-filters.ts";
import { permit } from "../../api/layout/permit.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { LIST, readList } from "../../api/layout/read-list.ts";
import { readPage } from "../../api/layout/read-page.ts";
import type { AuditMessage } from "../../audit/audit-message.ts";
import { describeChange } from "../../audit/audit-store.ts";
import type { AuditedFields } from "../../audit/tables.ts";
import { accountKeyOf } from "../../commissions/ledger.ts";
import { readSettings } from "../../env.ts";
import { MONTH_PATTERN, monthOf } from "../../lib/calendar.ts";
import { Problem } from "../../lib/problem.ts";
import { parseAllFields, shortText } from "../../lib/validation.ts";
import { loadTerms } from "../../programs/terms-queries.ts";
import { listApprovers } from "../../users/approver-queries.ts";
import { isPermitted } from "../../users/roles.ts";
import type { Failed } from "../account-rpc.ts";
import { listWindows, nameWindow, type PayWindow, windowOf } from "../payout-window.ts";
import {
  countStatements,
  findStatement,
  readRunStatement,
  readRunStatements,
  viewStatement,
} from "../statements/queries.ts";
import { BLOCK_CODES, STATEMENT_STATUSES, type Statement } from "../statements/statement.ts";
import { payoutRuns } from "../tables.ts";
import { approveRun, cancelRun, payRun, type RunRefusal, type RunState } from "./run.ts";
import { newRunId, reviseRun, workRun } from "./run-job.ts";
import {
  type Command,
  type Commanded,
  changeRun,
  createRun,
  findRun,
  listRuns,
  type Run,
  recallCommand,
  recordCommand,
  stateOf,
} from "./run-store.ts";
import { loadRunView } from "./run-view-api.ts";

const month = v.pipe(v.string(), v.regex(MONTH_PATTERN, "is not a month such as 2026-03"));
/** The body of `POST …/payouts/runs`. */
export const newRun = v.strictObject({ month: v.optional(month), window: v.optional(v.picklist([1, 2])) });
const runsQuery = v.object({ month: v.optional(month) });
/** The body of `POST …/statements/:statement/fail`. */
export const failure = v.strictObject({ reason: shortText });

const STATEMENT_FILTERS = ["status", "blocked", "has_payment"];

const REFUSALS: Record<RunRefusal, string> = {
  run_not_draft: "Only a drafted run can be approved.",
  run_not_approved: "Only an approved run can be paid.",
  run_not_cancellable:
    "This run can't be canceled, because payments may already have been made. Mark individual payments as failed instead.",
  approval_needs_user:
    "This program requires the approvals of two users, and this API key belongs to no user. Use a user's key.",
  second_user_needed:
    "This program requires the approvals of two users, and this user already drafted or approved the run. A second user must approve it.",
  approval_session_not_independent:
    "This program requires the approvals of two users, and one of them created the sign-in link of the other's session. Approve with your own API key or in a session from a link that somebody else created, or have a third user approve.",
};

export function addPayoutRoutes(app: ApiApp): void {
  app.post("/programs/:program/payouts/runs", permit("payouts"), async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const command = readCommand(c, "payout run");
    const fields = await readJson(c.req, newRun);
    const asked = fields.month ?? monthOf(now);
    if (asked > monthOf(now)) throw new Problem(422, "invalid_month", "month: must not be in the future.", "month");
    const { version, terms } = await loadTerms(db, program.id, now);
    if (terms.payout === null) {
      throw new Problem(
        409,
        "no_payout_terms",
        "The program's terms have no payout schedule. Add `payout` to the terms first.",
      );
    }
    const { payout } = terms;
    const window = chooseWindow(listWindows(payout, asked), (one) => windowOf(payout, one).from <= now, fields.window);
    const made = { id: newRunId(), program_id: program.id, month: asked, window_number: window.window ?? 1 };
    const name = nameWindow(window);
    const after = { window: name, terms_version: version };
    const audit = auditOf(c, { program_id: program.id, subject: made.id }, "created", after);
    const { actor } = c.var;
    const { opened_by = [] } = actor;
    // A draft made in a session that another user could have opened doesn't count as an approval.
    const created_by_approver = isPermitted(actor.role, "pay") && opened_by.length === 0 ? actor.user_id : null;
    const commanded = await createRun(
      db,
      { ...made, terms_version: version, payout, created_by_approver },
      { ...command, command: `create ${name}`, audit },
    );
    if (commanded.status === "changed") {
      throw new Problem(409, "run_under_way", "The program already has an open payout run. Pay or cancel it first.");
    }
    const run = expectRun(commanded);
    const worked = await workRun(c.env, program.id, run.id, now);
    const view = await loadRunView(db, program);
    return c.json(view(worked ?? run), commanded.status === "done" ? 201 : 200);
  });

  app.get("/programs/:program/payouts/runs", allowQuery("status", "month", ...LIST), async (c) => {
    const page = await readList(c, ["-drafted_at", "drafted_at", "month"]);
    const program = await findProgram(c.var.db, c.req.param("program"));
    const { month = null } = parseAllFields(runsQuery, c.req.query());
    const status = readChoice(c, "status", payoutRuns.status.enumValues);
    const view = await loadRunView(c.var.db, program);
    return c.json(await listRuns(c.var.db, { program_id: program.id, status, month }, page, view));
  });

  app.get("/programs/:program/payouts/runs/:run", async (c) => {
    const { program, run } = await findRunOf(c);
    return c.json((await loadRunView(c.var.db, program))(run));
  });

  app.post("/programs/:program/payouts/runs/:run/approve", permit("pay"), async (c) => {
    const { program, run } = await findRunOf(c);
    const command = { ...readCommand(c, "approval"), command: "approve", verb: "approved" };
    if (run.status === "draft") await revise(c, run);
    const details_wait_days = readSettings(c.env).payout_details_wait_days;
    const { user_id: user, opened_by = [] } = c.var.actor;
    const given = { key: command.by, user, at: command.at, details_wait_days };
    const approval = { ...given, ...(opened_by.length > 0 && { opened_by }) };
    const required = { needed: program.payout_approvals, approvers: await listApprovers(c.var.db, program.id) };
    return c.json(await change(c, { program, run }, command, (state) => approveRun(state, approval, required)));
  });

  app.post("/programs/:program/payouts/runs/:run/pay", permit("pay"), async (c) => {
    const found = await findRunOf(c);
    return c.json(
      await change(c, found, { ...readCommand(c, "payment"), command: "pay", verb: "payment_started" }, payRun),
    );
  });

  app.post("/programs/:program/payouts/runs/:run/cancel", permit("payouts"), async (c) => {
    const found = await findRunOf(c);
    return c.json(
      await change(c, found, { ...readCommand(c, "cancellation"), command: "cancel", verb: "canceled" }, cancelRun),
    );
  });

  app.post("/programs/:program/payouts/runs/:run/steps", permit("payouts"), async (c) => {
    const { program, run } = await findRunOf(c);
    const worked = await workRun(c.env, program.id, run.id, c.var.now);
    return c.json((await loadRunView(c.var.db, program))(worked ?? run));
  });

  app.get("/programs/:program/payouts/runs/:run/statements", allowQuery(...STATEMENT_FILTERS, ...PAGING), async (c) => {
    const { run } = await findRunOf(c);
    const page = readPage(c.req.query(), /^st_\d+_\d+_\d+$/);
    const filter = {
      status: readChoice(c, "status", STATEMENT_STATUSES),
      blocked: readChoice(c, "blocked", BLOCK_CODES),
      has_payment: readFlag(c, "has_payment"),
    };
    // Count first: statements that arrive in between may be listed but never be missing from a complete list.
    const count = await countStatements(c.var.db, run);
    return c.json({ ...(await readRunStatements(c.var.db, run.id, filter, page)), ...count });
  });

  app.get("/programs/:program/payouts/runs/:run/statements/:statement", async (c) => {
    const { run } = await findRunOf(c);
    const id = c.req.param("statement");
    const statement = await readRunStatement(c.var.db, run.id, id);
    if (statement === null) throw statementNotFound(id);
    return c.json(statement);
  });

  app.post("/programs/:program/payouts/runs/:run/statements/:statement/fail", permit("pay"), async (c) => {
    const { db, now } = c.var;
    const { program, run } = await findRunOf(c);
    const id = c.req.param("statement");
    const command = { ...readCommand(c, "failure"), command: `fail ${id}`, audit: null };
    const { reason } = await readJson(c.req, failure);
    const known = await findStatement(db, run.id, id);
    if (known === null) throw statementNotFound(id);
    const account = { program_id: program.id, affiliate_id: known.affiliate_id };
    expectRun(await recordCommand(db, run, command));
    const object = c.env.ACCOUNTS.getByName(accountKeyOf(account));
    const username = (await usernameOf(c, known.affiliate_id)) ?? "";
    const change = auditStatement(c, known, "failed", { affiliate: username, reason });
    const failed: Failed = await object.failStatement(known.number, { reason, failed_at: now }, change);
    if (!("statement" in failed)) {
      throw new Problem(409, "statement_not_payable", "This statement has no payment that could be marked as failed.");
    }
    return c.json(viewStatement(failed.statement, username));
  });
}

/** A change of a statement for the audit log, which its account's object sends if it makes the change. */
export function auditStatement(
  c: ApiCall,
  { id, program_id }: Pick<Statement, "id" | "program_id">,
  verb: string,
  after: AuditedFields,
): AuditMessage {
  const subject = { program_id, subject_type: "statement", subject: id };
  return describeChange(auditActorOf(c), { action: `statement.${verb}`, ...subject, before: null, after }, c.var.now);
}

/** The window that is asked for, or the last one that has begun, or the first. Throws 422. */
function chooseWindow(
  windows: readonly PayWindow[],
  hasBegun: (window: PayWindow) => boolean,
  asked: number | undefined,
): PayWindow {
  const found =
    asked === undefined
      ? (windows.findLast(hasBegun) ?? windows[0])
      : windows.find(({ window = 1 }) => window === asked);
  if (found !== undefined) return found;
  throw new Problem(422, "invalid_window", "window: the program's terms have no second payout window.", "window");
}

/**
 * Takes refunds since the draft into account. Throws 503 while statements are missing in D1, or more accounts have
 * corrections than one call can ask about.
 */
async function revise(c: ApiCall, run: Run): Promise<void> {
  const revised = await reviseRun(c.env, run);
  if (revised === "incomplete") {
    throw new Problem(503, "statements_on_their_way", "Not all statements have arrived yet: try again.");
  }
  if (revised === "more") {
    const detail = "Refunds since the draft are still being applied. Approve the run again.";
    throw new Problem(503, "run_being_revised", detail);
  }
}

/** Finds the run in the path, with its program. Throws 404. */
export async function findRunOf(c: ApiCall) {
  const program = await findProgram(c.var.db, c.req.param("program") ?? "");
  const id = c.req.param("run") ?? "";
  const run = await findRun(c.var.db, program.id, id);
  if (run === null) throw new Problem(404, "run_not_found", `There is no payout run "${id}" in this program.`);
  return { program, run };
}

/**
 * Records a command that doesn't change the run itself, with an entry of the audit log if there is one. Throws 409 if its key was
 * used for a different command.
 */
export async function recordRunCommand(
  c: ApiCall,
  run: Run,
  what: string,
  { command, audited }: { command: string; audited: { verb: string; after: AuditedFields } | null },
): Promise<void> {
  const of = { program_id: run.program_id, subject: run.id };
  const audit = audited && auditOf(c, of, audited.verb, audited.after);
  expectRun(await recordCommand(c.var.db, run, { ...readCommand(c, what), command, audit }));
}

/** The change of a run for the audit log. */
export function auditOf(c: ApiCall, of: { program_id: number; subject: string }, verb: string, after: AuditedFields) {
  const change = { action: `payout_run.${verb}`, subject_type: "payout_run", ...of, before: null, after };
  return { by: auditActorOf(c), change };
}

function readCommand(c: ApiCall, what: string): Omit<Command, "command" | "audit"> {
  return { key: readIdempotencyKey(c.req, what), by: c.var.key, at: c.var.now };
}

/** Applies a command to a run and starts its work. A repeated command returns the run as it is now. */
async function change(
  c: ApiCall,
  { program, run }: Awaited<ReturnType<typeof findRunOf>>,
  { verb, ...requested }: Omit<Command, "audit"> & { verb: string },
  decide: (state: RunState) => RunState | RunRefusal,
) {
  const { db, now } = c.var;
  const command = { ...requested, command: `${requested.command} ${run.id}`, verb };
  // Check for a repeated command first, since the state it led to would refuse it.
  const commanded =
    (await recallCommand(db, run.program_id, { ...command, audit: null })) ??
    (await executeCommand(c, run, command, decide));
  const { id } = expectRun(commanded);
  const worked = await workRun(c.env, program.id, id, now);
  return (await loadRunView(db, program))(worked ?? run);
}

async function executeCommand(
  c: ApiCall,
  run: Run,
  { verb, ...command }: Omit<Command, "audit"> & { verb: string },
  decide: (state: RunState) => RunState | RunRefusal,
): Promise<Commanded> {
  const decided = decide(stateOf(run));
  if (typeof decided === "string") throw new Problem(409, decided, REFUSALS[decided]);
  const of = { program_id: run.program_id, subject: run.id };
  const after = { status: decided.status, drafted: amountsOf(run) };
  const audit = auditOf(c, of, verb, after);
  return changeRun(c.var.db, run, beginning(decided, c.var.now), { ...command, audit });
}

/** What a run pays, by currency. */
function amountsOf({ progress }: Run) {
  return Object.fromEntries(
    Object.entries(progress.drafted).map(([currency, { payments, amount }]) => [currency, { payments, amount }]),
  );
}

/** The run's next status, and where its work starts. */
function beginning({ status, approvals }: RunState, now: number) {
  return { status, approvals: [...approvals], cursor: 0, ...(status === "paying" && { paid_at: now }) };
}

function expectRun(commanded: Commanded): Run {
  if (commanded.status === "conflict") {
    throw new Problem(409, "idempotency_key_reused", "This Idempotency-Key was used for another command.");
  }
  if (commanded.status === "changed")
    throw new Problem(409, "run_changed", "Another call changed this run. Read the run again, then retry.");
  return commanded.run;
}

/** 404, for a statement that isn't in the run. */
export function statementNotFound(id: string): Problem {
  return new Problem(404, "statement_not_found", `There is no statement "${id}" in this run.`);
}

/** The username of an affiliate, or null. */
export async function usernameOf(c: ApiCall, affiliateId: number): Promise<string | null> {
  const query = "SELECT username FROM affiliates WHERE id = ?";
  return c.env.DB.prepare(query).bind(affiliateId).first<string>("username");
}
