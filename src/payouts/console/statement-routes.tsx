/** `/admin/programs/:program/payouts/:run/statements/:statement`: one statement, and what is recorded about its payment. */
import type { Child } from "hono/jsx";
import { changeApi, openApiFile, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { dayOf, toIsoDay } from "../../lib/calendar.ts";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import type { RunView } from "./describe-run.ts";
import { pagePathOf, runPathOf } from "./run-paths.ts";
import { type LineView, StatementPage } from "./statement-page.tsx";
import type { RunStatementView } from "./statement-table.tsx";

export function addPayoutStatementRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/payouts/:run/statements/:statement", allow("read"), (c) => showStatement(c, {}));

  app.get("/programs/:program/payouts/:run/statements/:statement/lines.csv", allow("read"), (c) => openFile(c, "csv"));

  app.get("/programs/:program/payouts/:run/statements/:statement/document.html", allow("read_payees"), (c) =>
    openFile(c, "html"),
  );

  app.post("/programs/:program/payouts/:run/statements/:statement/pay", allow("pay"), async (c) => {
    const values = await readFormFields(c);
    const { method, reference = "", paid_on, confirmed } = values;
    if (confirmed !== "yes") {
      return showConfirm(c, values, {
        title: "Record this payment?",
        verb: "pay",
        submit: "Record payment",
        undo: "To take it back, mark the payment as failed: the amount then goes into the next statement.",
        describe: (paid) =>
          `by ${method}${reference === "" ? "" : `, reference ${reference}`}, is recorded as paid ${paid}.`,
      });
    }
    const body = { method, reference: reference === "" ? null : reference, paid_on };
    return record(c, { verb: "pay", done: "recorded", body, values });
  });

  app.post("/programs/:program/payouts/:run/statements/:statement/fail", allow("pay"), async (c) => {
    const values = await readFormFields(c);
    const { reason, confirmed } = values;
    if (confirmed !== "yes") {
      return showConfirm(c, values, {
        title: "Mark this payment as failed?",
        verb: "fail",
        submit: "Mark as failed",
        undo: "This can’t be undone: the amount goes into the affiliate’s next statement.",
        describe: () => `is marked as failed. Reason for the affiliate: ${reason ?? ""}`,
      });
    }
    return record(c, { verb: "fail", done: "failed", body: { reason }, values });
  });
}

/** The statement as a file, as the affiliate gets it in the portal. */
async function openFile(c: ConsoleContext, type: "csv" | "html"): Promise<Response> {
  const { affiliate, number } = await readStatement(c);
  const file = await openApiFile(c, `${accountPathOf(c, affiliate)}/statements/${number}.${type}`);
  // Shown here, the document would lack its styles, which the console's policy forbids.
  const disposition = file.headers.get("Content-Disposition")?.replace(/^inline/, "attachment") ?? "attachment";
  const headers = {
    "Content-Type": file.headers.get("Content-Type") ?? "text/plain",
    "Content-Disposition": disposition,
  };
  return new Response(file.body, { headers });
}

function accountPathOf(c: ConsoleContext, affiliate: string): string {
  const program = encodeURIComponent(c.req.param("program") ?? "");
  return `/programs/${program}/affiliates/${encodeURIComponent(affiliate)}`;
}

/** Records what happened to the payment, or shows what was wrong with the form. */
async function record(
  c: ConsoleContext,
  options: { verb: "pay" | "fail"; done: string; body: object; values: Record<string, string> },
): Promise<Response> {
  const { verb, done, body, values } = options;
  const call = {
    method: "POST",
    path: `${statementPathOf(c)}/${verb}`,
    idempotency_key: values[FORM_KEY],
    body,
  } as const;
  const recorded = await changeApi(c, call);
  if (recorded.ok) return c.redirect(`${pagePathOf(c)}?done=${done}`, 303);
  const form = { values, problem: recorded.problem };
  return showStatement(c, verb === "pay" ? { pay_form: form } : { fail_form: form });
}

async function showStatement(
  c: ConsoleContext,
  forms: { pay_form?: FormState; fail_form?: FormState },
): Promise<Response> {
  const [run, statement] = await Promise.all([readApi<RunView>(c, runPathOf(c)), readStatement(c)]);
  const program = c.req.param("program") ?? "";
  const account = accountPathOf(c, statement.affiliate);
  const { lines } = await readApi<{ lines: LineView[] }>(c, `${account}/statements/${statement.number}`);
  const page = (
    <StatementPage
      {...{ program, run, statement, lines }}
      pay_form={forms.pay_form ?? newForm({ paid_on: toIsoDay(dayOf(c.var.now)) })}
      fail_form={forms.fail_form ?? newForm()}
      can_pay={may(c, "pay")}
      can_read_payees={may(c, "read_payees")}
    />
  );
  return show(c, Object.keys(forms).length === 0 ? 200 : 422, `Statement of ${statement.name}`, page);
}

/** The statement that the page is about. Throws the API's 404. */
function readStatement(c: ConsoleContext): Promise<RunStatementView> {
  return readApi(c, statementPathOf(c));
}

function statementPathOf(c: ConsoleContext): string {
  return `${runPathOf(c)}/statements/${encodeURIComponent(c.req.param("statement") ?? "")}`;
}

async function showConfirm(
  c: ConsoleContext,
  { [FORM_KEY]: _, confirmed: __, ...values }: Record<string, string>,
  options: { title: string; verb: string; submit: string; undo: string; describe: (day: string) => string },
): Promise<Response> {
  const { title, verb, submit, undo, describe } = options;
  const statement = await readStatement(c);
  const path = `${pagePathOf(c)}/statements/${encodeURIComponent(statement.id)}`;
  const effect: Child = <Effect statement={statement} text={describe(`on ${values.paid_on ?? ""}`)} />;
  const page = (
    <div class="stack">
      <PageHead title={title} back={{ href: path, label: `Statement ${statement.number} of ${statement.name}` }} />
      <Confirm
        action={`${path}/${verb}`}
        cancel={path}
        is_danger={verb === "fail"}
        {...{ effect, undo, submit, values }}
      />
    </div>
  );
  return show(c, 200, title, page);
}

function Effect({ statement, text }: { statement: RunStatementView; text: string }) {
  return (
    <p>
      The payment of <strong>{formatMoney(statement.payable, statement.currency)}</strong> to {statement.name} {text}
    </p>
  );
}
