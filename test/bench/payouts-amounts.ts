/** An account's balance before the run, in minor units. It differs between accounts. */
export function amountOf(affiliateId: number): number {
  return 1_000 + (affiliateId % 997);
}
