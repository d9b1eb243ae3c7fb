import { formatDate, formatTime } from "../format-time.ts";

/** A time, in UTC and saying so, readable by machines. */
export function Time({ ms }: { ms: number }) {
  return <time datetime={new Date(ms).toISOString()}>{formatTime(ms)} UTC</time>;
}

/** The day of a time. */
export function DateOnly({ ms }: { ms: number }) {
  return <time datetime={new Date(ms).toISOString()}>{formatDate(ms)}</time>;
}
