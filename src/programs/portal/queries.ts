/** A program's terms for one of its affiliates: a version, the other versions that apply to it, and its tier. */
import { and, eq, gte, inArray, isNotNull, lt, sql } from "drizzle-orm";
import { findGroupAt } from "../../affiliates/group-store.ts";
import { type DatedOwnRates, findOwnRates, listOwnRates } from "../../affiliates/own-rates-queries.ts";
import type { TierView } from "../../commissions/judge-tier.ts";
import { accountKeyOf } from "../../commissions/ledger.ts";
import { conversions } from "../../customers/tables.ts";
import { IS_REAL } from "../../customers/test-mode-queries.ts";
import type { Database } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import type { NamedVersion } from "../explain-terms.ts";
import { loadGroupNames } from "../group-queries.ts";
import type { ProgramTerms } from "../terms.ts";
import { type DatedTerms, findInForce, listVersionDates, loadVersion } from "../terms-queries.ts";

/** A version of the terms, and the affiliate's other versions. */
export interface AffiliateTerms {
  shown: DatedTerms;
  in_force: NamedVersion;
  /** Future versions, the next one first. */
  announced: NamedVersion[];
  /** Older versions that still apply to subscriptions of this affiliate's customers, newest first. */
  grandfathered: NamedVersion[];
  /** The current tier under the version in force. Null if it has no tiers. */
  tier: TierView | null;
  /** The names of the program's groups, by their slugs, and the slug of the affiliate's own. */
  groups: ReadonlyMap<string, string>;
  group: string;
  /** The affiliate's own rates: those that apply now, and scheduled ones, the next one first. */
  own_rates: DatedOwnRates | null;
  next_own_rates: DatedOwnRates[];
}

/** Reads a version; by default the one in force at `now` (ms). Null if the program has no such version. */
export async function readAffiliateTerms(
  db: Database,
  accounts: Env["ACCOUNTS"],
  request: { program_id: number; affiliate_id: number; version: number | null; now: number },
): Promise<AffiliateTerms | null> {
  const { program_id: programId, affiliate_id: affiliateId, version, now } = request;
  const account = { program_id: programId, affiliate_id: affiliateId };
  const [versions, groups, group, own] = await Promise.all([
    listVersionDates(db, programId),
    loadGroupNames(db, programId),
    findGroupAt(db, account, now),
    listOwnRates(db, account),
  ]);
  const dates = findInForce(versions, now);
  const in_force = dates && (await loadVersion(db, programId, dates.version));
  if (in_force === null) return null;
  const shown = version === null || version === in_force.version ? in_force : await loadVersion(db, programId, version);
  if (shown === null) return null;
  return {
    shown: { ...shown, terms: withOwnGroup(shown.terms, group) },
    in_force,
    announced: versions.filter((row) => row.version > in_force.version).reverse(),
    grandfathered: await findGrandfathered(db, account, { versions, in_force }),
    tier: await readTier(accounts, account, in_force.terms, now),
    ...{ groups, group },
    own_rates: findOwnRates(own, now),
    next_own_rates: own.filter(({ from }) => from > now).reverse(),
  };
}

/** The terms as an affiliate reads them: a rule for its group doesn't name the other groups that it is for. */
function withOwnGroup(terms: ProgramTerms, group: string): ProgramTerms {
  const rates = terms.rates.map((rule) => (rule.groups?.includes(group) ? { ...rule, groups: [group] } : rule));
  return { ...terms, rates };
}

/** The tier by all sales so far. The Account object knows which sales belong to the same customer. */
async function readTier(
  accounts: Env["ACCOUNTS"],
  account: { program_id: number; affiliate_id: number },
  { tiers }: ProgramTerms,
  at: number,
): Promise<TierView | null> {
  return tiers && accounts.getByName(accountKeyOf(account)).describeTier(account, tiers, at);
}

/**
 * Older versions during which a subscription of the affiliate's customers began: its later payments follow that version. None
 * if the version in force applies to all sales. Includes canceled subscriptions, since a cancellation isn't a conversion.
 */
async function findGrandfathered(
  db: Database,
  { program_id: programId, affiliate_id: affiliateId }: { program_id: number; affiliate_id: number },
  { versions, in_force }: { versions: readonly NamedVersion[]; in_force: DatedTerms },
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
