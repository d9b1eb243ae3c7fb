import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import type { LinkWithFigures } from "../../insights/link-queries.ts";
import { Count, Money, PerClick } from "../../portal/layout/figures.tsx";
import { PeriodFilter, PeriodTitle, ProgramTabs } from "../../portal/layout/filters.tsx";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import { type Period, periodParams } from "../../portal/layout/period.ts";
import { type Column, DataTable } from "../../portal/layout/table.tsx";
import { buildLinkUrl } from "../link-url.ts";
import { DestinationUrl, LinkTags, withoutScheme } from "./link-name.tsx";
import { NewLinkForm, type RejectedLinkForm } from "./new-link-page.tsx";

const PATH = "/app/links";

export interface LinksPageProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  period: Period;
  links: { rows: LinkWithFigures[]; total: number };
  /** Hosts that links may lead to. */
  hosts: readonly string[];
  rejected: RejectedLinkForm | null;
  /** The portal's origin. */
  origin: string;
  now: number;
}

/** `/app/links`: an affiliate's links with their figures for a period, and the form that creates tracking links. */
export function LinksPage(props: LinksPageProps) {
  const { program, programs, period, links, hosts, rejected, origin, now } = props;
  const params = { program: program.slug, ...periodParams(period) };
  const defaultLink = links.rows.find(({ kind }) => kind === "affiliate") ?? links.rows[0];
  return (
    <>
      <div class="page-head">
        <h1>Links</h1>
        <PeriodFilter path={PATH} params={params} period={period} />
      </div>
      <ProgramTabs path={PATH} params={params} program={program} programs={programs} />
      <section class="card" aria-labelledby="links">
        <div class="card-head">
          <h2 id="links">Your links</h2>
          {links.total > 0 && (
            <p class="muted">
              {links.total > links.rows.length && `Top ${links.rows.length} of ${formatCount(links.total)}: `}
              <PeriodTitle period={period} />
            </p>
          )}
        </div>
        {links.rows.length === 0 ? (
          <p class="empty">
            <strong>No links yet.</strong> Create your first one below. Its clicks appear here within seconds.
          </p>
        ) : (
          <LinkTable rows={links.rows} params={params} origin={origin} now={now} />
        )}
      </section>
      <NewLinkForm
        program={program}
        hosts={hosts}
        total={links.total}
        destination={defaultLink?.destination ?? `https://${hosts[0] ?? ""}/`}
        rejected={rejected}
      />
    </>
  );
}

interface LinkTableProps extends Pick<LinksPageProps, "origin" | "now"> {
  rows: LinkWithFigures[];
  params: QueryParams;
}

function LinkTable({ rows, params, origin, now }: LinkTableProps) {
  // Leads and trials only if there are any.
  const types = (["lead", "trial"] as const).filter((type) => rows.some((row) => row[type] > 0));
  const columns: Column[] = [
    { label: "Link", is_heading: true },
    { label: "Clicks", is_number: true },
    ...types.map((type) => ({ label: type === "lead" ? "Leads" : "Trials", is_number: true })),
    { label: "Sales", is_number: true },
    { label: "Earned", is_number: true },
    { label: "Earnings per click", is_number: true },
  ];
  return (
    <>
      <DataTable
        caption="Your links with clicks, conversions and earnings in the period"
        columns={columns}
        rows={rows.map((row) => [
          <div class="link-cell">
            <a class="url-link" href={buildHref(`${PATH}/${row.id}`, { ...params, program: null })}>
              {withoutScheme(buildLinkUrl(row, origin))}
            </a>
            <LinkTags link={row} now={now} />
            <DestinationUrl destination={row.destination} />
          </div>,
          <>
            <strong>{formatCount(row.clicks)}</strong>
            {row.hits > row.clicks && <span class="note">of {formatCount(row.hits)} hits</span>}
          </>,
          ...types.map((type) => <Count count={row[type]} />),
          <Count count={row.sale} />,
          <Money amounts={row.earned} />,
          <PerClick earned={row.earned} clicks={row.clicks} />,
        ])}
      />
      <p class="note spaced">“Earned” is the commission on this period’s conversions, net of refunds.</p>
    </>
  );
}
