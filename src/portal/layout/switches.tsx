/** Links that show the same page for another programme or another period. */
import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { toIsoDay } from "../../lib/calendar.ts";
import { namePeriod, PERIOD_NAMES, PERIODS, type Period, type PeriodName } from "./period.ts";
import { useFormats } from "./reader.tsx";

/** What a page is asked for; what is null or empty stays out of its address. */
export type Asked = Readonly<Record<string, string | null>>;

/** An address below the portal with what it is asked for. */
export function addressOf(path: string, asked: Asked): string {
  const given = listGiven(asked);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

function listGiven(asked: Asked): [string, string][] {
  return Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== "");
}

const SHORT: readonly PeriodName[] = ["today", "7d", "30d", "90d"];

/** The periods on offer, and days of one's own choice. `asked` is what else the page is asked for. */
export function PeriodSwitch({ path, asked, period }: { path: string; asked: Asked; period: Period }) {
  const { period: _, from: __, to: ___, ...rest } = asked;
  const isOther = !SHORT.includes(period.name);
  const linkTo = (name: PeriodName) => (
    <a href={addressOf(path, { ...rest, period: name })} aria-current={name === period.name ? "page" : undefined}>
      {PERIOD_NAMES[name]}
    </a>
  );
  return (
    <>
      <nav class="periods" aria-label="Period">
        <div class="switch">{SHORT.map(linkTo)}</div>
        <details class="menu">
          <summary class={isOther ? "chosen" : ""}>{isOther ? <PeriodTitle period={period} /> : "Other"}</summary>
          <div class="popup">
            {PERIODS.filter((name) => !SHORT.includes(name) && name !== "custom").map(linkTo)}
            <OwnDays path={path} rest={rest} period={period} />
          </div>
        </details>
      </nav>
      {period.fault !== null && (
        <p class="notice full" role="alert">
          {period.fault}
        </p>
      )}
    </>
  );
}

function OwnDays({ path, rest, period }: { path: string; rest: Asked; period: Period }) {
  return (
    <form method="get" action={path}>
      {listGiven(rest).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <input type="hidden" name="period" value="custom" />
      <label>
        From
        <input type="date" name="from" value={toIsoDay(period.first_day)} required />
      </label>
      <label>
        To
        <input type="date" name="to" value={toIsoDay(period.last_day)} required />
      </label>
      <button type="submit">Show these days</button>
    </form>
  );
}

/** `Last 30 days`, as a heading says it. */
export function PeriodTitle({ period }: { period: Period }) {
  return <>{namePeriod(period, useFormats().day)}</>;
}

/** The programmes of an affiliate, where it is in several. */
export function ProgramTabs(props: {
  path: string;
  asked: Asked;
  program: AffiliateProgram;
  programs: readonly AffiliateProgram[];
}) {
  const { path, asked, program, programs } = props;
  if (programs.length < 2) return null;
  return (
    <nav class="tabs" aria-label="Programme">
      {programs.map((other) => (
        <a
          href={addressOf(path, { ...asked, program: other.slug })}
          aria-current={other.id === program.id ? "page" : undefined}
        >
          {other.name}
        </a>
      ))}
    </nav>
  );
}
