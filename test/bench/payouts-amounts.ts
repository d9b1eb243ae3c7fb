/** What an account has before the run: a sum of its own, minor units. */
export function amountOf(affiliateId: number): number {
  return 1_000 + (affiliateId % 997);
}
