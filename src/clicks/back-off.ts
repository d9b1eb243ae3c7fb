/** The delay before the first retry of a message; each further delay is twice as long. */
const FIRST_SECONDS = 5;

/**
 * The delay after the nth delivery, beginning with 1: 5 s, 10 s, 20 s … `max_seconds`, plus or minus up to a half. `random`
 * (0 to 1) chooses where in that range, so that messages that failed together don't come back together.
 */
export function backOffSeconds(deliveries: number, max_seconds: number, random: number): number {
  return Math.round(Math.min(FIRST_SECONDS * 2 ** (deliveries - 1), max_seconds) * (0.5 + random));
}
