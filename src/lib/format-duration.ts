/** Lengths of time in words. */
import { messages } from "./messages/messages.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "./time.ts";

/** `3 days`, `1 hour`, `less than a minute`: in the largest unit that fits, rounded down. Negative lengths count as 0. */
export function formatDuration(ms: number): string {
  const { days, hours, minutes, under_a_minute } = messages.durations;
  if (ms >= MS_PER_DAY) return days(Math.floor(ms / MS_PER_DAY));
  if (ms >= MS_PER_HOUR) return hours(Math.floor(ms / MS_PER_HOUR));
  return ms >= MS_PER_MINUTE ? minutes(Math.floor(ms / MS_PER_MINUTE)) : under_a_minute;
}
