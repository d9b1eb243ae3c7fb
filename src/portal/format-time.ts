/** Times in words, always UTC: the figures are cut by UTC days, and a page for the whole world has one clock. */
import { MS_PER_DAY } from "../time.ts";

const LOCALE = "en-GB";
const timeZone = "UTC";
const dateFormat = new Intl.DateTimeFormat(LOCALE, { timeZone, day: "numeric", month: "short", year: "numeric" });
const dayFormat = new Intl.DateTimeFormat(LOCALE, { timeZone, day: "numeric", month: "short" });
const clockFormat = new Intl.DateTimeFormat(LOCALE, { timeZone, hour: "2-digit", minute: "2-digit" });

/** `3 Jan 2026`. */
export function formatDate(ms: number): string {
  return dateFormat.format(ms);
}

/** `3 Jan 2026, 10:00`. Say beside it that it is UTC. */
export function formatTime(ms: number): string {
  return `${dateFormat.format(ms)}, ${clockFormat.format(ms)}`;
}

/** `3 Jan`, from days since the epoch. */
export function formatDay(day: number): string {
  return dayFormat.format(day * MS_PER_DAY);
}

/** `3 Jan 2026`, from days since the epoch. */
export function formatFullDay(day: number): string {
  return dateFormat.format(day * MS_PER_DAY);
}
