import type * as v from "valibot";
import { programHref } from "../../console/layout/navigation.ts";
import type { NavProgram } from "../../console/layout/page.tsx";
import { Empty, Filter, FilterField, FilterSelect, PageHead } from "../../console/layout/parts.tsx";
import type { attentionItem } from "../../operations/reference/attention.ts";
import type { item } from "../../operations/reference/operations.ts";
import { Count } from "../../portal/layout/figures.tsx";
import { PeriodFilter } from "../../portal/layout/filters.tsx";
import { formatMoney, useFormats } from "../../portal/layout/formats-context.tsx";
import { buildHref, listParams, type QueryParams } from "../../portal/layout/href.ts";
import { nameComparison, namePeriod, type Period, periodParams } from "../../portal/layout/period.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { chartHeadingOf, TimeChart } from "../portal/chart.tsx";
import { compareFigures } from "../portal/compare.ts";
import { fillSlots } from "../portal/slots.ts";
import { Delta, Tile } from "../portal/tiles.tsx";
import type { overview } from "../reference/overview.ts";

/** A program's figures as the API shows them. */
export type OverviewView = v.InferOutput<typeof overview>;
/** What waits for the merchant, as the API shows it. */
export type AttentionView = v.InferOutput<typeof attentionItem>;
/** An item of the status that isn't ok. */
export type StatusView = v.InferOutput<typeof item>;

/** The filters as they are entered. */
export interface HomeFilter {
  affiliate: string | null;
  link: string | null;
  country: string | null;
}

export interface HomeProps {
  program: NavProgram;
  programs: readonly NavProgram[];
  period: Period;
  filter: HomeFilter;
  /** Why the filters are not applied, or null. */
  fault: string | null;
  overview: OverviewView;
  attention: readonly AttentionView[];
  status: readonly StatusView[];
  /** Milliseconds since the epoch. */
  now: number;
}

/** The console's first page: what waits, then a program's figures. */
export function HomePage(props: HomeProps) {
  const { program, period, filter, fault, overview, attention, status, now } = props;
  const params = { program: program.slug, ...filter, ...periodParams(period) };
  return (
    <div class="stack">
      <PageHead title={program.name}>
        <PeriodFilter path="/admin" params={params} period={period} />
      </PageHead>
      <Attention program={program.slug} items={attention} status={status} />
      <HomeFilters {...props} />
      {fault !== null && (
        <p class="notice" role="alert">
          {fault}
        </p>
      )}
      <Figures program={program.slug} {...{ period, filter, overview }} />
      <Performance {...{ period, filter, overview, now }} />
      <div class="columns">
        <TopAffiliates program={program.slug} overview={overview} />
        <TopLinks program={program.slug} overview={overview} />
      </div>
    </div>
  );
}

/** Where each thing that waits is settled, below the program. */
const PLACES: Record<AttentionView["kind"], string> = {
  applications: "/applications",
  pending_enrollments: "/affiliates?status=pending",
  payout_due: "/payouts",
  payout_run: "/payouts",
  refusing_endpoint: "/checkouts",
  silent_endpoint: "/checkouts",
  unused_endpoint: "/checkouts",
  missing_events: "/checkouts",
  chargebacks: "/checkouts",
  disputes: "/sales",
};

function placeOf({ kind, subject }: AttentionView): string {
  return subject === null ? PLACES[kind] : `${PLACES[kind]}/${encodeURIComponent(subject)}`;
}

