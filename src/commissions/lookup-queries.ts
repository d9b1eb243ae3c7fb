/** D1 lookups about an account's program and affiliate. All throw if D1 is unavailable. */

import { and, asc, desc, eq, lte } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import {
  affiliates,
  enrollmentGroups,
  enrollmentSponsors,
  enrollmentStatuses,
  ownRates,
} from "../affiliates/tables.ts";
import type { Database } from "../db/database.ts";
import { DEFAULT_GROUP } from "../programs/group.ts";
import { programs } from "../programs/tables.ts";
import type { AffiliateRates } from "./choose-rate.ts";

/** Facts about an account that never change. */
export interface AccountDetails {
  program_currency: string;
  /** The sponsor that the affiliate was created with, or null. Only earlier releases read it here. */
  sponsor_id: number | null;
}

/** What a sale's entries depend on besides the sale and the terms. */
export interface SaleConditions {
  affiliate_rates: AffiliateRates;
  /** The enrollment's sponsor, or null. */
  sponsor_id: number | null;
}

export async function loadAccountDetails(
  db: Database,
  { program_id, affiliate_id }: AccountKey,
): Promise<AccountDetails> {
  const [[program], [affiliate]] = await db.batch([
    db.select({ currency: programs.currency }).from(programs).where(eq(programs.id, program_id)),
    db.select({ sponsor_id: affiliates.sponsor_id }).from(affiliates).where(eq(affiliates.id, affiliate_id)),
  ]);
  if (program === undefined) throw new Error(`there is no program ${program_id}`);
  const sponsor_id = affiliate?.sponsor_id ?? null;
  return { program_currency: program.currency, sponsor_id: sponsor_id === affiliate_id ? null : sponsor_id };
}

/**
 * Whether an affiliate was approved in a program at a time (ms): by their last status change until then, or by their
 * first known status if the time is earlier. False if they aren't enrolled.
 */
export async function loadApproved(db: Database, account: AccountKey, at: number): Promise<boolean> {
  const isOwn = and(
    eq(enrollmentStatuses.program_id, account.program_id),
    eq(enrollmentStatuses.affiliate_id, account.affiliate_id),
  );
  const { status } = enrollmentStatuses;
  const [[last], [first]] = await db.batch([
    db
      .select({ status })
      .from(enrollmentStatuses)
      .where(and(isOwn, lte(enrollmentStatuses.at, at)))
      .orderBy(desc(enrollmentStatuses.at))
      .limit(1),
    db.select({ status }).from(enrollmentStatuses).where(isOwn).orderBy(asc(enrollmentStatuses.at)).limit(1),
  ]);
  return (last ?? first)?.status === "approved";
}

/**
 * What an affiliate's sales depended on at a time (ms): its group, its own rates if it had any, and its sponsor. The history of
 * the past never changes, so the answer for a sale is the same whenever the sale arrives.
 */
export async function loadSaleConditions(db: Database, account: AccountKey, at: number): Promise<SaleConditions> {
  const { program_id: programId, affiliate_id: affiliateId } = account;
  const [[membership], [own], [sponsored]] = await db.batch([
    db
      .select({ group: enrollmentGroups.group_slug })
      .from(enrollmentGroups)
      .where(
        and(
          eq(enrollmentGroups.program_id, programId),
          eq(enrollmentGroups.affiliate_id, affiliateId),
          lte(enrollmentGroups.at, at),
        ),
      )
      .orderBy(desc(enrollmentGroups.at))
      .limit(1),
    db
      .select({ from: ownRates.at, rates: ownRates.rates })
      .from(ownRates)
      .where(and(eq(ownRates.program_id, programId), eq(ownRates.affiliate_id, affiliateId), lte(ownRates.at, at)))
      .orderBy(desc(ownRates.at))
      .limit(1),
    db
      .select({ sponsor_id: enrollmentSponsors.sponsor_id })
      .from(enrollmentSponsors)
      .where(
        and(
          eq(enrollmentSponsors.program_id, programId),
          eq(enrollmentSponsors.affiliate_id, affiliateId),
          lte(enrollmentSponsors.at, at),
        ),
      )
      .orderBy(desc(enrollmentSponsors.at))
      .limit(1),
  ]);
  const { from, rates } = own ?? { from: 0, rates: null };
  return {
    affiliate_rates: { group: membership?.group ?? DEFAULT_GROUP, own_rates: rates === null ? null : { from, rates } },
    sponsor_id: sponsored?.sponsor_id ?? null,
  };
}
