/** `/admin/programs/:program/payouts`: payout runs, their files and the reports about them. */
import { LONGEST_BODY_BYTES } from "../../api/layout/idempotent-calls.ts";
import { type ApiChange, changeApi, type Outcome, openApiFile, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import { monthOf } from "../../lib/calendar.ts";
import { Problem } from "../../lib/problem.ts";
import { readFormFields, readUpload } from "../../portal/layout/read-form-handler.ts";
import { canRemind } from "../statements/reminder-api.ts";
import { showApproval, showCancellation, showPayment } from "./confirm-pages.tsx";
import { hasFiles, type RunView } from "./describe-run.ts";
import { type FilesView, PaymentFiles, ReportForm, type ReportView } from "./payment-files.tsx";
import { type AccountsCheck, AccountsCheckPage, type RunCheck, RunCheckPage } from "./reconciliation-page.tsx";
import { RunPage } from "./run-page.tsx";
import { pagePathOf, runPathOf, runsPathOf } from "./run-paths.ts";
import { RunsPage } from "./runs-page.tsx";
import { type RunStatementView, STATEMENT_VIEWS, StatementTable } from "./statement-table.tsx";

/** Refusals that end by themselves: the run is shown with them. */
const PASSING = ["statements_on_their_way", "run_being_revised"];

/** What a form of a run's page led to. */
interface Attempt {
  refusal?: Problem;
  report?: ReportView;
  report_fault?: Problem;
}

export function addPayoutRunRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/payouts", allow("read"), (c) => showRuns(c, newForm({ month: monthOf(c.var.now) })));

  app.post("/programs/:program/payouts", allow("payouts"), async (c) => {
    const values = await readFormFields(c);
    const { month, window = "" } = values;
    const body = { month, ...(window !== "" && { window: Number(window) }) };
    const call = { method: "POST", path: runsPathOf(c), body, idempotency_key: values[FORM_KEY] } as const;
    const drafted = await changeApi<RunView>(c, call);
    if (!drafted.ok) return showRuns(c, { values, problem: drafted.problem });
    const { id } = drafted.body;
    return c.redirect(programHref(c.req.param("program"), `/payouts/${id}?done=drafted`), 303);
  });

  app.get("/programs/:program/payouts/reconciliation", allow("read"), async (c) => {
    const program = c.req.param("program");
    const cursor = c.req.query("cursor") ?? null;
    const path = `/programs/${encodeURIComponent(program)}/payouts/reconciliation`;
    const check = await readApi<AccountsCheck>(c, path, { cursor });
    return show(c, 200, "Check accounts", <AccountsCheckPage {...{ program, check, cursor }} />);
  });

  app.get("/programs/:program/payouts/:run", allow("read"), (c) => showRun(c, {}));

  app.get("/programs/:program/payouts/:run/reconciliation", allow("read"), async (c) => {
    const program = c.req.param("program");
    const run = await readApi<RunView>(c, runPathOf(c));
    const check = await readApi<RunCheck>(c, `${runPathOf(c)}/reconciliation`);
    return show(c, 200, "Check a run", <RunCheckPage {...{ program, run, check }} />);
  });

  app.get("/programs/:program/payouts/:run/files/:name", allow("pay"), (c) =>
    openApiFile(c, `${runPathOf(c)}/files/${encodeURIComponent(c.req.param("name"))}`),
  );

  app.post("/programs/:program/payouts/:run/approve", allow("pay"), (c) =>
    command(c, { verb: "approve", done: "approved", confirm: showApproval }),
  );

  app.post("/programs/:program/payouts/:run/pay", allow("pay"), (c) =>
    command(c, { verb: "pay", done: "paid", confirm: async (c, run) => showPayment(c, run, await readFiles(c, run)) }),
  );

  app.post("/programs/:program/payouts/:run/cancel", allow("payouts"), (c) =>
    command(c, { verb: "cancel", done: "cancelled", confirm: showCancellation }),
  );

  app.post("/programs/:program/payouts/:run/steps", allow("payouts"), async (c) => {
    const worked = await changeApi(c, { method: "POST", path: `${runPathOf(c)}/steps` });
    if (!worked.ok) throw worked.problem;
    return c.redirect(pagePathOf(c), 303);
  });

  app.post("/programs/:program/payouts/:run/statements/:statement/remind", allow("payouts"), async (c) => {
    const { [FORM_KEY]: idempotency_key } = await readFormFields(c);
    const path = `${runPathOf(c)}/statements/${encodeURIComponent(c.req.param("statement"))}/remind`;
    const reminded = await changeApi(c, { method: "POST", path, idempotency_key });
    if (!reminded.ok) return showRun(c, { refusal: reminded.problem });
    return c.redirect(`${pagePathOf(c)}?done=reminded#statements`, 303);
  });

  app.post("/programs/:program/payouts/:run/results", allow("pay"), async (c) => {
    const { values, file } = await readUpload(c, "report", LONGEST_BODY_BYTES);
    if (file === null) {
      return showRun(c, { report_fault: new Problem(422, "report_missing", "Choose the report’s file.") });
    }
    const { after = "", [FORM_KEY]: idempotency_key } = values;
    const path = `${runPathOf(c)}/results${after === "" ? "" : `?after=${encodeURIComponent(after)}`}`;
    const read = await tryChange<ReportView>(c, { method: "POST", path, file, idempotency_key });
    return showRun(c, read.ok ? { report: read.body } : { report_fault: read.problem });
  });
}

