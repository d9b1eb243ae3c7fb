import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import type { LinkWithFigures } from "../../insights/link-queries.ts";
import { Count, Money, PerClick } from "../../portal/layout/figures.tsx";
import { PeriodFilter, PeriodTitle, ProgramTabs } from "../../portal/layout/filters.tsx";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import { buildHref, listParams, type QueryParams } from "../../portal/layout/href.ts";
import { type Period, periodParams } from "../../portal/layout/period.ts";
import { type FilterOption, SelectFilter } from "../../portal/layout/select-filter.tsx";
import { type Column, DataTable } from "../../portal/layout/table.tsx";
import { buildLinkUrl } from "../link-url.ts";
import { arrangeLinks, LINK_SORTS, type LinkListing } from "./arrange-links.ts";
import { DestinationUrl, LinkTags, withoutScheme } from "./link-name.tsx";
import type { LinkFormRules } from "./new-link-form.ts";
import { NewLinkForm, type RejectedLinkForm } from "./new-link-page.tsx";

const PATH = "/app/links";

export interface LinksPageProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  period: Period;
  listing: LinkListing;
  /** All links. */
  links: { rows: LinkWithFigures[]; total: number };
  /** Codes of the affiliate's coupons. */
  coupons: readonly string[];
  rules: Pick<LinkFormRules, "hosts" | "own_slugs">;
  rejected: RejectedLinkForm | null;
  /** The portal's origin. */
  origin: string;
  now: number;
}

/** `/app/links`: an affiliate's links with their figures for a period, and the form that creates tracking links. */
export function LinksPage(props: LinksPageProps) {
  const { program, programs, period, listing, links, coupons, rules, rejected, origin, now } = props;
  const params = { program: program.slug, ...periodParams(period) };
  const list = arrangeLinks(links.rows, listing, program.currency);
  const hasArchived = links.rows.some(({ archived_at }) => archived_at !== null);
  const defaultLink = links.rows.find(({ kind }) => kind === "affiliate") ?? links.rows[0];
  return (
    <>
      <div class="page-head">
        <h1>Links</h1>
        <PeriodFilter path={PATH} params={{ ...params, ...paramsOf(listing) }} period={period} />
      </div>
      <ProgramTabs path={PATH} params={params} program={program} programs={programs} />
      <section class="card" aria-labelledby="links">
        <div class="card-head">
          <h2 id="links">{listing.archived ? "Archived links" : "Your links"}</h2>
          {list.count > 0 && (
            <p class="muted">
              {formatCount(list.count)} {list.count === 1 ? "link" : "links"}, <PeriodTitle period={period} />
            </p>
          )}
        </div>
        {links.total > FEW_LINKS && <ListForm listing={listing} params={params} />}
        {list.count === 0 ? (
          <Nothing listing={listing} params={params} />
        ) : (
          <LinkTable rows={list.rows} params={params} origin={origin} now={now} />
        )}
        {list.pages > 1 && <Pages {...list} listing={listing} params={params} />}
        {(hasArchived || listing.archived) && (
          <p class="more">
            <a href={buildHref(PATH, { ...params, archived: listing.archived ? null : "1" })}>
              {listing.archived ? "Links in use" : "Archived links"}
            </a>
          </p>
        )}
      </section>
      {coupons.length > 0 && <Coupons codes={coupons} />}
      <NewLinkForm
        program={program}
        rules={rules}
        total={links.total}
        destination={defaultLink?.destination ?? `https://${rules.hosts[0] ?? ""}/`}
        rejected={rejected}
      />
    </>
  );
}

/** Fewer links need no search. */
const FEW_LINKS = 8;

const SORT_NAMES: Record<LinkListing["sort"], string> = {
  clicks: "Most clicks",
  earned: "Most earned",
  newest: "Newest",
  name: "Name",
};

function paramsOf({ q, sort, archived }: LinkListing): QueryParams {
  return { q, sort: sort === "clicks" ? null : sort, archived: archived ? "1" : null };
}

function ListForm({ listing, params }: { listing: LinkListing; params: QueryParams }) {
  return (
    <form method="get" action={PATH} class="filter">
      {listParams({ ...params, archived: listing.archived ? "1" : null }).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <div class="field">
        <label for="filter-q">Slug, channel or URL</label>
        <input id="filter-q" name="q" type="search" value={listing.q} />
      </div>
      <SelectFilter
        name="sort"
        label="Sort by"
        options={LINK_SORTS.map((sort): FilterOption => [sort, SORT_NAMES[sort]])}
        selected={listing.sort}
      />
      <button type="submit">Apply</button>
    </form>
  );
}

function Nothing({ listing, params }: { listing: LinkListing; params: QueryParams }) {
  if (listing.q !== "" || listing.archived) {
    return (
      <p class="empty">
        <strong>No links found.</strong> <a href={buildHref(PATH, params)}>Show all links</a>
      </p>
    );
  }
  return (
    <p class="empty">
      <strong>No links yet.</strong> Create your first one below. Its clicks appear here within seconds.
    </p>
  );
}

function Pages(props: { page: number; pages: number; listing: LinkListing; params: QueryParams }) {
  const { page, pages, listing, params } = props;
  const hrefOf = (other: number) => buildHref(PATH, { ...params, ...paramsOf(listing), page: String(other) });
  return (
    <nav class="more" aria-label="Pages">
      {page > 1 && <a href={hrefOf(page - 1)}>Previous</a>} Page {page} of {pages}{" "}
      {page < pages && <a href={hrefOf(page + 1)}>Next</a>}
    </nav>
  );
}

function Coupons({ codes }: { codes: readonly string[] }) {
  return (
    <section class="card" aria-labelledby="coupons">
      <h2 id="coupons">Your coupons</h2>
      <p class="muted">A sale with one of these codes is credited to you, even without a click.</p>
      <ul class="coupons">
        {codes.map((code, index) => (
          <li class="copy-row">
            <input id={`coupon-${index}`} class="copy-field" readonly value={code} aria-label="Coupon code" />
            <button
              type="button"
              class="copy"
              data-copies={`coupon-${index}`}
              data-says="The code is copied"
              aria-label={`Copy ${code}`}
            >
              Copy
            </button>
          </li>
        ))}
      </ul>
      <span class="vh" role="status" id="copied" />
    </section>
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
