import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import type { LinkView } from "../../insights/link-queries.ts";
import type { List } from "../../lib/paging.ts";
import { ProgramTabs } from "../../portal/layout/filters.tsx";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { PERIOD_NAMES, PERIODS, periodParams } from "../../portal/layout/period.ts";
import { type FilterOption, SelectFilter } from "../../portal/layout/select-filter.tsx";
import { nameType } from "../../portal/layout/words.ts";
import type { EarnedConversion } from "../affiliate-conversion-queries.ts";
import type { TouchedView } from "../touched-queries.ts";
import { ConversionTable } from "./conversion-table.tsx";
import { CONVERSION_TYPES, type ConversionFilters } from "./filter.ts";
import { NotCreditedList } from "./not-credited-page.tsx";

const PATH = "/app/conversions";
/** The form has no fields for custom days, but a URL may name them. */
const PERIOD_OPTIONS = PERIODS.filter((name) => name !== "custom");

/** The conversions of one of the two tabs. */
export type FoundConversions =
  | { not_credited: null; credited: List<EarnedConversion> }
  | { not_credited: List<TouchedView>; credited: null };

export interface ConversionsPageProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  filters: ConversionFilters;
  links: readonly Pick<LinkView, "id" | "slug" | "channel">[];
  found: FoundConversions;
  now: number;
}

/** `/app/conversions`: conversions credited to the affiliate, or not credited to it, page by page. */
export function ConversionsPage({ program, programs, filters, links, found, now }: ConversionsPageProps) {
  const list = found.credited ?? found.not_credited;
  const show = filters.not_credited ? "lost" : null;
  const params = {
    program: program.slug,
    ...(filters.period && periodParams(filters.period, true)),
    type: filters.type,
    link: filters.link === null ? null : String(filters.link),
  };
  return (
    <>
      <div class="page-head">
        <h1>Conversions</h1>
      </div>
      <ProgramTabs path={PATH} params={{ show }} program={program} programs={programs} />
      <nav class="tabs" aria-label="Credit">
        <a href={buildHref(PATH, { program: program.slug })} aria-current={filters.not_credited ? undefined : "page"}>
          Credited
        </a>
        <a
          href={buildHref(PATH, { program: program.slug, show: "lost" })}
          aria-current={filters.not_credited ? "page" : undefined}
        >
          Not credited
        </a>
      </nav>
      {!filters.not_credited && <FilterForm program={program} filters={filters} links={links} />}
      <section class="card" aria-labelledby="found">
        <h2 id="found">
          {filters.cursor !== null && "Earlier conversions: "}
          {filters.not_credited ? "Not credited" : "Credited to you"}
        </h2>
        {list.data.length === 0 ? (
          <Empty filters={filters} program={program} />
        ) : found.credited === null ? (
          <NotCreditedList conversions={found.not_credited.data} />
        ) : (
          <ConversionTable
            conversions={found.credited.data}
            caption={`${formatCount(found.credited.data.length)} of your conversions, newest first`}
            now={now}
          />
        )}
        {list.next !== null && (
          <p class="more">
            <a href={buildHref(PATH, { ...params, show, cursor: list.next })}>Earlier conversions</a>
          </p>
        )}
      </section>
    </>
  );
}

function FilterForm({ program, filters, links }: Pick<ConversionsPageProps, "program" | "filters" | "links">) {
  return (
    <form method="get" action={PATH} class="filter">
      <input type="hidden" name="program" value={program.slug} />
      <SelectFilter
        name="period"
        label="Period"
        options={[["", "All time"], ...PERIOD_OPTIONS.map((name): FilterOption => [name, PERIOD_NAMES[name]])]}
        selected={filters.period?.name ?? ""}
      />
      <SelectFilter
        name="type"
        label="Type"
        options={[["", "All types"], ...CONVERSION_TYPES.map((type): FilterOption => [type, nameType(type, 0)])]}
        selected={filters.type ?? ""}
      />
      <SelectFilter
        name="link"
        label="Link"
        options={[
          ["", "All links"],
          ...links.map(
            ({ id, slug, channel }): FilterOption => [String(id), channel === null ? slug : `${slug}, ${channel}`],
          ),
        ]}
        selected={filters.link === null ? "" : String(filters.link)}
      />
      <button type="submit">Apply</button>
    </form>
  );
}

function Empty({ filters, program }: Pick<ConversionsPageProps, "filters" | "program">) {
  if (filters.not_credited) {
    return <p class="empty">No conversions here. You were credited with every conversion that your clicks led to.</p>;
  }
  if (filters.period === null && filters.type === null && filters.link === null) {
    return (
      <p class="empty">
        <strong>No conversions yet.</strong> When someone clicks your link and signs up or buys, the conversion appears
        here within seconds. To get started, share one of{" "}
        <a href={buildHref("/app/links", { program: program.slug })}>your links</a>.
      </p>
    );
  }
  return (
    <p class="empty">
      <strong>No conversions match these filters.</strong>{" "}
      <a href={buildHref(PATH, { program: program.slug })}>Show all conversions</a>
    </p>
  );
}
