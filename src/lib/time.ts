/** Spans of time in milliseconds, and how they are said. */
export const MS_PER_MINUTE = 60_000;
export const MS_PER_HOUR = 3_600_000;
export const MS_PER_DAY = 86_400_000;

/** `3 days`, `1 hour`, `less than a minute`: the largest unit that fits, rounded down. A negative span is none. */
export function sayDuration(ms: number): string {
  const [count, unit] =
    ms >= MS_PER_DAY
      ? [Math.floor(ms / MS_PER_DAY), "day"]
      : ms >= MS_PER_HOUR
        ? [Math.floor(ms / MS_PER_HOUR), "hour"]
        : [Math.floor(Math.max(ms, 0) / MS_PER_MINUTE), "minute"];
  return count === 0 ? "less than a minute" : `${count} ${unit}${count === 1 ? "" : "s"}`;
}
