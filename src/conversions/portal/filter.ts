/** The filters of the conversions page, as its URL states them. */
import { startOfDay } from "../../lib/calendar.ts";
import { PERIODS, type Period, readPeriod } from "../../portal/layout/period.ts";

/** The types of conversions. */
export const CONVERSION_TYPES = ["sale", "trial", "lead"] as const;

/** The filters. Null means all. */
export interface ConversionFilters {
  /** Whether to list the conversions that weren't credited to the affiliate. They have no other filters. */
  not_credited: boolean;
  /** Null means all time. */
  period: Period | null;
  type: (typeof CONVERSION_TYPES)[number] | null;
  /** A link's id. */
  link: number | null;
  /** `next` of the previous page. */
  cursor: string | null;
}

const CURSOR = /^\d{1,15}\.cv_[0-9a-f]{32}$/;
const LINK_ID = /^[1-9]\d{0,14}$/;

/** Reads the filters from query parameters, at `now` (ms). Ignores unknown values. Null if `link` can't be a link's id. */
export function parseConversionFilters(
  query: Readonly<Record<string, string | undefined>>,
  now: number,
): ConversionFilters | null {
  const { show, type, link = "", cursor = "" } = query;
  if (link !== "" && !LINK_ID.test(link)) return null;
  return {
    not_credited: show === "lost",
    period: PERIODS.some((name) => name === query.period) ? readPeriod(query, now) : null,
    type: CONVERSION_TYPES.find((one) => one === type) ?? null,
    link: link === "" ? null : Number(link),
    cursor: CURSOR.test(cursor) ? cursor : null,
  };
}

/** The time range of the filter in ms, `until` excluded. Null for all time. */
export function timeRangeOf({ period }: Pick<ConversionFilters, "period">): { since: number; until: number } | null {
  if (period === null) return null;
  return { since: startOfDay(period.first_day), until: startOfDay(period.last_day + 1) };
}
