/** The first wait before a message that D1 did not take is delivered again; each further one is twice as long. */
const FIRST_SECONDS = 5;

/**
 * How long a message waits after so many deliveries, the first of which is 1: up to half less or half more than 5 s, 10 s,
 * 20 s … `max_seconds`, as `random` from 0 to 1 says, so that what failed together does not come back together.
 */
export function backOffSeconds(deliveries: number, max_seconds: number, random: number): number {
  return Math.round(Math.min(FIRST_SECONDS * 2 ** (deliveries - 1), max_seconds) * (0.5 + random));
}
