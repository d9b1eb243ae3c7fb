/** An affiliate in a program. It names the enrollment, its account and its ledger. */
export interface AccountKey {
  program_id: number;
  affiliate_id: number;
}
