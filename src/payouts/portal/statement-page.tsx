import { nameKind } from "../../commissions/ledger.ts";
import { Status } from "../../conversions/portal/conversion-table.tsx";
import { Fact } from "../../portal/layout/fact.tsx";
import { formatMoney } from "../../portal/layout/reader.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import { explainBlock } from "../explain-block.ts";
import { carriedOf, type Statement } from "../statements/statement.ts";
import type { StatementLine, WholeStatement } from "../statements/whole-statement-queries.ts";
import { nameStatementStatus, sayMonth, sayStatement } from "./words.ts";

/** `/app/payouts/:number`: what a payment is for, line by line. Made to be printed too. */
export function StatementPage({ whole }: { whole: WholeStatement }) {
  const { program, statement } = whole;
  const query = new URLSearchParams({ program: program.slug });
  return (
    <>
      <nav class="back" aria-label="Back">
        <a href={`/app/payouts?${query}`}>
          <span aria-hidden="true">← </span>Payouts of {program.name}
        </a>
      </nav>
      <StatementSheet whole={whole} />
      <p class="note no-print">
        <a href={`/app/payouts/${statement.number}.csv?${query}`} download>
          This statement as a file for a spreadsheet
        </a>
        . To keep it on paper or as a PDF, print this page.
      </p>
    </>
  );
}

/** The statement itself, without the page around it. */
export function StatementSheet({ whole }: { whole: WholeStatement }) {
  const { program, affiliate, statement, lines } = whole;
  const { currency } = statement;
  return (
    <>
      <div class="page-head">
        <h1>{titleOf(statement)}</h1>
        <Status status={nameStatementStatus(statement.status)} code={statement.status} />
      </div>
      <dl class="facts">
        <Fact label="Program">{program.name}</Fact>
        <Fact label="Affiliate">
          {affiliate.name} <span class="muted">{affiliate.username}</span>
        </Fact>
        <Fact label="Payout of">{sayMonth(statement.month)}</Fact>
        <Fact label="Drawn up">
          <DateOnly ms={statement.drafted_at} />
        </Fact>
        <Fact label="Statement">{statement.id}</Fact>
        <Fact label="Run">{statement.run}</Fact>
      </dl>
      <section class="card" aria-labelledby="outcome">
        <h2 id="outcome">What became of it</h2>
        <p class="verdict">{sayStatement(statement)}</p>
        {statement.blocked.map((block) => (
          <p class="notice">{explainBlock(block, currency, "affiliate")}</p>
        ))}
      </section>
      <section class="card" aria-labelledby="lines">
        <h2 id="lines">What it is for</h2>
        <Lines lines={lines} statement={statement} />
      </section>
    </>
  );
}

/** `Statement 3`. */
export function titleOf({ number }: Pick<Statement, "number">): string {
  return `Statement ${number}`;
}

function Lines({ lines, statement }: { lines: StatementLine[]; statement: Statement }) {
  const { currency, opening, total, payable, status } = statement;
  const money = (amount: number) => formatMoney(amount, currency);
  const isOpen = status === "drafted";
  const isPaid = status === "paid" || status === "returned";
  return (
    <>
      <DataTable
        caption="Entries of this statement"
        columns={[
          { label: "Entry", is_heading: true },
          { label: "Of" },
          { label: "Terms" },
          { label: "Amount", is_number: true },
        ]}
        rows={[
          ["Opening balance, carried over from before", "–", "–", money(opening)],
          ...lines.map((line) => [
            <Line line={line} />,
            <DateOnly ms={line.occurred_at} />,
            line.terms_version === null ? "–" : `version ${line.terms_version}`,
            money(line.amount),
          ]),
        ]}
      />
      <p class="total">
        <span>Total</span> <strong>{money(total)}</strong>
      </p>
      <p class="subtotal">
        <span>{isOpen ? "To be paid" : "Paid"}</span> <strong>{money(isOpen || isPaid ? payable : 0)}</strong>
      </p>
      <p class="subtotal">
        <span>Carried over to the next statement</span>{" "}
        <strong>{money(isOpen ? total - payable : carriedOf(statement))}</strong>
      </p>
    </>
  );
}

function Line({ line }: { line: StatementLine }) {
  return (
    <span class="entry-name">
      {nameKind(line.kind)}
      {line.explanation !== null && <span class="note">{line.explanation}</span>}
      <span class="note">
        {line.id}
        {line.corrects !== null && `, corrects ${line.corrects}`}
        {line.conversion !== null && `, ${line.conversion}`}
      </span>
    </span>
  );
}
