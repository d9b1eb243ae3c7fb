import { nameKind } from "../../commissions/ledger.ts";
import { Status } from "../../conversions/portal/conversion-table.tsx";
import { Fact } from "../../portal/layout/fact.tsx";
import { formatCount, formatMoney } from "../../portal/layout/formats-context.tsx";
import { type Column, DataTable } from "../../portal/layout/table.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import { carriedOf, type Statement } from "../statements/statement.ts";
import type { StatementLine, WholeStatement } from "../statements/whole-statement-queries.ts";
import { BlockNotice } from "./block-notice.tsx";
import { describePaidBy, describeStatement, formatMonth, nameStatementStatus } from "./words.ts";

/** `/app/payouts/:number`: a statement with all of its entries. Suitable for printing. */
export function StatementPage({ whole, now }: { whole: WholeStatement; now: number }) {
  const { program, statement } = whole;
  const query = new URLSearchParams({ program: program.slug });
  return (
    <>
      <nav class="back" aria-label="Back">
        <a href={`/app/payouts?${query}`}>
          <span aria-hidden="true">← </span>
          {program.name} payouts
        </a>
      </nav>
      <StatementSheet whole={whole} now={now} has_links />
      <p class="note no-print">
        <a href={`/app/payouts/${statement.number}.csv?${query}`} download>
          Download CSV
        </a>
        . To save a PDF, print this page.
      </p>
    </>
  );
}

/** The statement without navigation. `has_links` links notices to the portal. */
export function StatementSheet(props: { whole: WholeStatement; now: number; has_links: boolean }) {
  const { whole, now, has_links } = props;
  const { program, affiliate, statement, window, lines } = whole;
  const { currency } = statement;
  return (
    <>
      <div class="page-head">
        <h1>{titleOf(statement)}</h1>
        <Status status={nameStatementStatus(statement.status)} code={statement.status} />
      </div>
      <dl class="facts">
        <Fact label="Program">{program.name}</Fact>
        {(program.legal_name !== null || program.address !== null) && (
          <Fact label="From">
            <Lines lines={[program.legal_name ?? program.name, ...(program.address ?? [])]} />
          </Fact>
        )}
        <Fact label="Affiliate">
          {affiliate.name} <span class="muted">{affiliate.username}</span>
          {affiliate.address !== null && (
            <>
              <br />
              <Lines lines={affiliate.address} />
            </>
          )}
        </Fact>
        <Fact label="Payout month">{formatMonth(statement.month)}</Fact>
        <Fact label="Created">
          <DateOnly ms={statement.drafted_at} />
        </Fact>
        {statement.paid_by !== undefined && <Fact label="Paid by">{describePaidBy(statement.paid_by)}</Fact>}
        <Fact label="Statement ID">{statement.id}</Fact>
        <Fact label="Payout run">{statement.run}</Fact>
      </dl>
      <section class="card" aria-labelledby="status">
        <h2 id="status">Status</h2>
        <p class="verdict">{describeStatement(statement, { now, window })}</p>
        {statement.blocked.map((block) => (
          <BlockNotice block={block} currency={currency} has_link={has_links} />
        ))}
      </section>
      <section class="card" aria-labelledby="entries">
        <h2 id="entries">Entries</h2>
        <Entries lines={lines} statement={statement} is_folded={has_links && lines.length > LINES_SHOWN} />
      </section>
    </>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return lines.map((line, index) => (
    <>
      {index > 0 && <br />}
      {line}
    </>
  ));
}

/** `Statement 3`. */
export function titleOf({ number }: Pick<Statement, "number">): string {
  return `Statement ${number}`;
}

/** Entries that a long statement shows at first. */
const LINES_SHOWN = 20;

const COLUMNS: Column[] = [
  { label: "Entry", is_heading: true },
  { label: "Date" },
  { label: "Terms" },
  { label: "Amount", is_number: true },
];

interface EntriesProps {
  lines: StatementLine[];
  statement: Statement;
  /** Whether the entries after the first ones are folded. */
  is_folded: boolean;
}

function Entries({ lines, statement, is_folded }: EntriesProps) {
  const { currency, opening, total, payable, status } = statement;
  const money = (amount: number) => formatMoney(amount, currency);
  const isOpen = status === "drafted";
  const isPaid = status === "paid" || status === "returned";
  const shown = is_folded ? LINES_SHOWN : lines.length;
  const rows = lines.map((line) => [
    <EntryName line={line} />,
    <DateOnly ms={line.occurred_at} />,
    line.terms_version === null ? "–" : `version ${line.terms_version}`,
    money(line.amount),
  ]);
  return (
    <>
      <DataTable
        caption="Entries of this statement"
        columns={COLUMNS}
        rows={[["Opening balance, carried over", "–", "–", money(opening)], ...rows.slice(0, shown)]}
      />
      {is_folded && (
        <details class="rest">
          <summary>Show the other {formatCount(rows.length - shown)} entries</summary>
          <DataTable caption="The other entries of this statement" columns={COLUMNS} rows={rows.slice(shown)} />
        </details>
      )}
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

function EntryName({ line }: { line: StatementLine }) {
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
