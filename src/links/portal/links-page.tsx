import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import type { OwnLinkRow } from "../../insights/link-queries.ts";
import { Count, Money, PerClick } from "../../portal/layout/figures.tsx";
import { type Period, queryOfPeriod } from "../../portal/layout/period.ts";
import { formatCount } from "../../portal/layout/reader.tsx";
import { type Asked, addressOf, PeriodSwitch, PeriodTitle, ProgramTabs } from "../../portal/layout/switches.tsx";
import { type Column, DataTable } from "../../portal/layout/table.tsx";
import { buildLinkUrl } from "../link-url.ts";
import { LinkTags, LinkTarget, withoutScheme } from "./link-name.tsx";
import { type LinkAttempt, NewLink } from "./new-link-page.tsx";

const PATH = "/app/links";

/** What the page is made of. */
export interface LinksPageProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  period: Period;
  links: { rows: OwnLinkRow[]; total: number };
  hosts: readonly string[];
  attempt: LinkAttempt | null;
  /** The address at which the portal is reached. */
  origin: string;
  now: number;
}

/** `/app/links`: an affiliate's links with their figures of a period, and the form that makes another. */
export function LinksPage(props: LinksPageProps) {
  const { program, programs, period, links, hosts, attempt, origin, now } = props;
  const asked = { program: program.slug, ...queryOfPeriod(period) };
  const usual = links.rows.find(({ kind }) => kind === "affiliate") ?? links.rows[0];
  return (
    <>
      <div class="page-head">
        <h1>Links</h1>
        <PeriodSwitch path={PATH} asked={asked} period={period} />
      </div>
      <ProgramTabs path={PATH} asked={asked} program={program} programs={programs} />
      <section class="card" aria-labelledby="links">
        <div class="card-head">
          <h2 id="links">Your links</h2>
          {links.total > 0 && (
            <p class="muted">
              {links.total > links.rows.length && `The busiest ${links.rows.length} of ${formatCount(links.total)}: `}
              <PeriodTitle period={period} />
            </p>
          )}
        </div>
        {links.rows.length === 0 ? (
          <p class="empty">
            <strong>You have no link yet.</strong> Make your first one below: name the channel and the page it leads to.
            Every click on it counts here within seconds.
          </p>
        ) : (
          <Table rows={links.rows} asked={asked} origin={origin} now={now} />
        )}
      </section>
      <NewLink
        program={program}
        hosts={hosts}
        total={links.total}
        destination={usual?.destination ?? `https://${hosts[0] ?? ""}/`}
        attempt={attempt}
      />
    </>
  );
}

interface TableProps extends Pick<LinksPageProps, "origin" | "now"> {
  rows: OwnLinkRow[];
  asked: Asked;
}

function Table({ rows, asked, origin, now }: TableProps) {
  // Leads and trials only where there are any.
  const types = (["lead", "trial"] as const).filter((type) => rows.some((row) => row[type] > 0));
  const columns: Column[] = [
    { label: "Link", is_heading: true },
    { label: "Clicks", is_number: true },
    ...types.map((type) => ({ label: type === "lead" ? "Leads" : "Trials", is_number: true })),
    { label: "Sales", is_number: true },
    { label: "Earned", is_number: true },
    { label: "Per click", is_number: true },
  ];
  return (
    <>
      <DataTable
        caption="Your links with clicks, conversions and earnings of the period"
        columns={columns}
        rows={rows.map((row) => [
          <div class="link-cell">
            <a class="url-link" href={addressOf(`${PATH}/${row.id}`, { ...asked, program: null })}>
              {withoutScheme(buildLinkUrl(row, origin))}
            </a>
            <LinkTags link={row} now={now} />
            <LinkTarget destination={row.destination} />
          </div>,
          <>
            <strong>{formatCount(row.clicks)}</strong>
            {row.hits > row.clicks && <span class="note">{formatCount(row.hits)} hits</span>}
          </>,
          ...types.map((type) => <Count count={row[type]} />),
          <Count count={row.sale} />,
          <Money amounts={row.earned} />,
          <PerClick earned={row.earned} clicks={row.clicks} />,
        ])}
      />
      <p class="note spaced">
        Earned is what the conversions of these days have brought you, less what was taken back since.
      </p>
    </>
  );
}
