import { Form, type FormState, SelectField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Empty, PageHead, Pager, StatusTag } from "../../console/layout/parts.tsx";
import { addToMonth, monthOf } from "../../lib/calendar.ts";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { formatMonth } from "../portal/words.ts";
import { Amounts, countPayments, nameRun } from "./amounts.tsx";
import { describeRun, type RunView } from "./describe-run.ts";

/** How many past months can be chosen. */
const MONTHS = 12;

const WINDOWS = [
  ["", "The latest that has begun"],
  ["1", "First"],
  ["2", "Second"],
] as const;

/** A program's payout runs, and a form to draft one. */
export function RunsPage(props: {
  program: string;
  runs: readonly RunView[];
  next: string | null;
  cursor: string | null;
  form: FormState;
  can_draft: boolean;
  now: number;
}) {
  const { program, runs, next, cursor, form, can_draft, now } = props;
  const path = programHref(program, "/payouts");
  const months = Array.from({ length: MONTHS }, (_, back) => addToMonth(monthOf(now), -back));
  return (
    <div class="stack">
      <PageHead title="Payouts" note="A payout run makes a statement for each affiliate and pays what is due.">
        <a class="button" href={`${path}/reconciliation`}>
          Check accounts
        </a>
      </PageHead>
      <section class="card" aria-label="Payout runs">
        {runs.length === 0 ? (
          <Empty>
            <strong>No payout runs yet.</strong>{" "}
            {can_draft
              ? "Draft the first one below: nothing is paid before you approve it."
              : "None was drafted so far."}
          </Empty>
        ) : (
          <RunTable runs={runs} path={path} />
        )}
        <Pager path={path} params={{ cursor }} next={next} />
      </section>
      {can_draft && (
        <section class="card" aria-labelledby="draft">
          <h2 id="draft">Draft a run</h2>
          <p class="muted">Nothing is paid yet, and you can cancel it. A program has one open run at a time.</p>
          <Form action={path} state={form} submit="Draft run" fields={["month", "window"]}>
            <SelectField
              state={form}
              name="month"
              label="Payout month"
              options={months.map((month) => [month, formatMonth(month)] as const)}
            />
            <SelectField
              state={form}
              name="window"
              label="Payout window"
              note="Only if the terms have two windows a month."
              options={WINDOWS}
            />
          </Form>
        </section>
      )}
    </div>
  );
}

function RunTable({ runs, path }: { runs: readonly RunView[]; path: string }) {
  return (
    <DataTable
      caption="Payout runs, newest first"
      columns={[
        { label: "Run", is_heading: true },
        { label: "State", is_wide: true },
        { label: "Payments", is_number: true },
        { label: "Amount", is_number: true },
        { label: "Carried over", is_number: true },
        { label: "Drafted" },
      ]}
      rows={runs.map((run) => {
        const { tag, tone, sentence } = describeRun(run);
        const totals = run.status === "paid" ? run.paid : run.drafted;
        return [
          <a href={`${path}/${run.id}`}>{nameRun(run)}</a>,
          <>
            <StatusTag tone={tone}>{tag}</StatusTag> <span class="reason">{sentence}</span>
          </>,
          formatCount(countPayments(totals)),
          <Amounts totals={totals} />,
          <Amounts totals={totals} field="carried" />,
          run.drafted_at === null ? "–" : <Time ms={Date.parse(run.drafted_at)} />,
        ];
      })}
    />
  );
}
