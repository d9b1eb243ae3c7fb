/** What counts of clicks are broken down by. */
export const DIMENSIONS = ["hour", "country", "device", "referrer", "sub1", "sub2", "sub3", "sub4", "sub5"] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** Of these a visitor may send any value. */
export const UNBOUNDED_DIMENSIONS = [
  "referrer",
  "sub1",
  "sub2",
  "sub3",
  "sub4",
  "sub5",
] as const satisfies readonly Dimension[];

/**
 * Values of each of them that a day of a link tells apart; more are counted together under "". The first to come keep
 * their place, so that no count of a value that is named falls short within the day. (A sub-id may be different in every
 * click.)
 */
export const VALUES_MAX = 100;

/** How many clicks with each value; "" stands for all values beyond those that are told apart. Hours are UTC, 0 to 23. */
export type ClickDetails = Partial<Record<Dimension, Record<string, number>>>;
