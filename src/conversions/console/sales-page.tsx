import type { Child } from "hono/jsx";
import { FormFaults } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import {
  Done,
  Empty,
  Filter,
  FilterField,
  FilterSelect,
  PageHead,
  Pager,
  StatusTag,
} from "../../console/layout/parts.tsx";
import type { Problem } from "../../lib/problem.ts";
import { None } from "../../portal/layout/figures.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { nameStatus, nameType } from "../../portal/layout/words.ts";
import { BulkForm } from "./bulk-form.tsx";
import { isFiltered, type SalesFilter } from "./filter.ts";
import type { ConversionRow } from "./views.ts";

interface SalesPageProps {
  program: string;
  filter: SalesFilter;
  list: { data: readonly ConversionRow[]; next: string | null };
  /** What is wrong with the filter; null if nothing is. */
  problem: Problem | null;
  may_write: boolean;
  done: string | undefined;
}

const CONFIRMATIONS = {
  corrected: "The credit of the selected conversions is decided. Ledger entries follow within seconds.",
  none: "Select conversions in the list first.",
};

/** `/admin/programs/:program/sales`: all conversions of a program. */
export function SalesPage({ program, filter, list, problem, may_write, done }: SalesPageProps) {
  const path = programHref(program, "/sales");
  const { cursor: _, ...shown } = filter;
  return (
    <div class="stack">
      <PageHead title="Sales" note="Leads, trials and sales, with the affiliate that is credited and why.">
        <a class="button" href={buildHref(`${path}.csv`, shown)}>
          Download CSV
        </a>
        {may_write && (
          <>
            <a class="button" href={`${path}/adjust`}>
              Adjust a balance
            </a>
            <a class="button primary" href={`${path}/new`}>
              Enter a sale
            </a>
          </>
        )}
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      <FormFaults state={{ values: {}, problem }} fields={[]} />
      <SalesFilterForm path={path} filter={filter} />
      <section class="card" aria-label="Conversions">
        {list.data.length === 0 ? (
          <NoSales program={program} is_filtered={isFiltered(filter)} />
        ) : (
          <>
            {may_write && <BulkForm path={path} />}
            <SalesTable path={path} rows={list.data} is_selectable={may_write} />
          </>
        )}
        <Pager path={path} params={paramsOf(filter)} next={list.next} />
      </section>
    </div>
  );
}

function SalesFilterForm({ path, filter }: { path: string; filter: SalesFilter }) {
  return (
    <Filter action={path} is_active={isFiltered(filter)}>
      <FilterField name="from" label="First day (UTC)" type="date" value={filter.from} />
      <FilterField name="to" label="Last day (UTC)" type="date" value={filter.to} />
      <FilterSelect name="type" label="Type" value={filter.type} options={TYPE_OPTIONS} />
      <FilterField name="click_country" label="Country code of the click" value={filter.click_country} />
      <FilterSelect name="credited" label="Credit" value={filter.credited} options={CREDIT_OPTIONS} />
      <FilterField name="affiliate" label="Affiliate" value={filter.affiliate} />
      <FilterField name="link" label="Link" value={filter.link} />
      <FilterField name="customer" label="Customer id" value={filter.customer} />
      <FilterField name="payment" label="Payment id" value={filter.payment} />
      <FilterSelect name="test" label="Mode" value={filter.test} options={TEST_OPTIONS} />
      <FilterSelect name="sort" label="Order" value={filter.sort} options={SORT_OPTIONS} />
    </Filter>
  );
}

type Options = readonly (readonly [string, string])[];

const TYPE_OPTIONS: Options = [
  ["", "All types"],
  ...["sale", "trial", "lead"].map((type) => [type, nameType(type, 0)] as const),
];
const CREDIT_OPTIONS: Options = [
  ["", "All"],
  ["true", "Credited"],
  ["false", "Not credited"],
];
const TEST_OPTIONS: Options = [
  ["", "Live"],
  ["true", "Test mode"],
];
const SORT_OPTIONS: Options = [
  ["", "Newest first"],
  ["occurred_at", "Oldest first"],
];

