import type * as v from "valibot";
import type { entry } from "../../commissions/reference/schemas.ts";
import { Field, Form, type FormState } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { PageHead } from "../../console/layout/parts.tsx";
import { Fact } from "../../portal/layout/fact.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly, Time } from "../../portal/layout/time.tsx";
import { nameRun } from "./amounts.tsx";
import type { RunView } from "./describe-run.ts";
import { type RunStatementView, StatementTag } from "./statement-table.tsx";

/** A line of a statement, as the API shows it. */
export type LineView = v.InferOutput<typeof entry>;

const METHODS: Readonly<Record<string, string>> = { paypal: "PayPal", bank: "bank transfer" };

/** One statement of a run: what it pays and why, its lines, and what can be recorded about its payment. */
export function StatementPage(props: {
  program: string;
  run: RunView;
  statement: RunStatementView;
  lines: readonly LineView[];
  pay_form: FormState;
  fail_form: FormState;
  /** Whether the user may record what was paid. */
  can_pay: boolean;
  /** Whether the user may read addresses. */
  can_read_payees: boolean;
}) {
  const { program, run, statement, lines, pay_form, fail_form, can_pay, can_read_payees } = props;
  const path = `${programHref(program, "/payouts")}/${run.id}/statements/${statement.id}`;
  const { currency, payable, status, paid_by } = statement;
  const isOpen = payable > 0 && ["approved", "paying", "paid"].includes(run.status);
  return (
    <div class="stack">
      <PageHead
        title={`Statement ${statement.number} of ${statement.name}`}
        back={{ href: `${programHref(program, "/payouts")}/${run.id}`, label: nameRun(run) }}
      >
        {can_read_payees && (
          <a class="button" href={`${path}/document.html`}>
            Download document
          </a>
        )}
        <a class="button" href={`${path}/lines.csv`}>
          Download CSV
        </a>
      </PageHead>
      <section class="card" aria-label="Statement">
        <p class="verdict">
          <StatementTag status={status} />{" "}
          {payable > 0 ? formatMoney(payable, currency) : `${formatMoney(statement.total, currency)} carried over`}
        </p>
        {[...statement.blocked.map(({ text }) => text), statement.reason].map(
          (text) => text !== null && <p class="notice">{text}</p>,
        )}
        <dl class="facts spaced">
          <Fact label="Affiliate">
            <a href={programHref(program, `/affiliates/${encodeURIComponent(statement.affiliate)}`)}>
              {statement.name}
            </a>{" "}
            <span class="muted">{statement.affiliate}</span>
          </Fact>
          <Fact label="Brought forward">{formatMoney(statement.opening, currency)}</Fact>
          <Fact label="Balance">{formatMoney(statement.total, currency)}</Fact>
          <Fact label="Since">
            <Time ms={Date.parse(statement.changed_at)} />
          </Fact>
          {paid_by !== null && (
            <Fact label="Paid by">
              {METHODS[paid_by.method] ?? paid_by.method}
              {paid_by.reference !== null && `, reference ${paid_by.reference}`}
            </Fact>
          )}
          <Fact label="Statement ID">{statement.id}</Fact>
        </dl>
      </section>
      {can_pay && isOpen && status !== "paid" && status !== "returned" && (
        <section class="card" aria-labelledby="pay">
          <h2 id="pay">Record a payment made outside the files</h2>
          <p class="muted">By check, wire or cash. A payment that is in a file must be marked as failed first.</p>
          <Form
            action={`${path}/pay`}
            state={pay_form}
            submit="Record payment"
            fields={["method", "reference", "paid_on"]}
          >
            <Field state={pay_form} name="method" label="Method" note="Such as check or wire." required />
            <Field state={pay_form} name="reference" label="Reference" note="The affiliate sees it." />
            <Field state={pay_form} name="paid_on" label="Day of the payment" type="date" required />
          </Form>
        </section>
      )}
      {can_pay && isOpen && (status === "drafted" || status === "paid" || status === "unpaid") && (
        <section class="card" aria-labelledby="fail">
          <h2 id="fail">{status === "paid" ? "Record that the payment came back" : "Withhold the payment"}</h2>
          <p class="muted">Its amount goes into the affiliate’s next statement.</p>
          <Form action={`${path}/fail`} state={fail_form} submit="Mark as failed" fields={["reason"]} is_danger>
            <Field state={fail_form} name="reason" label="Reason" note="The affiliate sees it." required />
          </Form>
        </section>
      )}
      <section class="card" aria-labelledby="lines">
        <h2 id="lines">Lines</h2>
        <DataTable
          caption="Ledger entries of this statement"
          columns={[
            { label: "Entry", is_heading: true },
            { label: "Date" },
            { label: "Amount", is_number: true },
            { label: "Why", is_wide: true },
          ]}
          rows={lines.map((line) => [
            line.kind.slice(0, 1).toUpperCase() + line.kind.slice(1),
            <DateOnly ms={Date.parse(line.occurred_at)} />,
            formatMoney(line.amount, line.currency),
            <span class="reason">
              {line.explanation ?? line.reason ?? ""}{" "}
              {line.conversion !== null && (
                <a href={programHref(program, `/sales/${encodeURIComponent(line.conversion)}`)}>Sale</a>
              )}
            </span>,
          ])}
        />
      </section>
    </div>
  );
}
