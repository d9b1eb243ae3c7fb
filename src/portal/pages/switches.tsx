/** Links that show the same page for another programme or another period. */
import type { AffiliateProgram } from "../../reports/overview.ts";
import { PERIODS } from "../period.ts";

/** What a page is asked for; what is null or empty stays out of its address. */
export type Asked = Readonly<Record<string, string | null>>;

/** An address below the portal with what it is asked for. */
export function addressOf(path: string, asked: Asked): string {
  const given = Object.entries(asked).filter(
    (entry): entry is [string, string] => entry[1] !== null && entry[1] !== "",
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** The periods on offer. */
export function PeriodSwitch({ path, asked, days }: { path: string; asked: Asked; days: number }) {
  return (
    <nav class="switch" aria-label="Period">
      {PERIODS.map((period) => (
        <a
          href={addressOf(path, { ...asked, days: String(period) })}
          aria-current={period === days ? "page" : undefined}
        >
          {period}
          <span class="unit"> days</span>
        </a>
      ))}
    </nav>
  );
}

/** The programmes of an affiliate, where it is in several. */
export function ProgramTabs(props: {
  path: string;
  asked: Asked;
  program: AffiliateProgram;
  programs: AffiliateProgram[];
}) {
  const { path, asked, program, programs } = props;
  if (programs.length < 2) return null;
  return (
    <nav class="tabs" aria-label="Program">
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
