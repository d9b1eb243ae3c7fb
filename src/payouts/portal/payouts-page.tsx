import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { Status } from "../../conversions/portal/conversion-table.tsx";
import type { List } from "../../lib/paging.ts";
import { ProgramTabs } from "../../portal/layout/filters.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import type { StatementView } from "../statements/queries.ts";
import { formatMonth, nameStatementStatus } from "./words.ts";

const PATH = "/app/payouts";

interface PayoutsProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  statements: List<StatementView>;
}

/** `/app/payouts`: the statements of one program, newest first. */
export function PayoutsPage({ program, programs, statements }: PayoutsProps) {
  return (
    <>
      <div class="page-head">
        <h1>Payouts</h1>
      </div>
      <ProgramTabs path={PATH} params={{}} program={program} programs={programs} />
      <section class="card" aria-labelledby="statements">
        <h2 id="statements">{program.name} statements</h2>
        {statements.data.length === 0 ? (
          <p class="empty">
            <strong>No statements yet.</strong> Each payout of the program comes with a statement that lists what it
            pays. To get paid, <a href="/app/account">add a payout method</a>.
          </p>
        ) : (
          <Statements program={program} statements={statements.data} />
        )}
        {statements.next !== null && (
          <p class="spaced">
            <a href={buildHref(PATH, { program: program.slug, before: statements.next })}>Earlier statements</a>
          </p>
        )}
      </section>
    </>
  );
}

function Statements({ program, statements }: { program: AffiliateProgram; statements: StatementView[] }) {
  const hasNotes = statements.some(({ blocked }) => blocked.length > 0);
  return (
    <DataTable
      caption="Your statements, newest first"
      columns={[
        { label: "Statement", is_heading: true },
        { label: "Total", is_number: true },
        { label: "Paid", is_number: true },
        { label: "Carried over", is_number: true },
        ...(hasNotes ? [{ label: "Notes", is_wide: true }] : []),
      ]}
      rows={statements.map(({ number, month, status, currency, total, payable, carried, blocked }) => {
        const isOpen = status === "drafted";
        const isPaid = status === "paid" || status === "returned";
        return [
          <span class="entry-name">
            <a href={buildHref(`${PATH}/${number}`, { program: program.slug })}>
              Statement {number}, {formatMonth(month)}
            </a>{" "}
            <Status status={nameStatementStatus(status)} code={status} />
          </span>,
          formatMoney(total, currency),
          isPaid ? formatMoney(payable, currency) : "–",
          formatMoney(isOpen ? total - payable : carried, currency),
          ...(hasNotes ? [<span class="reason">{blocked.map(({ text }) => text).join(" ")}</span>] : []),
        ];
      })}
    />
  );
}
