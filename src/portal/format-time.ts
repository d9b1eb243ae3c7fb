/** Times in words, always UTC: the figures are cut by UTC days, and a page for the whole world has one clock. */
const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_MINUTE = 60_000;

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

/** `2026-01-03`, from days since the epoch: a day for machines. */
export function toIsoDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** `3 days`, `1 hour`, `less than a minute`: how long, in its largest unit. */
export function formatDuration(ms: number): string {
  const [count, unit] =
    ms >= MS_PER_DAY
      ? [Math.floor(ms / MS_PER_DAY), "day"]
      : ms >= MS_PER_HOUR
        ? [Math.floor(ms / MS_PER_HOUR), "hour"]
        : [Math.floor(ms / MS_PER_MINUTE), "minute"];
  return count === 0 ? "less than a minute" : `${count} ${unit}${count === 1 ? "" : "s"}`;
}
