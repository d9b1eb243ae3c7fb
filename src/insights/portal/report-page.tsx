import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { Count, Money, PerClick, SalesRate } from "../../portal/layout/figures.tsx";
import { type Period, queryOfPeriod } from "../../portal/layout/period.ts";
import { formatCount } from "../../portal/layout/reader.tsx";
import { addressOf, PeriodSwitch, PeriodTitle, ProgramTabs } from "../../portal/layout/switches.tsx";
import { type Column, DataTable } from "../../portal/layout/table.tsx";
import type { Report, ReportKind, ReportRow } from "../report-queries.ts";
import { nameReport, nameValue, OTHER_VALUES } from "./report-words.ts";

const PATH = "/app/reports";
const TABS = ["link", "channel", "sub1", "country", "referrer", "device", "product"] as const;
const SUB_IDS = ["sub1", "sub2", "sub3", "sub4", "sub5"] as const;

/** What the page is made of. */
export interface ReportPageProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  kind: ReportKind;
  period: Period;
  report: Report;
}

/** `/app/reports`: the clicks and conversions of a period by something that tells them apart. */
export function ReportPage({ program, programs, kind, period, report }: ReportPageProps) {
  const asked = { program: program.slug, by: kind, ...queryOfPeriod(period) };
  const isSubId = (SUB_IDS as readonly string[]).includes(kind);
  const isEmpty = report.rows.length === 0 && report.other === null;
  return (
    <>
      <div class="page-head">
        <h1>Reports</h1>
        <PeriodSwitch path={PATH} asked={asked} period={period} />
      </div>
      <ProgramTabs path={PATH} asked={asked} program={program} programs={programs} />
      <nav class="tabs" aria-label="Report">
        {TABS.map((tab) => (
          <a
            href={addressOf(PATH, { ...asked, by: tab })}
            aria-current={tab === kind || (tab === "sub1" && isSubId) ? "page" : undefined}
          >
            {tab === "sub1" ? "Sub-id" : nameReport(tab).value}
          </a>
        ))}
      </nav>
      {isSubId && (
        <nav class="switch narrow" aria-label="Which sub-id">
          {SUB_IDS.map((sub, place) => (
            <a href={addressOf(PATH, { ...asked, by: sub })} aria-current={sub === kind ? "page" : undefined}>
              <span class="vh">Sub-id </span>
              {place + 1}
            </a>
          ))}
        </nav>
      )}
      <section class="card" aria-labelledby="report">
        <div class="card-head">
          <h2 id="report">
            By {nameReport(kind).name}: <PeriodTitle period={period} />
          </h2>
          {!isEmpty && (
            <p>
              <a href={addressOf(`${PATH}.csv`, asked)} download>
                Download as CSV
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
      <strong>{kind === "product" ? "No conversion" : "No click and no conversion"} in these days.</strong> Choose a
      longer period, or share one of <a href="/app/links">your links</a>.
    </p>
  );
}

function Table({ kind, report }: { kind: ReportKind; report: Report }) {
  const { rows, other, total } = report;
  const hasClicks = total.clicks !== null;
  // Leads and trials only where there are any.
  const types = (["lead", "trial"] as const).filter((type) => total[type] > 0);
  const columns: Column[] = [
    { label: nameReport(kind).value, is_heading: true },
    ...(hasClicks ? [{ label: "Clicks", is_number: true }] : []),
    ...types.map((type) => ({ label: type === "lead" ? "Leads" : "Trials", is_number: true })),
    { label: "Sales", is_number: true },
    ...(hasClicks ? [{ label: "Sales per click", is_number: true }] : []),
    { label: "Earned", is_number: true },
    ...(hasClicks ? [{ label: "Earned per click", is_number: true }] : []),
  ];
  const cellsOf = (name: string, row: ReportRow, isMuted = false) => [
    <span class={isMuted ? "value-name muted" : "value-name"}>{name}</span>,
    ...(hasClicks ? [<Count count={row.clicks} />] : []),
    ...types.map((type) => <Count count={row[type]} />),
    <Count count={row.sale} />,
    ...(hasClicks ? [<SalesRate sales={row.sale} clicks={row.clicks} />] : []),
    <Money amounts={row.earned} />,
    ...(hasClicks ? [<PerClick earned={row.earned} clicks={row.clicks} />] : []),
  ];
  return (
    <>
      <DataTable
        caption={`Clicks, conversions and earnings by ${nameReport(kind).name} in the period`}
        columns={columns}
        rows={[
          ...rows.map((row) => cellsOf(nameValue(kind, row.value), row, row.value === null)),
          ...(other === null ? [] : [cellsOf(OTHER_VALUES, other, true)]),
          cellsOf("In all", total),
        ]}
      />
      <p class="note spaced">
        {rows.length > 1 && `${formatCount(rows.length)} rows. `}
        Earned is what the conversions of these days have brought you, less what was taken back since.
        {FROM_CLICK.has(kind) && " Sales are told by the click that they are credited to."}
      </p>
    </>
  );
}

const FROM_CLICK: ReadonlySet<ReportKind> = new Set([...SUB_IDS, "country", "referrer", "device"]);
