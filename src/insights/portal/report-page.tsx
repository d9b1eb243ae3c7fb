import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { ConversionRate, Count, Money, PerClick } from "../../portal/layout/figures.tsx";
import { PeriodFilter, PeriodTitle, ProgramTabs } from "../../portal/layout/filters.tsx";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { type Period, periodParams } from "../../portal/layout/period.ts";
import { type Column, DataTable } from "../../portal/layout/table.tsx";
import type { Report, ReportKind, ReportRow } from "../report-queries.ts";
import { nameValue, OTHER_VALUES, wordsOfReport } from "./report-words.ts";

const PATH = "/app/reports";
const TABS = ["link", "channel", "sub1", "country", "referrer", "device", "product"] as const;
const SUB_IDS = ["sub1", "sub2", "sub3", "sub4", "sub5"] as const;

export interface ReportPageProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  kind: ReportKind;
  period: Period;
  report: Report;
}

/** `/app/reports`: the clicks and conversions of a period, grouped by one dimension. */
export function ReportPage({ program, programs, kind, period, report }: ReportPageProps) {
  const params = { program: program.slug, by: kind, ...periodParams(period) };
  const isSubId = (SUB_IDS as readonly string[]).includes(kind);
  const isEmpty = report.rows.length === 0 && report.other === null;
  return (
    <>
      <div class="page-head">
        <h1>Reports</h1>
        <PeriodFilter path={PATH} params={params} period={period} />
      </div>
      <ProgramTabs path={PATH} params={params} program={program} programs={programs} />
      <nav class="tabs" aria-label="Report">
        {TABS.map((tab) => (
          <a
            href={buildHref(PATH, { ...params, by: tab })}
            aria-current={tab === kind || (tab === "sub1" && isSubId) ? "page" : undefined}
          >
            {tab === "sub1" ? "Sub-ID" : wordsOfReport(tab).label}
          </a>
        ))}
      </nav>
      {isSubId && (
        <nav class="switch narrow" aria-label="Sub-ID">
          {SUB_IDS.map((sub, place) => (
            <a href={buildHref(PATH, { ...params, by: sub })} aria-current={sub === kind ? "page" : undefined}>
              <span class="vh">Sub-ID </span>
              {place + 1}
            </a>
          ))}
        </nav>
      )}
      <section class="card" aria-labelledby="report">
        <div class="card-head">
          <h2 id="report">
            By {wordsOfReport(kind).name}: <PeriodTitle period={period} />
          </h2>
          {!isEmpty && (
            <p>
              <a href={buildHref(`${PATH}.csv`, params)} download>
                Download CSV
              </a>
            </p>
          )}
        </div>
        {isEmpty ? <Empty kind={kind} /> : <Table kind={kind} report={report} />}
      </section>
    </>
  );
}

function Empty({ kind }: { kind: ReportKind }) {
  return (
    <p class="empty">
      <strong>{kind === "product" ? "No conversions" : "No clicks or conversions"} in this period.</strong> Choose a
      longer period, or share one of <a href="/app/links">your links</a>.
    </p>
  );
}

function Table({ kind, report }: { kind: ReportKind; report: Report }) {
  const { rows, other, total } = report;
  const hasClicks = total.clicks !== null;
  // Leads and trials only if there are any.
  const types = (["lead", "trial"] as const).filter((type) => total[type] > 0);
  const columns: Column[] = [
    { label: wordsOfReport(kind).label, is_heading: true },
    ...(hasClicks ? [{ label: "Clicks", is_number: true }] : []),
    ...types.map((type) => ({ label: type === "lead" ? "Leads" : "Trials", is_number: true })),
    { label: "Sales", is_number: true },
    ...(hasClicks ? [{ label: "Conversion rate", is_number: true }] : []),
    { label: "Earned", is_number: true },
    ...(hasClicks ? [{ label: "Earnings per click", is_number: true }] : []),
  ];
  const cellsOf = (name: string, row: ReportRow, isMuted = false) => [
    <span class={isMuted ? "value-name muted" : "value-name"}>{name}</span>,
    ...(hasClicks ? [<Count count={row.clicks} />] : []),
    ...types.map((type) => <Count count={row[type]} />),
    <Count count={row.sale} />,
    ...(hasClicks ? [<ConversionRate sales={row.sale} clicks={row.clicks} />] : []),
    <Money amounts={row.earned} />,
    ...(hasClicks ? [<PerClick earned={row.earned} clicks={row.clicks} />] : []),
  ];
  return (
    <>
      <DataTable
        caption={`Clicks, conversions and earnings by ${wordsOfReport(kind).name}`}
        columns={columns}
        rows={[
          ...rows.map((row) => cellsOf(nameValue(kind, row.value), row, row.value === null)),
          ...(other === null ? [] : [cellsOf(OTHER_VALUES, other, true)]),
          cellsOf("Total", total),
        ]}
      />
      <p class="note spaced">
        {rows.length > 1 && `${formatCount(rows.length)} rows. `}
        “Earned” is the commission on this period’s conversions, net of refunds.
        {FROM_CLICK.has(kind) && " Sales are grouped by the click they are credited to."}
      </p>
    </>
  );
}

const FROM_CLICK: ReadonlySet<ReportKind> = new Set([...SUB_IDS, "country", "referrer", "device"]);