/** A command that is shown with its effect first, and made when that is confirmed. */
async function command(
  c: ConsoleContext,
  options: {
    verb: string;
    done: string;
    confirm: (c: ConsoleContext, run: RunView) => Response | Promise<Response>;
  },
): Promise<Response> {
  const { verb, done, confirm } = options;
  const { confirmed, [FORM_KEY]: idempotency_key } = await readFormFields(c);
  if (confirmed !== "yes") return confirm(c, await readApi<RunView>(c, runPathOf(c)));
  const changed = await tryChange(c, { method: "POST", path: `${runPathOf(c)}/${verb}`, idempotency_key });
  return changed.ok ? c.redirect(`${pagePathOf(c)}?done=${done}`, 303) : showRun(c, { refusal: changed.problem });
}

/** Makes a change. A refusal that ends by itself is returned, too. */
async function tryChange<Body>(c: ConsoleContext, change: ApiChange): Promise<Outcome<Body>> {
  try {
    return await changeApi<Body>(c, change);
  } catch (error) {
    if (error instanceof Problem && PASSING.includes(error.code)) return { ok: false, problem: error };
    throw error;
  }
}

async function showRuns(c: ConsoleContext, form: FormState): Promise<Response> {
  const cursor = c.req.query("cursor") ?? null;
  const { data, next } = await readApi<{ data: RunView[]; next: string | null }>(c, runsPathOf(c), { cursor });
  const page = (
    <RunsPage
      program={c.req.param("program") ?? ""}
      runs={data}
      can_draft={may(c, "payouts")}
      now={c.var.now}
      {...{ next, cursor, form }}
    />
  );
  return show(c, form.problem === null ? 200 : 422, "Payouts", page);
}

/** The statements of a run as the API lists them. */
interface StatementsAnswer {
  data: RunStatementView[];
  next: string | null;
  complete: boolean;
  drafted: number;
  available: number;
}

async function showRun(c: ConsoleContext, { refusal, report, report_fault }: Attempt): Promise<Response> {
  const { show: asked, cursor = null, done } = c.req.query();
  const view = asked !== undefined && Object.hasOwn(STATEMENT_VIEWS, asked) ? STATEMENT_VIEWS[asked] : undefined;
  const filter = { ...view?.params, cursor };
  const run = await readApi<RunView>(c, runPathOf(c));
  const slug = c.req.param("program") ?? "";
  const [program, { data, next, ...arrived }, files] = await Promise.all([
    readApi<{ slug: string; name: string }>(c, `/programs/${encodeURIComponent(slug)}`),
    readApi<StatementsAnswer>(c, `${runPathOf(c)}/statements`, filter),
    hasFiles(run) && may(c, "read_payees") ? readFiles(c, run) : undefined,
  ]);
  const rights = { can_draft: may(c, "payouts"), can_pay: may(c, "pay") };
  const path = pagePathOf(c);
  const page = (
    <RunPage program={slug} refusal={refusal?.message ?? null} {...{ run, rights, arrived, done }}>
      {files !== undefined && <PaymentFiles path={path} files={files} can_pay={rights.can_pay} />}
      {hasFiles(run) && rights.can_pay && (
        <ReportForm path={path} report={report ?? null} fault={report_fault?.message ?? null} />
      )}
      <StatementTable
        program={program}
        run={run.id}
        statements={data}
        next={next}
        params={{ show: view === undefined ? null : (asked ?? null), cursor }}
        reminds_by={rights.can_draft && canRemind(c.env) ? "email" : "mailto"}
      />
    </RunPage>
  );
  const problem = refusal ?? report_fault;
  const status = problem === undefined ? 200 : problem.status === 422 ? 422 : 409;
  return show(c, status, "Payout run", page);
}

/** The payment files, or null while statements are still arriving. */
async function readFiles(c: ConsoleContext, run: RunView): Promise<FilesView | null> {
  if (!hasFiles(run)) return null;
  try {
    return await readApi<FilesView>(c, `${runPathOf(c)}/files`);
  } catch (error) {
    if (error instanceof Problem && PASSING.includes(error.code)) return null;
    throw error;
  }
}
