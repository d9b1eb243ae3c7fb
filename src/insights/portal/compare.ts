/** How a figure has moved against the period before. */

/** `up`, `down` or `same`; `ratio` is the change as a share of before, null where there was nothing before. */
export interface Change {
  direction: "up" | "down" | "same";
  ratio: number | null;
}

/** Compares two figures; null where neither period has anything to compare. */
export function compareFigures(now: number | null, before: number | null): Change | null {
  if (now === null || before === null || (now === 0 && before === 0)) return null;
  const direction = now > before ? "up" : now < before ? "down" : "same";
  return { direction, ratio: before > 0 ? (now - before) / before : null };
}

/** `a / b`, null where b is nothing. */
export function shareOf(a: number, b: number): number | null {
  return b === 0 ? null : a / b;
}
