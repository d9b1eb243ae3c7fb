/** The dimensions of click counts. */
export const DIMENSIONS = [
  "hour",
  "country",
  "device",
  "referrer",
  "sub1",
  "sub2",
  "sub3",
  "sub4",
  "sub5",
  "gesture",
] as const;

/** The values of the dimension `gesture`, for browsers that report how a request came about. */
export const GESTURES = { reported: "reported", missing: "missing" } as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** The dimensions for which a visitor can send any value. */
export const UNBOUNDED_DIMENSIONS = [
  "referrer",
  "sub1",
  "sub2",
  "sub3",
  "sub4",
  "sub5",
] as const satisfies readonly Dimension[];

/**
 * How many values of an unbounded dimension a day of a link counts separately; further values are counted together under "".
 * The first values keep their place, so that a value counted separately is counted completely within the day. (A sub-id may
 * be different in every click.)
 */
export const VALUES_MAX = 100;

/** Clicks by value; "" has the clicks of all values that aren't counted separately. Hours are UTC, 0 to 23. */
export type ClickDetails = Partial<Record<Dimension, Record<string, number>>>;
