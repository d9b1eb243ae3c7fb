/** Which conversions a page is asked for, as its address says it. */
import { startOfDay } from "../../lib/calendar.ts";
import { PERIODS, type Period, readPeriod } from "../../portal/layout/period.ts";

/** The types that conversions have. */
export const CONVERSION_TYPES = ["sale", "trial", "lead"] as const;

/** What the form can ask for; null is all. */
export interface ConversionsAsked {
  /** Whether those are meant that another one got. */
  is_lost: boolean;
  /** All time where it is null. */
  period: Period | null;
  type: (typeof CONVERSION_TYPES)[number] | null;
  /** A link's id. */
  link: number | null;
  /** The `next` of the page before. */
  cursor: string | null;
}

const CURSOR = /^\d{1,15}\.cv_[0-9a-f]{32}$/;
const LINK_ID = /^[1-9]\d{0,14}$/;

/** Reads the address at `now`, ms; what is not on offer is all. Null for what can be no link. */
export function readConversionsAsked(
  query: Readonly<Record<string, string | undefined>>,
  now: number,
): ConversionsAsked | null {
  const { show, type, link = "", cursor = "" } = query;
  if (link !== "" && !LINK_ID.test(link)) return null;
  return {
    is_lost: show === "lost",
    period: PERIODS.some((name) => name === query.period) ? readPeriod(query, now) : null,
    type: CONVERSION_TYPES.find((one) => one === type) ?? null,
    link: link === "" ? null : Number(link),
    cursor: CURSOR.test(cursor) ? cursor : null,
  };
}

/** From when to when, ms, the latter excluded: null for all time. */
export function spanOf({ period }: Pick<ConversionsAsked, "period">): { since: number; until: number } | null {
  if (period === null) return null;
  return { since: startOfDay(period.first_day), until: startOfDay(period.last_day + 1) };
}
