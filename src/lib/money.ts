/**
 * Money is an integer of minor units. The only rounding rule: half a minor unit rounds up. Products use BigInt, so that they
 * are exact for any amount.
 */
const BPS_WHOLE = 10_000;

/** `amount` × `part` / `whole`, rounded; all non-negative, `whole` positive. */
export function portionOf(amount: number, part: number, whole: number): number {
  const divisor = BigInt(whole);
  return Number((BigInt(amount) * BigInt(part) * 2n + divisor) / (divisor * 2n));
}

/** The share of an amount at a rate in basis points, rounded. */
export function shareOf(amount: number, rateBps: number): number {
  return portionOf(amount, rateBps, BPS_WHOLE);
}