function Attention(props: { program: string; items: readonly AttentionView[]; status: readonly StatusView[] }) {
  const { program, items, status } = props;
  return (
    <section class="card" aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      {items.length + status.length === 0 ? (
        <p class="muted">Nothing is waiting for you.</p>
      ) : (
        <ul class="waiting-list">
          {status.map(({ detail }) => (
            <li>
              <a href="/admin/operations">{detail}</a>
            </li>
          ))}
          {items.map((item) => (
            <li>
              <a href={programHref(program, placeOf(item))}>{item.detail}</a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function HomeFilters({ program, programs, period, filter }: HomeProps) {
  const { affiliate, link, country } = filter;
  return (
    <Filter action="/admin" is_active={[affiliate, link, country].some((value) => value !== null)}>
      {listParams(periodParams(period)).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <FilterSelect
        name="program"
        label="Program"
        value={program.slug}
        options={programs.map(({ slug, name }) => [slug, name] as const)}
      />
      <FilterField name="affiliate" label="Affiliate (username)" value={affiliate ?? ""} />
      <FilterField name="link" label="Link" value={link ?? ""} />
      <FilterField name="country" label="Country code of clicks" value={country ?? ""} />
    </Filter>
  );
}

type FiguresProps = { program: string; period: Period; filter: HomeFilter; overview: OverviewView };

/** The funnel from clicks to sales, and the amounts by currency. */
function Figures({ program, period, filter, overview }: FiguresProps) {
  const { day, count } = useFormats();
  const { previous, from, to } = overview;
  const rows = (params: QueryParams) => listSales(program, filter, { from, to, ...params });
  const figure = (label: string, pick: (figures: OverviewView | typeof previous) => number, href: string) => (
    <Tile label={label} value={<Figure href={href} text={count(pick(overview))} />} mark={MARKS[label]}>
      <Compared now={pick(overview)} earlier={pick(previous)} format={count} period={period} />
    </Tile>
  );
  return (
    <div class="figures">
      <section aria-labelledby="funnel">
        <h2 id="funnel">
          {namePeriod(period, day)} <span class="light">vs. {nameComparison(period)}</span>
        </h2>
        <dl class="tiles">
          {figure("Clicks", ({ clicks }) => clicks, listLinks(program, filter))}
          {figure("Leads", ({ leads }) => leads, rows({ type: "lead", credited: "true" }))}
          {figure("Trials", ({ trials }) => trials, rows({ type: "trial", credited: "true" }))}
          {figure("Sales", ({ sales }) => sales, rows({ type: "sale", credited: "true" }))}
        </dl>
      </section>
      {overview.money.map((money) => (
        <Amounts {...{ program, period, filter, overview, money }} sales={rows({ type: "sale", credited: "true" })} />
      ))}
      {overview.uncredited_sales !== null && overview.uncredited_sales > 0 && (
        <p class="muted">
          <a href={rows({ type: "sale", credited: "false" })}>
            {count(overview.uncredited_sales)} other {overview.uncredited_sales === 1 ? "sale" : "sales"}
          </a>{" "}
          came without an affiliate.
        </p>
      )}
    </div>
  );
}

const MARKS: Readonly<Record<string, string>> = { Clicks: "clicks", Sales: "sale" };

type MoneyView = OverviewView["money"][number];

function Amounts(props: FiguresProps & { money: MoneyView; sales: string }) {
  const { program, period, filter, overview, money, sales } = props;
  const { currency } = money;
  const format = (amount: number) => useFormats().money(amount, currency);
  const earlier = overview.previous.money.find((one) => one.currency === currency);
  const affiliates = programHref(program, filter.affiliate === null ? "/affiliates" : affiliatePath(filter.affiliate));
  const tile = (label: string, name: Exclude<keyof MoneyView, "currency">, href: string, note?: string) => {
    const amount = money[name];
    if (amount === null) return null;
    return (
      <Tile label={label} value={<Figure href={href} text={format(amount)} />}>
        <Compared
          now={amount}
          earlier={earlier?.[name] ?? 0}
          format={format}
          period={period}
          earlier_count={overview.previous.sales}
        />
        {note !== undefined && <span class="block">{note}</span>}
      </Tile>
    );
  };
  const id = `money-${currency}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{overview.money.length === 1 ? "Money" : `Money in ${currency}`}</h2>
      <dl class="tiles long five">
        {tile("Revenue", "revenue", sales, "Credited sales, net of refunds")}
        {tile("Commission", "commission", sales, "Earned by these sales")}
        {tile("Owed", "owed", affiliates, "Not paid at the end of the period")}
        {tile("Due", "due", affiliates, "Owed, and the hold period is over")}
        {tile("Paid", "paid", programHref(program, "/payouts"), "Payouts in the period")}
      </dl>
    </section>
  );
}

function Figure({ href, text }: { href: string; text: string }) {
  return <a href={href}>{text}</a>;
}

function Compared(props: {
  now: number;
  earlier: number;
  format: (figure: number) => string;
  period: Period;
  earlier_count?: number;
}) {
  const { now, earlier, format, period, earlier_count = earlier } = props;
  return (
    <Delta
      change={compareFigures(now, earlier, earlier_count)}
      earlier={format(earlier)}
      period={nameComparison(period)}
    />
  );
}

/** The list behind a figure. */
function listSales(program: string, { affiliate, link, country }: HomeFilter, params: QueryParams): string {
  return buildHref(programHref(program, "/sales"), { ...params, affiliate, link, click_country: country });
}

function listLinks(program: string, { affiliate, link }: HomeFilter): string {
  return buildHref(programHref(program, "/links"), { affiliate, q: link });
}

function affiliatePath(username: string): string {
  return `/affiliates/${encodeURIComponent(username)}`;
}

/** More columns would make the page too long to send. */
const CHART_DAYS_MAX = 31;

function Performance({ period, filter, overview, now }: Omit<FiguresProps, "program"> & { now: number }) {
  const at = (step: OverviewView["steps"][number]) => Date.parse(step.at);
  const slots = fillSlots(
    period,
    {
      clicks: overview.steps.map((step) => ({ at: at(step), count: step.clicks })),
      sales: overview.steps.map((step) => ({ at: at(step), count: step.sales })),
    },
    CHART_DAYS_MAX,
  );
  // Of a country, clicks are counted by day only.
  if (slots.unit === "hour" && filter.country !== null) return null;
  return (
    <section class="card" aria-labelledby="performance">
      <h2 id="performance">{chartHeadingOf(slots)}</h2>
      {overview.steps.length === 0 && (
        <Empty>There are no clicks and no sales in this period. Clicks appear here within seconds.</Empty>
      )}
      <TimeChart slots={slots} now={now} is_compact />
    </section>
  );
}

const ACHIEVED = [
  { label: "Clicks", is_number: true },
  { label: "Sales", is_number: true },
  { label: "Revenue", is_number: true },
] as const;

function TopAffiliates({ program, overview }: { program: string; overview: OverviewView }) {
  const { top_affiliates, money } = overview;
  return (
    <section class="card" aria-labelledby="affiliates">
      <h2 id="affiliates">Top affiliates</h2>
      {top_affiliates.length === 0 ? (
        <Empty>
          Nobody has had a click or sale in this period. <a href={programHref(program, "/affiliates")}>Affiliates</a>
        </Empty>
      ) : (
        <DataTable
          caption="Affiliates with the most revenue in the period"
          columns={[{ label: "Affiliate", is_heading: true }, ...ACHIEVED]}
          rows={top_affiliates.map(({ affiliate, name, clicks, sales, revenue }) => [
            <>
              <a href={programHref(program, affiliatePath(affiliate))}>{name}</a>{" "}
              <span class="muted light">{affiliate}</span>
            </>,
            <Count count={clicks} />,
            <Count count={sales} />,
            formatMoney(revenue, money[0]?.currency ?? ""),
          ])}
        />
      )}
    </section>
  );
}

function TopLinks({ program, overview }: { program: string; overview: OverviewView }) {
  const { top_links, money } = overview;
  return (
    <section class="card" aria-labelledby="links">
      <h2 id="links">Top links</h2>
      {top_links.length === 0 ? (
        <Empty>
          No link was clicked in this period. <a href={programHref(program, "/links")}>Links</a>
        </Empty>
      ) : (
        <DataTable
          caption="Links with the most revenue in the period"
          columns={[{ label: "Link", is_heading: true }, ...ACHIEVED]}
          rows={top_links.map(({ slug, affiliate, clicks, sales, revenue }) => [
            <>
              <a href={programHref(program, `/links/${encodeURIComponent(slug)}`)}>{slug}</a>{" "}
              <span class="muted light">{affiliate}</span>
            </>,
            <Count count={clicks} />,
            <Count count={sales} />,
            formatMoney(revenue, money[0]?.currency ?? ""),
          ])}
        />
      )}
    </section>
  );
}
