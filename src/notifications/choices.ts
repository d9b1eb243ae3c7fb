/** An affiliate's notification settings, and when their daily digest is due. */
import { dayOf, startOfDay } from "../lib/calendar.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../lib/time.ts";

export const SALES_CHOICES = ["each", "daily", "never"] as const;

/** `each`: as sales come in, but see {@link planEmail}; `daily`: one digest at eight in the morning. */
export type SalesChoice = (typeof SALES_CHOICES)[number];

export interface Choices {
  sales: SalesChoice;
  payouts: boolean;
  /** IANA time zone for the daily digest, or null for UTC. */
  zone: string | null;
}

/** The settings of affiliates who haven't changed any. */
export const DEFAULT_CHOICES: Choices = { sales: "each", payouts: true, zone: null };

/** The hour of the day in the affiliate's time zone. */
export const DAILY_EMAIL_HOUR = 8;

/** The first eight o'clock after a time (ms) in a time zone, taking clock changes into account. */
export function nextMorning(zone: string | null, after: number): number {
  const today = startOfDay(dayOf(after + offsetOf(zone, after))) + DAILY_EMAIL_HOUR * MS_PER_HOUR;
  for (let local = today; ; local += MS_PER_DAY) {
    const morning = local - offsetOf(zone, local - offsetOf(zone, after));
    if (morning > after) return morning;
  }
}

/** A time zone's offset from UTC at a time, in ms. */
function offsetOf(zone: string | null, ms: number): number {
  if (zone === null) return 0;
  const parts = clockOf(zone).formatToParts(ms);
  const [year = 0, month = 1, day, hour, minute, second] = ["year", "month", "day", "hour", "minute", "second"].map(
    (type) => Number(parts.find((part) => part.type === type)?.value),
  );
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1_000) * 1_000;
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const day = { year: "numeric", month: "numeric", day: "numeric" } as const;
  return new Intl.DateTimeFormat("en", {
    ...{ timeZone, ...day, hour: "numeric", minute: "numeric", second: "numeric" },
    hourCycle: "h23",
  });
}
