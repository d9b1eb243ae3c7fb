/** Compares a figure with that of an earlier period. */

/** How a figure changed. `ratio` is the change as a share of the earlier figure. Null if the earlier period has too little data. */
export interface Change {
  direction: "up" | "down" | "same";
  ratio: number | null;
}

/** Below this count in the earlier period, a percentage would be noise: one sale more on one earlier sale is "+100%". */
const MIN_EARLIER_COUNT = 10;

/**
 * Compares two figures. Null if there is nothing to compare. `earlier_count` is the number of events behind the earlier figure,
 * such as sales behind an amount; for counts it is the figure itself.
 */
export function compareFigures(now: number | null, earlier: number | null, earlier_count = earlier): Change | null {
  if (now === null || earlier === null || earlier === 0) return null;
  const direction = now > earlier ? "up" : now < earlier ? "down" : "same";
  const hasEnough = earlier > 0 && (earlier_count ?? 0) >= MIN_EARLIER_COUNT;
  return { direction, ratio: hasEnough ? (now - earlier) / earlier : null };
}

/** `a / b`, or null if `b` is 0. */
export function ratioOf(a: number, b: number): number | null {
  return b === 0 ? null : a / b;
}
