/** A programme's terms as one of its affiliates reads them: which version, which others matter to it, and its tier. */
import { and, eq, gte, inArray, isNotNull, lt, sql } from "drizzle-orm";
import type { TierView } from "../../commissions/judge-tier.ts";
import { accountKeyOf } from "../../commissions/ledger.ts";
import { conversions } from "../../customers/tables.ts";
import { IS_REAL } from "../../customers/test-mode-queries.ts";
import type { Database } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import type { NamedVersion } from "../explain-terms.ts";
import type { ProgramTerms } from "../terms.ts";
import { type DatedTerms, findInForce, listVersions } from "../terms-queries.ts";

/** A version of the terms among the others. */
export interface OwnTerms {
  shown: DatedTerms;
  in_force: NamedVersion;
  /** Versions still to come, the next one first. */
  announced: NamedVersion[];
  /** Older versions that subscriptions of this affiliate's customers began under and keep; the newest first. */
  kept: NamedVersion[];
  /** Now, under the terms in force; null where they have no tiers. */
  tier: TierView | null;
}

/**
 * Reads a version, or the one in force at `now` (ms) where none is asked for. Null where the programme has no such version.
 */
export async function readOwnTerms(
  db: Database,
  accounts: Env["ACCOUNTS"],
  asked: { program_id: number; affiliate_id: number; version: number | null; now: number },
): Promise<OwnTerms | null> {
  const { program_id: programId, affiliate_id: affiliateId, version, now } = asked;
  const versions = await listVersions(db, programId);
  const in_force = findInForce(versions, now);
  const shown = version === null ? in_force : versions.find((row) => row.version === version);
  if (in_force === null || !shown) return null;
  return {
    shown,
    in_force,
    announced: versions.filter((row) => row.version > in_force.version).reverse(),
    kept: await findKept(db, { program_id: programId, affiliate_id: affiliateId }, { versions, in_force }),
    tier: await fetchTier(accounts, { program_id: programId, affiliate_id: affiliateId }, in_force.terms, now),
  };
}

/** By the sales known now, of the Account object, which knows whose sales are of one customer. */
async function fetchTier(
  accounts: Env["ACCOUNTS"],
  account: { program_id: number; affiliate_id: number },
  { tiers }: ProgramTerms,
  at: number,
): Promise<TierView | null> {
  return tiers && accounts.getByName(accountKeyOf(account)).describeTier(account, tiers, at);
}

/**
 * None where the version in force holds for all. Else those in whose time a subscription of the affiliate's began: what comes
 * later of it goes by them. A cancellation is no conversion, so that a subscription that has ended is among them.
 */
async function findKept(
  db: Database,
  { program_id: programId, affiliate_id: affiliateId }: { program_id: number; affiliate_id: number },
  { versions, in_force }: { versions: readonly DatedTerms[]; in_force: DatedTerms },
): Promise<NamedVersion[]> {
  if (in_force.terms.applies_to === "all") return [];
  const older = versions.filter((row) => row.version < in_force.version);
  const [first, ...others] = older.map((row) => {
    const next = versions.findLast((other) => other.version > row.version);
    const begun = db
      .select({ id: conversions.id })
      .from(conversions)
      .where(
        and(
          eq(conversions.affiliate_id, affiliateId),
          eq(conversions.program_id, programId),
          IS_REAL,
          gte(conversions.occurred_at, row.effective_from),
          lt(conversions.occurred_at, next?.effective_from ?? row.effective_from),
          inArray(conversions.type, ["trial", "sale"]),
          isNotNull(sql`json_extract(${conversions.record}, '$.subscription')`),
          sql`json_extract(${conversions.record}, '$.terms_version') = ${row.version}`,
        ),
      )
      .limit(1);
    return begun;
  });
  if (first === undefined) return [];
  const found = await db.batch([first, ...others]);
  return older.filter((_, place) => (found[place]?.length ?? 0) > 0);
}