function NoSales({ program, is_filtered }: { program: string; is_filtered: boolean }) {
  if (is_filtered) return <Empty>No conversion matches. Clear the filter to see all.</Empty>;
  return (
    <Empty>
      <strong>No conversions yet.</strong> <a href={programHref(program, "/setup")}>Connect your checkout</a>: each
      lead, trial and sale that it sends appears here within seconds.
    </Empty>
  );
}

/** Conversions, each with a link to its page. `path` is the one of the list. Selectable ones belong to its form for several. */
export function SalesTable(props: { path: string; rows: readonly ConversionRow[]; is_selectable?: boolean }) {
  const { path, rows, is_selectable = false } = props;
  return (
    <DataTable
      caption="Conversions"
      columns={[
        { label: "Conversion", is_heading: true },
        { label: "Customer" },
        { label: "Amount", is_number: true },
        { label: "Affiliate" },
        { label: "Commission", is_number: true },
      ]}
      rows={rows.map((row) => [
        <SaleHeading path={path} row={row} is_selectable={is_selectable && row.status !== "waiting"} />,
        <Customer row={row} />,
        row.amount === null || row.currency === null ? <None /> : formatMoney(row.amount, row.currency),
        <Credited row={row} />,
        <Commission commission={row.commission} />,
      ])}
    />
  );
}

function SaleHeading({ path, row, is_selectable }: { path: string; row: ConversionRow; is_selectable: boolean }) {
  const heading = (
    <div class="conversion-cell">
      <span class="conversion-type">
        <a href={`${path}/${row.id}`}>{nameType(row.type)}</a> <SaleTags row={row} />
      </span>
      <span class="when">
        <Time ms={Date.parse(row.occurred_at)} />
      </span>
    </div>
  );
  if (!is_selectable) return heading;
  return (
    <span class="select-row">
      <input type="checkbox" form="bulk" name="conversion" value={row.id} aria-label={`Select ${row.id}`} />
      {heading}
    </span>
  );
}

/** What is out of the ordinary: a refund, a sale that is waited for, test mode. */
export function SaleTags({ row }: { row: Pick<ConversionRow, "status" | "refunded" | "amount" | "test"> }): Child {
  const status = row.status === "refunded" || row.status === "waiting" ? row.status : "recorded";
  return (
    <>
      {status !== "recorded" && (
        <StatusTag tone={status === "refunded" ? "bad" : "waiting"}>{nameStatus({ ...row, status })}</StatusTag>
      )}{" "}
      {row.test && <StatusTag tone="neutral">Test mode</StatusTag>}
    </>
  );
}

function Customer({ row: { customer, payment } }: { row: ConversionRow }) {
  if (customer === null && payment === null) return <None />;
  return (
    <div class="conversion-cell">
      {customer === null ? <None /> : <span class="code">{customer}</span>}
      {payment !== null && <span class="via code">{payment}</span>}
    </div>
  );
}

function Credited({ row: { attributed_to, reason, link } }: { row: ConversionRow }) {
  return (
    <div class="conversion-cell">
      <span>{attributed_to ?? <span class="muted">Nobody</span>}</span>
      <span class="via">
        {nameReason(reason)}
        {link !== null && ` · ${link}`}
      </span>
    </div>
  );
}

/** A reason's code in words: `last_click` is `last click`. */
function nameReason(reason: string): string {
  return reason.replaceAll("_", " ");
}

const STATES: Record<NonNullable<NonNullable<ConversionRow["commission"]>["state"]>, string> = {
  reserve: "in reserve",
  due: "due",
  paid: "paid",
  offset: "set off",
  reversed: "reversed",
};

/** What a conversion earned, and what has become of it. */
export function Commission({ commission }: { commission: ConversionRow["commission"] }) {
  if (commission === null) return <None />;
  const { amount, currency, state } = commission;
  return (
    <span class="commission">
      <strong>{formatMoney(amount, currency)}</strong> {state !== null && <span class="note">{STATES[state]}</span>}
    </span>
  );
}

/** The parameters of a page's URL. */
function paramsOf(filter: SalesFilter): Record<string, string | null> {
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, value ?? null]));
}
