import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { Announcements } from "../../announcements/portal/announcements.tsx";
import type { Announcement } from "../../announcements/queries.ts";
import type { EarnedConversion } from "../../conversions/affiliate-conversion-queries.ts";
import { LatestConversions } from "../../conversions/portal/conversion-table.tsx";
import { NotCreditedCard } from "../../conversions/portal/not-credited-page.tsx";
import type { TouchedView } from "../../conversions/touched-queries.ts";
import { NextPayoutCard } from "../../payouts/portal/next-payout.tsx";
import { EnrollmentNotice } from "../../portal/layout/enrollment-notice.tsx";
import { PeriodFilter, PeriodTitle, ProgramTabs } from "../../portal/layout/filters.tsx";
import { useFormats } from "../../portal/layout/formats-context.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { nameComparison, type Period, periodParams } from "../../portal/layout/period.ts";
import { Time } from "../../portal/layout/time.tsx";
import { describeTier } from "../../portal/layout/words.ts";
import type { Changes } from "../change-queries.ts";
import type { LinkView, LinkWithFigures } from "../link-queries.ts";
import type { Overview } from "../overview-queries.ts";
import { listChanges } from "./changes.ts";
import { chartHeadingOf, TimeChart } from "./chart.tsx";
import { MainLinkCard } from "./main-link.tsx";
import { fillSlots } from "./slots.ts";
import { ActivityTiles, Balance } from "./tiles.tsx";
import { TopLinks } from "./top-links.tsx";

/** The part of the overview that is updated while the page is open. */
export interface LiveProps {
  program: AffiliateProgram;
  period: Period;
  overview: Overview;
  latest: EarnedConversion[];
  links: LinkWithFigures[];
  /** The portal's origin. */
  origin: string;
  now: number;
}

export interface OverviewProps extends LiveProps {
  programs: AffiliateProgram[];
  /** The link to share first. Null if none works now. */
  main_link: LinkView | null;
  reward: { sentence: string; others: number } | null;
  announcements: readonly Announcement[];
  /** Null on the first visit. */
  news: { since: number; changes: Changes } | null;
  touched: TouchedView[];
  /** The ETag of the live part, or null if the period is over and can't change. */
  pulse: string | null;
}

/** `/app`: the affiliate's link, then figures, chart, links and latest conversions of one program. */
export function OverviewPage(props: OverviewProps) {
  const { program, programs, period, news, touched, pulse, main_link, reward, announcements, origin } = props;
  const params = { program: program.slug, ...periodParams(period) };
  const source = buildHref("/app/live", params);
  return (
    <>
      <div class="page-head">
        <h1>{program.name}</h1>
      </div>
      <ProgramTabs path="/app" params={params} program={program} programs={programs} />
      <EnrollmentNotice program={program} />
      <MainLinkCard {...{ program, reward, origin }} link={main_link} />
      <Announcements announcements={announcements} />
      {news !== null && <SinceLastVisit since={news.since} changes={news.changes} />}
      <div id="live" class="stack" data-source={pulse === null ? undefined : source} data-pulse={pulse ?? undefined}>
        <LivePart {...props} />
      </div>
      <p id="live-news" class="vh" role="status" />
      <NotCreditedCard conversions={touched} />
    </>
  );
}

/** The part that an open page loads again. */
export function LivePart({ program, period, overview, latest, links, origin, now }: LiveProps) {
  const slots = fillSlots(period, {
    clicks: overview.clicks_at,
    sales: overview.sales_at,
    earned: overview.earned_at,
  });
  const isEmpty = slots.slots.every((slot) => slot.clicks === 0 && slot.sales === 0);
  const params = { program: program.slug, ...periodParams(period) };
  const currencies = listCurrencies(overview, program.currency);
  return (
    <>
      <Balance balances={overview.balances} />
      <NextPayoutCard
        {...{ program: program.slug, now, next: overview.next_payout }}
        {...{ has_payouts: overview.has_payouts, gates: overview.payout_gates, currency: program.currency }}
      />
      <p class="muted">
        {overview.tier !== null && `${describeTier(overview.tier)} `}
        <a href={`/app/ledger?${new URLSearchParams({ program: program.slug })}`} download>
          Download ledger (verifiable)
        </a>
      </p>
      <div class="page-head">
        <h2>
          <PeriodTitle period={period} /> <span class="light">vs. {nameComparison(period)}</span>
        </h2>
        <PeriodFilter path="/app" params={params} period={period} />
      </div>
      <ActivityTiles overview={overview} period={period} currencies={currencies} />
      <section class="card" aria-labelledby="performance">
        <h2 id="performance">{chartHeadingOf(slots)}</h2>
        {isEmpty && (
          <p class="empty">
            <strong>No clicks in this period.</strong>{" "}
            {links.length === 0
              ? "Create a link and share it. Clicks appear here within seconds."
              : "Share one of your links. Clicks appear here within seconds."}
          </p>
        )}
        <TimeChart slots={slots} now={now} currencies={currencies} />
      </section>
      <TopLinks links={links} params={params} origin={origin} now={now} />
      <LatestConversions latest={latest} all={buildHref("/app/conversions", { program: program.slug })} now={now} />
    </>
  );
}

/** The program's currency, then others in which the affiliate earned something in the period or the one before it. */
function listCurrencies({ activity, comparison }: Overview, own: string): string[] {
  const others = [...Object.keys(activity.earned), ...Object.keys(comparison.earned)].sort();
  return [...new Set([own, ...others])];
}

function SinceLastVisit({ since, changes }: { since: number; changes: Changes }) {
  const formats = useFormats();
  const news = listChanges(changes, formats.money);
  return (
    <section class="news" aria-labelledby="news">
      <h2 id="news">
        Since your last visit, <Time ms={since} />
      </h2>
      {news.length === 0 ? (
        <p class="muted">No new activity</p>
      ) : (
        <ul>
          {news.map((text) => (
            <li>{text}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
