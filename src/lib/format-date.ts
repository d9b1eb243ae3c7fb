/** Dates that are the same for every reader, such as those of statements and emails. Always UTC, like payout days. */
import { messages } from "./messages/messages.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

/** Created on first use, one for each function below. */
function formatOf(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const known = formats.get(name);
  if (known !== undefined) return known;
  const created = new Intl.DateTimeFormat(messages.locale, { timeZone: "UTC", ...options });
  formats.set(name, created);
  return created;
}

/** `Jan 3, 2026`. */
export function formatDate(ms: number): string {
  return formatOf("date", { day: "numeric", month: "short", year: "numeric" }).format(ms);
}

/** `January 3, 2026`. */
export function formatLongDate(ms: number): string {
  return formatOf("long_date", { day: "numeric", month: "long", year: "numeric" }).format(ms);
}

/** `January 2026`. */
export function formatMonth(ms: number): string {
  return formatOf("month", { month: "long", year: "numeric" }).format(ms);
}

/** `Jan 3, 2026, 10:05 UTC`. */
export function formatMinute(ms: number): string {
  const options = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return `${formatOf("minute", { ...options, hourCycle: "h23" }).format(ms)} UTC`;
}
