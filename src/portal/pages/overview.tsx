import type { AffiliateProgram, Overview } from "../../reports/overview.ts";
import { fillDays, PERIODS, type Period } from "../period.ts";
import { sayTier } from "../words.ts";
import { DayChart } from "./chart.tsx";
import { Conversions } from "./conversions.tsx";
import { Links } from "./links.tsx";
import { NextPayoutNote } from "./next-payout.tsx";
import { Tiles } from "./tiles.tsx";

/** What the overview is made of. */
export interface OverviewProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  period: Period;
  overview: Overview;
  /** The address at which the portal, and so the links, are reached. */
  origin: string;
  now: number;
}

/** `/app`: figures, chart, links and latest conversions of one programme. */
export function OverviewPage({ program, programs, period, overview, origin, now }: OverviewProps) {
  const days = fillDays(period, overview.clicks_by_day, salesByDay(overview));
  const { sale, trial, lead } = overview.summary.conversions_by_type;
  return (
    <>
      <div class="page-head">
        <h1>{program.name}</h1>
        <PeriodSwitch program={program} period={period} />
      </div>
      {programs.length > 1 && <ProgramSwitch programs={programs} program={program} period={period} />}
      <StandingNotice program={program} />
      <Tiles overview={overview} days={days} period={period} />
      <p class="muted">
        {overview.tier !== null && `${sayTier(overview.tier)} `}
        <a href={`/app/ledger?${new URLSearchParams({ program: program.slug })}`} download>
          Your ledger as a file
        </a>
        , which says how it is checked.
      </p>
      <NextPayoutNote next={overview.next_payout} program={program.slug} />
      <section class="card" aria-labelledby="by-day">
        <h2 id="by-day">Day by day</h2>
        {days.every((row) => row.clicks === 0 && row.sales === 0) && (
          <p class="empty">
            <strong>No clicks in the last {period.days} days.</strong>{" "}
            {overview.links.length === 0
              ? "Once you have a link, share it: every click shows here within seconds."
              : "Share one of your links below: every click shows here within seconds."}
          </p>
        )}
        <DayChart days={days} />
      </section>
      <Links links={overview.links} origin={origin} days={period.days} now={now} />
      <Conversions latest={overview.latest} total={sale + trial + lead} now={now} />
    </>
  );
}

function salesByDay({ conversions_by_day }: Overview): { day: number; sales: number }[] {
  return conversions_by_day
    .filter((row) => row.type === "sale")
    .map(({ day, conversions }) => ({ day, sales: conversions }));
}

function PeriodSwitch({ program, period }: Pick<OverviewProps, "program" | "period">) {
  return (
    <nav class="switch" aria-label="Period">
      {PERIODS.map((days) => (
        <a href={addressOf(program, days)} aria-current={days === period.days ? "page" : undefined}>
          {days}
          <span class="unit"> days</span>
        </a>
      ))}
    </nav>
  );
}

function ProgramSwitch({ program, programs, period }: Pick<OverviewProps, "program" | "programs" | "period">) {
  return (
    <nav class="tabs" aria-label="Program">
      {programs.map((other) => (
        <a href={addressOf(other, period.days)} aria-current={other.id === program.id ? "page" : undefined}>
          {other.name}
        </a>
      ))}
    </nav>
  );
}

function addressOf(program: AffiliateProgram, days: number): string {
  return `/app?${new URLSearchParams({ program: program.slug, days: String(days) })}`;
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
