/** What stands above the pages with figures: their title, whose figures they are, and of when. */
import type { Child } from "hono/jsx";
import type { AffiliateProgram } from "../../reports/overview.ts";
import { toIsoDay } from "../../time.ts";
import { namePeriod, PERIOD_NAMES, PERIODS, type Period, type PeriodName, queryOfPeriod } from "../period.ts";
import { useFormats } from "./reader.tsx";

interface PageHeadProps {
  title: Child;
  /** Of the page itself, without its parameters. */
  path: string;
  program: AffiliateProgram;
  programs: readonly AffiliateProgram[];
  period: Period;
  /** Parameters of the page's own, which stay when the programme or the period is changed. */
  query?: Readonly<Record<string, string>>;
}

/** Title, choice of period, and choice of programme where there are several. */
export function PageHead({ title, path, program, programs, period, query = {} }: PageHeadProps) {
  return (
    <>
      <div class="page-head">
        <h1>{title}</h1>
        <PeriodSwitch path={path} query={{ program: program.slug, ...query }} period={period} />
      </div>
      {period.fault !== null && (
        <p class="notice" role="alert">
          {period.fault}
        </p>
      )}
      <ProgramTabs path={path} program={program} programs={programs} query={{ ...query, ...queryOfPeriod(period) }} />
    </>
  );
}

/** The affiliate's programmes; nothing where there is one. */
export function ProgramTabs({
  path,
  program,
  programs,
  query = {},
}: Pick<PageHeadProps, "path" | "program" | "programs" | "query">) {
  if (programs.length < 2) return null;
  return (
    <nav class="tabs" aria-label="Programme">
      {programs.map((other) => (
        <a
          href={`${path}?${new URLSearchParams({ ...query, program: other.slug })}`}
          aria-current={other.id === program.id ? "page" : undefined}
        >
          {other.name}
        </a>
      ))}
    </nav>
  );
}

const SHORT: readonly PeriodName[] = ["today", "7d", "30d", "90d"];

function PeriodSwitch({ path, query, period }: { path: string; query: Record<string, string>; period: Period }) {
  const formats = useFormats();
  const others = PERIODS.filter((name) => !SHORT.includes(name) && name !== "custom");
  const isOther = !SHORT.includes(period.name);
  const addressOf = (name: PeriodName) => `${path}?${new URLSearchParams({ ...query, period: name })}`;
  const currentOf = (name: PeriodName) => (name === period.name ? "page" : undefined);
  return (
    <nav class="periods" aria-label="Period">
      <div class="switch">
        {SHORT.map((name) => (
          <a href={addressOf(name)} aria-current={currentOf(name)}>
            {PERIOD_NAMES[name]}
          </a>
        ))}
      </div>
      <details class="more">
        <summary class={isOther ? "chosen" : ""}>{isOther ? namePeriod(period, formats.day) : "Other"}</summary>
        <div class="popup">
          {others.map((name) => (
            <a href={addressOf(name)} aria-current={currentOf(name)}>
              {PERIOD_NAMES[name]}
            </a>
          ))}
          <form method="get" action={path}>
            {Object.entries(query).map(([name, value]) => (
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
        </div>
      </details>
    </nav>
  );
}
