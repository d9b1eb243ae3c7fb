/** Which conversions a page is asked for, as its address says it. */
import { MS_PER_DAY } from "../time.ts";
import { PERIODS } from "./period.ts";

/** The types that conversions have. */
export const CONVERSION_TYPES = ["sale", "trial", "lead"] as const;

/** What the form can ask for; null is all. */
export interface ConversionsAsked {
  /** Whether those are meant that another one got. */
  is_lost: boolean;
  days: (typeof PERIODS)[number] | null;
  type: (typeof CONVERSION_TYPES)[number] | null;
  /** A link's id. */
  link: number | null;
  /** The `next` of the page before. */
  cursor: string | null;
}

const CURSOR = /^\d{1,15}\.cv_[0-9a-f]{32}$/;
const LINK_ID = /^[1-9]\d{0,14}$/;

/** Reads the address; what is not on offer is all. Null for what can be no link. */
export function readConversionsAsked(query: Readonly<Record<string, string | undefined>>): ConversionsAsked | null {
  const { show, days, type, link = "", cursor = "" } = query;
  if (link !== "" && !LINK_ID.test(link)) return null;
  return {
    is_lost: show === "lost",
    days: PERIODS.find((period) => String(period) === days) ?? null,
    type: CONVERSION_TYPES.find((one) => one === type) ?? null,
    link: link === "" ? null : Number(link),
    cursor: CURSOR.test(cursor) ? cursor : null,
  };
}

/** From when on, ms: the beginning of the first day of the period, today being its last. Null for all time. */
export function sinceOf({ days }: Pick<ConversionsAsked, "days">, now: number): number | null {
  return days === null ? null : (Math.floor(now / MS_PER_DAY) - days + 1) * MS_PER_DAY;
}
