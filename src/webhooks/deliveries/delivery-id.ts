/** Ids of deliveries, which sort by time. */

const TIME_DIGITS = 9;

/** Matches a delivery's id. */
export const DELIVERY_ID = /^dl_[0-9a-z]{9}[A-Za-z0-9_-]{12}$/;

/** The number of random characters at the end of an id. */
export const DELIVERY_ID_RANDOM_CHARACTERS = 12;

/** Creates an id: `dl_`, the time (ms) in base 36, and random characters. */
export function createDeliveryId(now: number, random: string): string {
  return `${firstDeliveryIdAt(now)}${random}`;
}

/** A bound that sorts after the ids of all deliveries received before `time` (ms), and before all later ids. */
export function firstDeliveryIdAt(time: number): string {
  return `dl_${Math.max(time, 0).toString(36).padStart(TIME_DIGITS, "0")}`;
}
