/** Reads an affiliate's tier and next payout in a program from the Account object. */
import { accountKeyOf } from "../commissions/ledger.ts";
import type { Database } from "../db/database.ts";
import { runQueries } from "../db/query-batch.ts";
import type { Env } from "../env.ts";
import { defineTermsQuery, loadTerms, type TermsVersion } from "../programs/terms-queries.ts";
import { definePayeeQuery, type PayeeGates } from "./payees/gate-queries.ts";
import { defineMonthsRunQuery } from "./runs/month-run-queries.ts";
import { listGates } from "./statements/statement.ts";
import type { TierAndPayout } from "./tier-and-payout.ts";

/**
 * The program, the affiliate and their enrollment status. The tier is as of `at`, the payout as of `now`, both in ms.
 */
export interface EnrollmentAsOf {
  program: { id: number; currency: string };
  affiliate_id: number;
  status: string;
  at: number;
  now: number;
}

/** Reads the tier and next payout under the terms in force at those times; null for what the terms don't have. */
export async function readTierAndPayout(
  db: Database,
  accounts: Env["ACCOUNTS"],
  enrollment: EnrollmentAsOf,
): Promise<TierAndPayout> {
  return fetchTierAndPayout(accounts, enrollment, await runQueries(db, defineTierAndPayoutQueries(db, enrollment)));
}

/** The names of affiliates' tiers at a time (ms), by their ids; null in a program whose terms have no tiers. */
export async function readTiers(
  db: Database,
  accounts: Env["ACCOUNTS"],
  { program_id, affiliate_ids }: { program_id: number; affiliate_ids: readonly number[] },
  at: number,
): Promise<Map<number, string> | null> {
  const { tiers } = (await loadTerms(db, program_id, at)).terms;
  if (tiers === null) return null;
  const named = affiliate_ids.map(async (affiliate_id) => {
    const account = { program_id, affiliate_id };
    const stub = accounts.getByName(accountKeyOf(account));
    const standing: TierAndPayout = await stub.describeStanding(account, { tier: { tiers, at }, payout: null });
    return [affiliate_id, standing.tier?.name ?? ""] as const;
  });
  return new Map(await Promise.all(named));
}

/** Defines the queries whose results {@link fetchTierAndPayout} needs. */
export function defineTierAndPayoutQueries(
  db: Database,
  { program, affiliate_id: affiliateId, at, now }: EnrollmentAsOf,
) {
  return {
    terms_then: defineTermsQuery(db, program.id, at),
    terms_now: defineTermsQuery(db, program.id, now),
    payee: definePayeeQuery(db, affiliateId),
    months_run: defineMonthsRunQuery(db, program.id, now),
  };
}

/** Same as {@link readTierAndPayout}, with results already read from D1. */
export async function fetchTierAndPayout(
  accounts: Env["ACCOUNTS"],
  { program, affiliate_id: affiliateId, status, at, now }: EnrollmentAsOf,
  found: { terms_then: TermsVersion; terms_now: TermsVersion; payee: PayeeGates; months_run: string[] },
): Promise<TierAndPayout> {
  const { payout } = found.terms_now.terms;
  const { tiers } = found.terms_then.terms;
  if (tiers === null && payout === null) return { tier: null, next_payout: null };
  const account = { program_id: program.id, affiliate_id: affiliateId };
  const gates = payout && listGates(payout, { status, ...found.payee });
  const { months_run } = found;
  return accounts.getByName(accountKeyOf(account)).describeStanding(account, {
    tier: tiers && { tiers, at },
    payout: payout && gates && { payout, program_currency: program.currency, now, gates, months_run },
  });
}
