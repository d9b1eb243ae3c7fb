import { affiliateHref } from "../../affiliates/console/views.ts";
import { FormKey, type FormState } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import {
  Copied,
  CopyField,
  Done,
  Empty,
  Filter,
  FilterField,
  FilterSelect,
  PageHead,
  Pager,
  StatusTag,
} from "../../console/layout/parts.tsx";
import { Fact } from "../../portal/layout/fact.tsx";
import { Count, None } from "../../portal/layout/figures.tsx";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import { DestinationUrl, withoutScheme } from "../portal/link-name.tsx";
import { listVerdicts } from "../portal/verdicts.ts";
import { LinkForm } from "./link-form.tsx";
import { type LinkView, linkHref } from "./link-view.ts";

const CONFIRMATIONS = {
  created: "Link created. It works at once.",
  saved: "Changes saved. They are in effect everywhere within a minute.",
  disabled: "Link disabled. Visitors are sent to the program’s fallback page within a minute.",
  enabled: "Link enabled. It works everywhere within a minute.",
};

const SORTS = [
  ["", "Newest first"],
  ["created_at", "Oldest first"],
  ["slug", "Path, A–Z"],
] as const;

/** The links of a program. */
export function LinksPage(props: {
  program: string;
  links: readonly LinkView[];
  next: string | null;
  params: QueryParams;
  may_write: boolean;
}) {
  const { program, links, next, params, may_write } = props;
  const path = programHref(program, "/links");
  const { cursor: _, ...filters } = params;
  const { affiliate = null } = filters;
  const isFiltered = Object.values(filters).some(Boolean);
  return (
    <div class="stack">
      <PageHead title="Links">
        {may_write && (
          <a class="button primary" href={buildHref(`${path}/new`, { affiliate })}>
            Create link
          </a>
        )}
      </PageHead>
      <Filter action={path} is_active={isFiltered}>
        <FilterField name="q" label="Path, channel or destination" value={filters.q ?? undefined} />
        <FilterField name="affiliate" label="Affiliate’s username" value={affiliate ?? undefined} />
        <FilterSelect
          name="disabled"
          label="State"
          value={filters.disabled ?? undefined}
          options={[
            ["", "All"],
            ["false", "Enabled"],
            ["true", "Disabled"],
          ]}
        />
        <FilterSelect name="sort" label="Order" value={filters.sort ?? undefined} options={SORTS} />
      </Filter>
      <section class="card" aria-label="Links">
        {links.length === 0 ? (
          <Empty>
            {isFiltered ? (
              <>
                No link matches the filter. <a href={path}>Show all</a>
              </>
            ) : (
              "No links yet. Create one for an affiliate to share."
            )}
          </Empty>
        ) : (
          <LinkTable program={program} links={links} />
        )}
        <Pager path={path} params={params} next={next} />
      </section>
    </div>
  );
}

/** Links with their counts. */
export function LinkTable({ program, links }: { program: string; links: readonly LinkView[] }) {
  return (
    <DataTable
      caption="Links"
      columns={[
        { label: "Link", is_heading: true },
        { label: "Affiliate" },
        { label: "State" },
        { label: "Clicks", is_number: true },
        { label: "Visitors", is_number: true },
        { label: "Created" },
      ]}
      rows={links.map((link) => [
        <>
          <a class="value-name" href={linkHref(program, link)}>
            {withoutScheme(link.url)}
          </a>
          <DestinationUrl destination={link.destination} />
        </>,
        link.affiliate === null ? <None /> : <a href={affiliateHref(program, link.affiliate)}>{link.affiliate}</a>,
        <LinkState link={link} />,
        <Count count={link.clicks} />,
        <Count count={link.unique_visitors} />,
        <DateOnly ms={Date.parse(link.created_at)} />,
      ])}
    />
  );
}

function LinkState({ link: { disabled, channel } }: { link: LinkView }) {
  return (
    <span class="tags">
      {disabled ? <StatusTag tone="bad">Disabled</StatusTag> : <StatusTag tone="good">Enabled</StatusTag>}
      {channel !== null && <StatusTag tone="neutral">{channel}</StatusTag>}
    </span>
  );
}

/** One link: its address, figures and settings. */
export function LinkPage(props: {
  program: { slug: string; destination_hosts: readonly string[] };
  link: LinkView;
  form: FormState;
  may_write: boolean;
  done: string | undefined;
}) {
  const { program, link, form, may_write, done } = props;
  const { slug, url, affiliate, disabled, targets, verdicts } = link;
  return (
    <div class="stack">
      <PageHead title={`Link ${slug}`} back={{ href: programHref(program.slug, "/links"), label: "Links" }}>
        {may_write && (
          <form method="post" action={linkHref(program.slug, link, "/state")}>
            <FormKey />
            <input type="hidden" name="disabled" value={disabled ? "no" : "yes"} />
            <button type="submit">{disabled ? "Enable link" : "Disable link"}</button>
          </form>
        )}
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      <section class="card stack" aria-label="Address and figures">
        <CopyField id="link" label="Link" value={url} />
        <Copied />
        <dl class="facts">
          <Fact label="Affiliate">
            {affiliate !== null && <a href={affiliateHref(program.slug, affiliate)}>{affiliate}</a>}
          </Fact>
          <Fact label="State">
            <LinkState link={link} />
          </Fact>
          <Fact label="Clicks">
            <Count count={link.clicks} />
          </Fact>
          <Fact label="Visitors">
            <Count count={link.unique_visitors} />
          </Fact>
          <Fact label="Created">
            <DateOnly ms={Date.parse(link.created_at)} />
          </Fact>
        </dl>
      </section>
      <Verdicts verdicts={verdicts} />
      {targets !== null && (
        <p class="notice">
          Visitors of some countries or devices are sent elsewhere: {targets.length}{" "}
          {targets.length === 1 ? "rule" : "rules"}, set by the API.
        </p>
      )}
      {may_write ? (
        <section class="card" aria-labelledby="settings">
          <h2 id="settings">Settings</h2>
          <LinkForm program={program} link={link} state={form} />
        </section>
      ) : (
        <section class="card" aria-labelledby="settings">
          <h2 id="settings">Destination URL</h2>
          <p class="address">{link.destination}</p>
        </section>
      )}
    </div>
  );
}

function Verdicts({ verdicts }: { verdicts: LinkView["verdicts"] }) {
  const found = listVerdicts(verdicts);
  if (found.length === 0) return null;
  return (
    <section class="card" aria-labelledby="quality">
      <h2 id="quality">Click quality</h2>
      <DataTable
        caption="Hits by verdict"
        columns={[
          { label: "Verdict", is_heading: true },
          { label: "Hits", is_number: true },
          { label: "Meaning", is_wide: true },
        ]}
        rows={found.map(({ name, count, meaning }) => [name, <Count count={count} />, meaning])}
      />
    </section>
  );
}
