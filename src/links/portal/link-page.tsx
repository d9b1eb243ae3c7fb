import type { Child } from "hono/jsx";
import type { LoggedClick } from "../../clicks/click-queries.ts";
import type { LinkReport } from "../../clicks/counts/queries.ts";
import type { Credits } from "../../conversions/credit-queries.ts";
import type { LinkView } from "../../insights/link-queries.ts";
import { chartHeadingOf, TimeChart } from "../../insights/portal/chart.tsx";
import type { Slots } from "../../insights/portal/slots.ts";
import type { List } from "../../lib/paging.ts";
import { Fact } from "../../portal/layout/fact.tsx";
import { Money, PerClick } from "../../portal/layout/figures.tsx";
import { PeriodFilter, PeriodTitle } from "../../portal/layout/filters.tsx";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import { type Period, periodParams } from "../../portal/layout/period.ts";
import { buildLinkUrl } from "../link-url.ts";
import { ClickQuality, Hits } from "./click-quality.tsx";
import { type CheckResult, LinkCheck } from "./link-check.tsx";
import { DestinationUrl, LinkTags, withoutScheme } from "./link-name.tsx";
import { type LinkFormRules, SUB_IDS } from "./new-link-form.ts";
import { LinkFields, type RejectedLinkForm, SubIdForm } from "./new-link-page.tsx";
import { CopyUrl, QrFigure, ShareButton, ShareLinks } from "./share.tsx";

export interface LinkPageProps {
  link: LinkView;
  program: { slug: string; name: string };
  period: Period;
  counts: LinkReport;
  credits: Credits;
  hits: List<LoggedClick>;
  /** The position in the click log. Null for the newest hits. */
  cursor: string | null;
  sub_ids: readonly (string | null)[];
  /** What was just done to the link, or null. */
  done: LinkStep | null;
  rules: Pick<LinkFormRules, "hosts">;
  /** Whether the affiliate may change it: its own tracking links, except in a view. */
  is_editable: boolean;
  /** Whether the merchant has set destinations by country or device. */
  has_targets: boolean;
  rejected: RejectedLinkForm | null;
  slots: Slots;
  check: CheckResult | null;
  /** The portal's origin. */
  origin: string;
  now: number;
}

/** `/app/links/:id`: a link's URL and QR code, its figures, its click quality and its latest hits. */
export function LinkPage(props: LinkPageProps) {
  const { link, program, period, counts, credits, hits, cursor, sub_ids, done, origin, now, slots } = props;
  const url = buildLinkUrl(link, origin, sub_ids);
  const path = `/app/links/${link.id}`;
  const params = {
    ...Object.fromEntries(SUB_IDS.map((name, index) => [name, sub_ids[index] ?? null])),
    ...periodParams(period),
  };
  const more = hits.next === null ? null : `${buildHref(path, { ...params, cursor: hits.next })}#hits`;
  return (
    <>
      <nav class="back" aria-label="Back">
        <a href={buildHref("/app/links", { program: program.slug, ...periodParams(period) })}>
          <span aria-hidden="true">← </span>
          {program.name} links
        </a>
      </nav>
      <div class="page-head">
        <h1 class="address">{withoutScheme(buildLinkUrl(link, origin))}</h1>
        <PeriodFilter path={path} params={params} period={period} />
      </div>
      {done !== null && (
        <p class="notice" role="status">
          {STEPS[done]}
        </p>
      )}
      <div>
        <LinkTags link={link} now={now} />
        <DestinationUrl destination={link.destination} />
      </div>
      <ShareCard url={url} path={path} params={params} title={program.name}>
        <SubIdForm path={path} period={period} sub_ids={sub_ids} />
      </ShareCard>
      <Figures counts={counts} credits={credits} period={period} />
      <section class="card" aria-labelledby="performance">
        <h2 id="performance">{chartHeadingOf(slots)}</h2>
        <TimeChart slots={slots} now={now} is_compact />
      </section>
      <ClickQuality counts={counts} period={period} />
      {props.is_editable && <ChangeCard {...props} />}
      <LinkCheck path={path} url={url} result={props.check} />
      <Hits hits={hits} more={more} is_first={cursor === null} />
    </>
  );
}

/** What can be done to a link. */
export type LinkStep = keyof typeof STEPS;

const STEPS = {
  made: "Your tracking link is ready to use.",
  saved: "Your changes are saved. Visitors get the new destination within seconds.",
  archived: "The link is archived. It still works, but is no longer in your list.",
  restored: "The link is back in your list.",
};

/** The step that a page's URL names, or null. */
export function readStep(query: Readonly<Record<string, string>>): LinkStep | null {
  return (Object.keys(STEPS) as LinkStep[]).find((step) => query[step] !== undefined) ?? null;
}

function ChangeCard({ link, rules, has_targets, rejected }: LinkPageProps) {
  const isArchived = link.archived_at !== null;
  return (
    <section class="card" aria-labelledby="change">
      <h2 id="change">Change this link</h2>
      {has_targets ? (
        <p class="muted">The merchant has set destinations by country or device, so only they can change them.</p>
      ) : (
        <form method="post" action={`/app/links/${link.id}`} class="fields">
          <LinkFields
            rules={rules}
            values={{ channel: link.channel ?? "", destination: link.destination }}
            rejected={rejected}
          />
          <div>
            <button type="submit">Save changes</button>
          </div>
        </form>
      )}
      <form method="post" action={`/app/links/${link.id}/archive`} class="spaced">
        <input type="hidden" name="archived" value={isArchived ? "" : "1"} />
        <button type="submit">{isArchived ? "Restore link" : "Archive link"}</button>
        <p class="note">
          {isArchived ? "It is listed with your other links again." : "It is no longer listed, but keeps working."}
        </p>
      </form>
    </section>
  );
}

interface ShareProps {
  url: string;
  path: string;
  params: QueryParams;
  /** The subject of a message with the link. */
  title: string;
  children?: Child;
}

function ShareCard({ url, path, params, title, children }: ShareProps) {
  return (
    <section class="card share" aria-labelledby="share">
      <div class="share-text">
        <h2 id="share">Share this link</h2>
        <CopyUrl url={url}>
          <ShareButton url={url} title={title} />
        </CopyUrl>
        <ShareLinks url={url} title={title} />
        {children}
      </div>
      <QrFigure url={url} path={path} params={params} />
    </section>
  );
}

function Figures({ counts, credits, period }: Pick<LinkPageProps, "counts" | "credits" | "period">) {
  // Leads and trials only if there are any.
  const early = (["lead", "trial"] as const).filter((type) => credits[type] > 0);
  return (
    <section class="card" aria-labelledby="figures">
      <h2 id="figures">
        <PeriodTitle period={period} />
      </h2>
      <dl class="facts spaced">
        <Fact label="Clicks">{formatCount(counts.clicks)}</Fact>
        <Fact label="Unique visitors">{formatCount(counts.unique_visitors)}</Fact>
        {early.map((type) => (
          <Fact label={type === "lead" ? "Leads" : "Trials"}>{formatCount(credits[type])}</Fact>
        ))}
        <Fact label="Sales">{formatCount(credits.sale)}</Fact>
        <Fact label="Earned">
          <Money amounts={credits.earned} />
        </Fact>
        <Fact label="Earnings per click">
          <PerClick earned={credits.earned} clicks={counts.clicks} />
        </Fact>
      </dl>
    </section>
  );
}
