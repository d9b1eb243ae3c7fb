import type * as v from "valibot";
import { FormKey } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Empty, FilterSelect, Pager, StatusTag } from "../../console/layout/parts.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import type { QueryParams } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { nameStatementStatus } from "../portal/words.ts";
import type { runStatement } from "../reference/schemas.ts";
import { isFixedByAffiliate } from "../statements/statement.ts";

/** A statement among those of its run, as the API shows it. */
export type RunStatementView = v.InferOutput<typeof runStatement>;

const TONES: Partial<Record<RunStatementView["status"], "good" | "waiting" | "bad">> = {
  ...{ paid: "good", drafted: "waiting", unpaid: "bad", failed: "bad", returned: "bad" },
};

/** Filters of the statements, as the API's query parameters. */
export const STATEMENT_VIEWS: Readonly<Record<string, { label: string; params: QueryParams }>> = {
  payments: { label: "With a payment", params: { has_payment: "true" } },
  none: { label: "Without a payment", params: { has_payment: "false" } },
  payment_details_missing: { label: "No payment details", params: { blocked: "payment_details_missing" } },
  method_not_offered: { label: "Payout method not offered", params: { blocked: "method_not_offered" } },
  tax_form_missing: { label: "No tax form", params: { blocked: "tax_form_missing" } },
  below_minimum: { label: "Below the minimum", params: { blocked: "below_minimum" } },
  not_approved: { label: "Enrollment not approved", params: { blocked: "not_approved" } },
  negative: { label: "Negative balance", params: { blocked: "negative" } },
  unpaid: { label: "Unpaid", params: { status: "unpaid" } },
  failed: { label: "Failed", params: { status: "failed" } },
};

/** A statement's status as a tag. */
export function StatementTag({ status }: Pick<RunStatementView, "status">) {
  return <StatusTag tone={TONES[status] ?? "neutral"}>{nameStatementStatus(status)}</StatusTag>;
}

/** A run's statements, with a filter. */
export function StatementTable(props: {
  program: { slug: string; name: string };
  run: string;
  statements: readonly RunStatementView[];
  next: string | null;
  params: { show: string | null; cursor: string | null };
  /** How the user reminds affiliates: by an email that is sent from here, or by one of their own. */
  reminds_by: "email" | "mailto";
}) {
  const { program, run, statements, next, params, reminds_by } = props;
  const path = `${programHref(program.slug, "/payouts")}/${run}`;
  const options = Object.entries(STATEMENT_VIEWS).map(([name, { label }]) => [name, label] as const);
  return (
    <section class="card" aria-labelledby="statements">
      <h2 id="statements">Statements</h2>
      <form method="get" action={`${path}#statements`} class="fields">
        <FilterSelect name="show" label="Show" value={params.show ?? ""} options={[["", "All"], ...options]} />
        <div>
          <button type="submit">Apply</button>
        </div>
      </form>
      {statements.length === 0 ? (
        <Empty>{params.show === null ? "No statements so far." : "This run has no such statements."}</Empty>
      ) : (
        <DataTable
          caption="Statements of this run"
          columns={[
            { label: "Affiliate", is_heading: true },
            { label: "Balance", is_number: true },
            { label: "Payment", is_number: true },
            { label: "Carried over", is_number: true },
            { label: "Status" },
            { label: "Notes", is_wide: true },
          ]}
          rows={statements.map((statement) => [
            <>
              <a href={`${path}/statements/${statement.id}`}>{statement.name}</a>
              <span class="note">{statement.affiliate}</span>
            </>,
            formatMoney(statement.total, statement.currency),
            statement.payable > 0 ? formatMoney(statement.payable, statement.currency) : "–",
            formatMoney(carriedOf(statement), statement.currency),
            <StatementTag status={isCarried(statement) ? "carried" : statement.status} />,
            <Notes statement={statement} program={program.name} path={path} reminds_by={reminds_by} />,
          ])}
        />
      )}
      <Pager path={path} params={params} next={next} />
    </section>
  );
}

/** Whether an open statement has nothing to pay. */
function isCarried({ status, payable }: RunStatementView): boolean {
  return status === "drafted" && payable <= 0;
}

/** An open statement carries what it doesn't pay. */
function carriedOf({ status, total, payable, carried }: RunStatementView): number {
  return status === "drafted" ? total - payable : carried;
}

function Notes(props: { statement: RunStatementView; program: string; path: string; reminds_by: "email" | "mailto" }) {
  const { statement, program, path, reminds_by } = props;
  const { id, blocked, reason, email, name } = statement;
  const texts = [...blocked.map(({ text }) => text), ...(reason === null ? [] : [reason])].join(" ");
  if (!blocked.some(({ code }) => isFixedByAffiliate(code))) return <span class="reason">{texts}</span>;
  return reminds_by === "mailto" ? (
    <span class="reason">
      {texts} <a href={remind({ email, name, program })}>Remind {name}</a>
    </span>
  ) : (
    <>
      <span class="reason">{texts}</span>
      <form method="post" action={`${path}/statements/${id}/remind`}>
        <FormKey />
        <button type="submit">
          Send reminder<span class="vh"> to {name}</span>
        </button>
      </form>
    </>
  );
}

/** An email to an affiliate whose payment waits for something that only the affiliate can add. */
function remind({ email, name, program }: { email: string; name: string; program: string }): string {
  const subject = encodeURIComponent(`Your payout from ${program}`);
  const lines = [
    ...[`Hello ${name},`, ""],
    `Your commission from ${program} can't be paid out yet, because something is missing.`,
    "Please sign in to the affiliate portal: your account page says what.",
  ];
  return `mailto:${encodeURIComponent(email)}?subject=${subject}&body=${encodeURIComponent(lines.join("\r\n"))}`;
}
