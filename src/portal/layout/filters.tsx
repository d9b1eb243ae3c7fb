/** Links that show the same page for another program or period. */
import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { toIsoDay } from "../../lib/calendar.ts";
import { useFormats } from "./formats-context.tsx";
import { buildHref, listParams, type QueryParams } from "./href.ts";
import { namePeriod, PERIOD_NAMES, PERIODS, type Period, type PeriodName } from "./period.ts";

const SHORT_PERIODS: readonly PeriodName[] = ["today", "7d", "30d", "90d"];

/** Links to other periods, and a form for custom days. `params` are the page's other parameters. */
export function PeriodFilter({ path, params, period }: { path: string; params: QueryParams; period: Period }) {
  const { period: _, from: __, to: ___, ...rest } = params;
  const isInMenu = !SHORT_PERIODS.includes(period.name);
  const linkTo = (name: PeriodName) => (
    <a href={buildHref(path, { ...rest, period: name })} aria-current={name === period.name ? "page" : undefined}>
      {PERIOD_NAMES[name]}
    </a>
  );
  return (
    <>
      <nav class="periods" aria-label="Period">
        <div class="switch">{SHORT_PERIODS.map(linkTo)}</div>
        <details class="menu">
          <summary class={isInMenu ? "chosen" : ""}>{isInMenu ? <PeriodTitle period={period} /> : "More"}</summary>
          <div class="popup">
            {PERIODS.filter((name) => !SHORT_PERIODS.includes(name) && name !== "custom").map(linkTo)}
            <CustomDays path={path} params={rest} period={period} />
          </div>
        </details>
      </nav>
      {period.error !== null && (
        <p class="notice full" role="alert">
          {period.error}
        </p>
      )}
    </>
  );
}

function CustomDays({ path, params, period }: { path: string; params: QueryParams; period: Period }) {
  return (
    <form method="get" action={path}>
      {listParams(params).map(([name, value]) => (
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
      <button type="submit">Apply</button>
    </form>
  );
}

/** The period as a heading: `Last 30 days`. */
export function PeriodTitle({ period }: { period: Period }) {
  return <>{namePeriod(period, useFormats().day)}</>;
}

/** Links to the affiliate's other programs, if it has any. */
export function ProgramTabs(props: {
  path: string;
  params: QueryParams;
  program: AffiliateProgram;
  programs: readonly AffiliateProgram[];
}) {
  const { path, params, program, programs } = props;
  if (programs.length < 2) return null;
  return (
    <nav class="tabs" aria-label="Program">
      {programs.map((other) => (
        <a
          href={buildHref(path, { ...params, program: other.slug })}
          aria-current={other.id === program.id ? "page" : undefined}
        >
          {other.name}
        </a>
      ))}
    </nav>
  );
}
