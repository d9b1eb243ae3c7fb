import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { Status } from "../../conversions/portal/conversion-table.tsx";
import type { List } from "../../lib/paging.ts";
import { formatMoney } from "../../portal/layout/reader.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import type { StatementView } from "../statements/queries.ts";
import { nameStatementStatus, sayMonth } from "./words.ts";

interface PayoutsProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  statements: List<StatementView>;
}

/** `/app/payouts`: the statements of one programme, newest first. */
export function PayoutsPage({ program, programs, statements }: PayoutsProps) {
  return (
    <>
      <div class="page-head">
        <h1>Payouts</h1>
      </div>
      {programs.length > 1 && (
        <nav class="tabs" aria-label="Program">
          {programs.map((other) => (
            <a href={addressOf(other.slug)} aria-current={other.id === program.id ? "page" : undefined}>
              {other.name}
            </a>
          ))}
        </nav>
      )}
      <section class="card" aria-labelledby="statements">
        <h2 id="statements">Statements of {program.name}</h2>
        {statements.data.length === 0 ? (
          <p class="empty">
            <strong>There is none yet.</strong> You get one for each payout of the program: what it pays, or why it pays
            nothing, line by line. <a href="/app/account">Say how you want to be paid</a>, so that nothing stands in the
            way.
          </p>
        ) : (
          <Statements program={program} statements={statements.data} />
        )}
        {statements.next !== null && (
          <p class="spaced">
            <a href={addressOf(program.slug, { before: statements.next })}>Older statements</a>
          </p>
        )}
      </section>
    </>
  );
}

function Statements({ program, statements }: { program: AffiliateProgram; statements: StatementView[] }) {
  return (
    <DataTable
      caption="Your statements, newest first"
      columns={[
        { label: "Statement", is_heading: true },
        { label: "Total", is_number: true },
        { label: "Paid", is_number: true },
        { label: "Carried over", is_number: true },
        { label: "Why nothing is paid", is_wide: true },
      ]}
      rows={statements.map(({ number, month, status, currency, total, payable, carried, blocked }) => {
        const isOpen = status === "drafted";
        const isPaid = status === "paid" || status === "returned";
        return [
          <span class="entry-name">
            <a href={`/app/payouts/${number}?${new URLSearchParams({ program: program.slug })}`}>
              Statement {number}, {sayMonth(month)}
            </a>{" "}
            <Status status={nameStatementStatus(status)} code={status} />
          </span>,
          formatMoney(total, currency),
          isPaid ? formatMoney(payable, currency) : "–",
          formatMoney(isOpen ? total - payable : carried, currency),
          <span class="reason">{blocked.map(({ text }) => text).join(" ")}</span>,
        ];
      })}
    />
  );
}

function addressOf(program: string, more: Record<string, string> = {}): string {
  return `/app/payouts?${new URLSearchParams({ program, ...more })}`;
}
