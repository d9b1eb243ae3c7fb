/** Endpoints at which nothing arrives any more. */
import { MS_PER_DAY } from "../../lib/time.ts";

/** An endpoint with fewer accepted deliveries has no rhythm yet. */
const RHYTHM_DELIVERIES_MIN = 10;
/** Silent for several times its longest pause is unusual, but not within a day or two: shops have quiet weekends. */
const PAUSES_MAX = 3;
const SILENCE_MIN_MS = 2 * MS_PER_DAY;
/** After this nobody is surprised any more: the shop has moved. */
const FORGOTTEN_AFTER_MS = 90 * MS_PER_DAY;
/**
 * Whether an endpoint that used to receive events hasn't received any for unusually long. `latest` are its
 * latest deliveries, the newest first; `at` in ms.
 */
export function isSilent(latest: readonly { at: number; status: string }[], now: number): boolean {
  const times = latest.filter(({ status }) => status !== "refused").map(({ at }) => at);
  const [last] = times;
  if (last === undefined || times.length < RHYTHM_DELIVERIES_MIN) return false;
  const pauses = times.slice(1).map((at, place) => (times[place] ?? at) - at);
  const silence = now - last;
  return silence > Math.max(SILENCE_MIN_MS, PAUSES_MAX * Math.max(...pauses)) && silence < FORGOTTEN_AFTER_MS;
}
