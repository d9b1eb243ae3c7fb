import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import type { List } from "../../lib/paging.ts";
import { ProgramTabs } from "../../portal/layout/filters.tsx";
import { useFormats } from "../../portal/layout/formats-context.tsx";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import { PERIOD_NAMES, PERIODS, type PeriodName, periodParams } from "../../portal/layout/period.ts";
import { type FilterOption, SelectFilter } from "../../portal/layout/select-filter.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import { nameKind } from "../ledger.ts";
import { ENTRY_KINDS, type TransactionFilters } from "./filter.ts";
import type { Transaction } from "./transaction-queries.ts";

const PATH = "/app/transactions";

export interface TransactionsProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  filters: TransactionFilters;
  /** The currencies of the ledger. */
  currencies: readonly string[];
  list: List<Transaction>;
  now: number;
}

/** `/app/transactions`: every entry of the ledger, with the balance after it. */
export function TransactionsPage({ program, programs, filters, currencies, list, now }: TransactionsProps) {
  const params: QueryParams = {
    program: program.slug,
    ...(filters.period !== null && periodParams(filters.period, true)),
    type: filters.kind,
    currency: filters.currency,
  };
  return (
    <>
      <div class="page-head">
        <h1>Transactions</h1>
        {list.data.length > 0 && (
          <p>
            <a href={buildHref(`${PATH}.csv`, params)} download>
              Download CSV
            </a>
          </p>
        )}
      </div>
      <ProgramTabs path={PATH} params={{}} program={program} programs={programs} />
      <FilterForm program={program} filters={filters} currencies={currencies} />
      <section class="card" aria-labelledby="entries">
        <h2 id="entries">{filters.cursor === null ? "Account statement" : "Account statement, earlier"}</h2>
        {list.data.length === 0 ? (
          <Empty program={program} isFiltered={Object.values(filters).some((value) => value !== null)} />
        ) : (
          <Entries entries={list.data} now={now} />
        )}
        {list.next !== null && (
          <p class="more">
            <a href={buildHref(PATH, { ...params, cursor: list.next })}>Earlier transactions</a>
          </p>
        )}
      </section>
    </>
  );
}

/** The periods of the filter. Custom days can only be set in the URL. */
const PERIOD_OPTIONS = PERIODS.filter((name): name is Exclude<PeriodName, "custom"> => name !== "custom");

function FilterForm({ program, filters, currencies }: Pick<TransactionsProps, "program" | "filters" | "currencies">) {
  const { period, kind, currency } = filters;
  return (
    <form method="get" action={PATH} class="filter">
      <input type="hidden" name="program" value={program.slug} />
      <SelectFilter
        name="type"
        label="Type"
        options={[["", "All types"], ...ENTRY_KINDS.map((one): FilterOption => [one, nameKind(one)])]}
        selected={kind ?? ""}
      />
      <SelectFilter
        name="period"
        label="Period"
        options={[["", "All time"], ...PERIOD_OPTIONS.map((one): FilterOption => [one, PERIOD_NAMES[one]])]}
        selected={period?.name ?? ""}
      />
      {currencies.length > 1 && (
        <SelectFilter
          name="currency"
          label="Currency"
          options={[["", "All currencies"], ...currencies.map((code): FilterOption => [code, code])]}
          selected={currency ?? ""}
        />
      )}
      <button type="submit">Apply</button>
    </form>
  );
}

function Entries({ entries, now }: { entries: readonly Transaction[]; now: number }) {
  const { money, date } = useFormats();
  return (
    <DataTable
      caption="Transactions, newest first"
      columns={[
        { label: "Transaction", is_heading: true },
        { label: "Date" },
        { label: "Amount", is_number: true },
        { label: "Balance", is_number: true },
      ]}
      rows={entries.map((entry) => [
        <span class="entry-name">
          {entry.conversion === null ? (
            nameKind(entry.kind)
          ) : (
            <a href={`/app/conversions/${entry.conversion}`}>{nameKind(entry.kind)}</a>
          )}
          {entry.explanation !== null && <span class="explanation">{entry.explanation}</span>}
          {entry.clears_at > now && <span class="note">In reserve until {date(entry.clears_at)}</span>}
        </span>,
        <DateOnly ms={entry.occurred_at} />,
        <strong>{money(entry.amount, entry.currency)}</strong>,
        money(entry.balance, entry.currency),
      ])}
    />
  );
}

function Empty({ program, isFiltered }: { program: AffiliateProgram; isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <p class="empty">
        <strong>No transactions match these filters.</strong>{" "}
        <a href={buildHref(PATH, { program: program.slug })}>Show all transactions</a>
      </p>
    );
  }
  return (
    <p class="empty">
      <strong>No transactions yet.</strong> Commissions, refunds, bonuses, adjustments and payouts appear here, each
      with the balance after it.
    </p>
  );
}
