import type { TierView } from "../commissions/judge-tier.ts";
import { accountKeyOf } from "../commissions/ledger.ts";
import type { Database } from "../db/database.ts";
import type { Env } from "../env.ts";
import { loadTerms } from "../programs/load-terms.ts";

/**
 * An affiliate's tier at a time (ms) under the terms then in force, by the sales known now; null where they have no tiers.
 * Asked of the Account object, which knows whose sales are of one customer.
 */
export async function readTier(
  db: Database,
  accounts: Env["ACCOUNTS"],
  account: { programId: number; affiliateId: number },
  at: number,
): Promise<TierView | null> {
  const { tiers } = (await loadTerms(db, account.programId, at)).terms;
  if (tiers === null) return null;
  const key = { program_id: account.programId, affiliate_id: account.affiliateId };
  return accounts.getByName(accountKeyOf(key)).describeTier(key, tiers, at);
}
