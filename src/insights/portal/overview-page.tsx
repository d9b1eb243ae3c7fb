import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import type { EarnedConversion } from "../../conversions/own-conversion-queries.ts";
import { Conversions } from "../../conversions/portal/conversion-table.tsx";
import { Touched } from "../../conversions/portal/not-credited-page.tsx";
import type { TouchedView } from "../../conversions/touched-queries.ts";
import { NextPayoutNote } from "../../payouts/portal/next-payout.tsx";
import { namePeriod, type Period, queryOfPeriod } from "../../portal/layout/period.ts";
import { useFormats } from "../../portal/layout/reader.tsx";
import { addressOf, PeriodSwitch, ProgramTabs } from "../../portal/layout/switches.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { sayTier } from "../../portal/layout/words.ts";
import type { Changes } from "../change-queries.ts";
import type { OwnLinkRow } from "../link-queries.ts";
import type { Overview } from "../overview-queries.ts";
import { listChanges } from "./changes.ts";
import { headingOf, TimeChart } from "./chart.tsx";
import { fillSlots } from "./slots.ts";
import { Tiles } from "./tiles.tsx";
import { Links } from "./top-links.tsx";

/** What of the overview changes while it is open. */
export interface LiveProps {
  program: AffiliateProgram;
  period: Period;
  overview: Overview;
  latest: EarnedConversion[];
  links: OwnLinkRow[];
  /** The address at which the portal, and so the links, are reached. */
  origin: string;
  now: number;
}

/** What the overview is made of. */
export interface OverviewProps extends LiveProps {
  programs: AffiliateProgram[];
  /** Null in the first visit. */
  news: { since: number; changes: Changes } | null;
  touched: TouchedView[];
  /** Of the live part, for the script to tell what is new; null where the period has nothing new to come. */
  pulse: string | null;
}

/** `/app`: figures, chart, links and latest conversions of one programme. */
export function OverviewPage(props: OverviewProps) {
  const { program, programs, period, news, touched, pulse } = props;
  const asked = { program: program.slug, ...queryOfPeriod(period) };
  const source = addressOf("/app/live", asked);
  return (
    <>
      <div class="page-head">
        <h1>{program.name}</h1>
        <PeriodSwitch path="/app" asked={asked} period={period} />
      </div>
      <ProgramTabs path="/app" asked={asked} program={program} programs={programs} />
      <StandingNotice program={program} />
      {news !== null && <News since={news.since} changes={news.changes} />}
      <div id="live" class="stack" data-source={pulse === null ? undefined : source} data-pulse={pulse ?? undefined}>
        <LivePart {...props} />
      </div>
      <p id="live-news" class="vh" role="status" />
      <Touched touched={touched} />
    </>
  );
}

/** What is read again while the page is open. */
export function LivePart({ program, period, overview, latest, links, origin, now }: LiveProps) {
  const formats = useFormats();
  const slots = fillSlots(period, overview.clicks_at, overview.sales_at);
  const isEmpty = slots.slots.every((row) => row.clicks === 0 && row.sales === 0);
  const asked = { program: program.slug, ...queryOfPeriod(period) };
  return (
    <>
      <Tiles overview={overview} period={period} currency={program.currency} />
      <p class="muted">
        {overview.tier !== null && `${sayTier(overview.tier)} `}
        <a href={`/app/ledger?${new URLSearchParams({ program: program.slug })}`} download>
          Your ledger as a file
        </a>
        , which says how it is checked.
      </p>
      <NextPayoutNote next={overview.next_payout} program={program.slug} />
      <section class="card" aria-labelledby="by-day">
        <h2 id="by-day">{headingOf(slots)}</h2>
        {isEmpty && (
          <p class="empty">
            <strong>No clicks: {namePeriod(period, formats.day).toLowerCase()}.</strong>{" "}
            {links.length === 0
              ? "Once you have a link, share it: every click shows here within seconds."
              : "Share one of your links below: every click shows here within seconds."}
          </p>
        )}
        <TimeChart slots={slots} />
      </section>
      <Links links={links} asked={asked} origin={origin} now={now} />
      <Conversions latest={latest} all={addressOf("/app/conversions", { program: program.slug })} now={now} />
    </>
  );
}

function News({ since, changes }: { since: number; changes: Changes }) {
  const formats = useFormats();
  const news = listChanges(changes, formats);
  return (
    <section class="news" aria-labelledby="news">
      <h2 id="news">
        Since your last visit, <Time ms={since} />
      </h2>
      {news.length === 0 ? (
        <p class="muted">Nothing new.</p>
      ) : (
        <ul>
          {news.map((piece) => (
            <li>{piece}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function StandingNotice({ program }: { program: AffiliateProgram }) {
  const notices = {
    approved: null,
    pending: "Your application is waiting for the merchant’s approval. Until then your links earn no commission.",
    rejected: "The merchant has not accepted your application. Your links earn no commission in this program.",
    suspended: "You are suspended in this program: new sales earn no commission. Please talk to the merchant.",
  };
  const notice = notices[program.status];
  return notice === null ? null : <p class="notice">{notice}</p>;
}
