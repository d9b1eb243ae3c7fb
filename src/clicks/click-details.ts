/** What counts of clicks are broken down by. */
export const DIMENSIONS = ["hour", "country", "device", "referrer", "sub1", "sub2", "sub3", "sub4", "sub5"] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** How many clicks with each value; "" stands for all values beyond those that are told apart. Hours are UTC, 0 to 23. */
export type ClickDetails = Partial<Record<Dimension, Record<string, number>>>;
