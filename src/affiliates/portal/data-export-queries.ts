/** The data of an affiliate's export, read page by page. */
import { and, asc, eq, gt, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { clickDays } from "../../clicks/tables.ts";
import { type ConversionRecord, parseRecord } from "../../customers/conversion.ts";
import { conversions } from "../../customers/tables.ts";
import { IS_REAL } from "../../customers/test-mode-queries.ts";
import type { Database } from "../../db/database.ts";
import { toIsoDay } from "../../lib/calendar.ts";
import { type List, type PageRequest, pageOf } from "../../lib/paging.ts";
import { links } from "../../links/tables.ts";
import { sessions } from "../../portal/layout/tables.ts";
import { VERDICTS } from "../../redirect/click.ts";
import type { AccountKey } from "../enrollment.ts";
import { affiliateMarks, affiliates, couponOwners, enrollmentStatuses } from "../tables.ts";

const toTime = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

/** The affiliate's profile, its sessions, and the identifiers that detect its self-purchases. */
export async function readProfile(db: Database, affiliateId: number, now: number) {
  const [[profile], sessionRows, marks] = await db.batch([
    db.select().from(affiliates).where(eq(affiliates.id, affiliateId)),
    db
      .select({ expires_at: sessions.expires_at })
      .from(sessions)
      .where(and(eq(sessions.affiliate_id, affiliateId), gt(sessions.expires_at, now)))
      .orderBy(asc(sessions.expires_at)),
    db
      .select({ kind: affiliateMarks.kind, created_at: affiliateMarks.created_at })
      .from(affiliateMarks)
      .where(eq(affiliateMarks.affiliate_id, affiliateId))
      .orderBy(asc(affiliateMarks.created_at)),
  ]);
  if (profile === undefined) throw new Error(`affiliate ${affiliateId} not found`);
  const { username, name, email, created_at: createdAt } = profile;
  return {
    profile: { username, name, email, created_at: toTime(createdAt) },
    sessions: sessionRows.map(({ expires_at: expiresAt }) => ({ expires_at: toTime(expiresAt) })),
    // The stored hashes themselves would reveal nothing, so they are left out.
    own_purchase_marks: marks.map(({ kind, created_at: at }) => ({ kind, created_at: toTime(at) })),
  };
}

/** The status history of the affiliate's enrollment, oldest first. */
export async function readStatuses(db: Database, { program_id: programId, affiliate_id: affiliateId }: AccountKey) {
  const rows = await db
    .select({ at: enrollmentStatuses.at, status: enrollmentStatuses.status, reason: enrollmentStatuses.reason })
    .from(enrollmentStatuses)
    .where(and(eq(enrollmentStatuses.program_id, programId), eq(enrollmentStatuses.affiliate_id, affiliateId)))
    .orderBy(asc(enrollmentStatuses.at));
  return rows.map(({ at, status, reason }) => ({ at: toTime(at), status, reason }));
}

/** The affiliate's coupon codes in a program, oldest first, including those that were deleted. */
export async function readCoupons(db: Database, { program_id: programId, affiliate_id: affiliateId }: AccountKey) {
  const { code, at } = couponOwners;
  const next = alias(couponOwners, "next");
  const isNext = and(eq(next.program_id, programId), eq(next.code, code), gt(next.at, at));
  const rows = await db
    .select({ code, at, deleted_at: sql<number | null>`min(${next.at})` })
    .from(couponOwners)
    .leftJoin(next, isNext)
    .where(and(eq(couponOwners.affiliate_id, affiliateId), eq(couponOwners.program_id, programId)))
    .groupBy(code, at)
    .orderBy(asc(at), asc(code));
  return rows.map((row) => ({ code: row.code, created_at: toTime(row.at), deleted_at: toTime(row.deleted_at) }));
}

const ofAccount = ({ program_id: programId, affiliate_id: affiliateId }: AccountKey) =>
  and(eq(links.affiliate_id, affiliateId), eq(links.program_id, programId));

/** The affiliate's links in a program, oldest first. */
export async function readLinks(db: Database, account: AccountKey, page: PageRequest) {
  const rows = await db
    .select()
    .from(links)
    .where(and(ofAccount(account), page.cursor === null ? undefined : gt(links.id, Number(page.cursor))))
    .orderBy(asc(links.id))
    .limit(page.limit + 1);
  return pageOf(
    rows,
    page.limit,
    ({
      slug,
      kind,
      channel,
      destination,
      starts_at: startsAt,
      expires_at: expiresAt,
      click_cap: clickCap,
      disabled,
      created_at: createdAt,
    }) => ({
      slug,
      kind,
      channel,
      destination,
      starts_at: toTime(startsAt),
      expires_at: toTime(expiresAt),
      click_cap: clickCap,
      disabled,
      created_at: toTime(createdAt),
    }),
    ({ id }) => String(id),
  );
}

/** Hits of the affiliate's links by link, UTC day and verdict. `visitors` are those of counted clicks. */
export async function readClickDays(db: Database, account: AccountKey, page: PageRequest) {
  const { link_id: linkId, day, verdict, clicks, visitors } = clickDays;
  const after = page.cursor?.split(".").map(Number);
  const rows = await db
    .select({ linkId, link: links.slug, day, verdict, clicks, visitors })
    .from(links)
    .innerJoin(clickDays, eq(linkId, links.id))
    .where(
      and(
        ofAccount(account),
        after === undefined
          ? undefined
          : sql`(${linkId}, ${day}, ${verdict}) > (${after[0]}, ${after[1]}, ${after[2]})`,
      ),
    )
    .orderBy(asc(linkId), asc(day), asc(verdict))
    .limit(page.limit + 1);
  return pageOf(
    rows,
    page.limit,
    (row) => ({
      link: row.link,
      day: toIsoDay(row.day),
      verdict: VERDICTS[row.verdict] ?? null,
      clicks: row.clicks,
      visitors: row.visitors,
    }),
    (row) => `${row.linkId}.${row.day}.${row.verdict}`,
  );
}

/** The full records of conversions credited to the affiliate, oldest first. The caller removes what must not be shown. */
export async function readConversionRecords(
  db: Database,
  { program_id: programId, affiliate_id: affiliateId }: AccountKey,
  page: PageRequest,
): Promise<List<ConversionRecord>> {
  const { occurred_at: occurredAt, id } = conversions;
  const [time, last] = page.cursor?.split(".") ?? [];
  const rows = await db
    .select({ record: conversions.record })
    .from(conversions)
    .where(
      and(
        eq(conversions.affiliate_id, affiliateId),
        eq(conversions.program_id, programId),
        IS_REAL,
        time === undefined ? undefined : sql`(${occurredAt}, ${id}) > (${Number(time)}, ${last})`,
      ),
    )
    .orderBy(asc(occurredAt), asc(id))
    .limit(page.limit + 1);
  const records = rows.map((row) => parseRecord(row.record));
  return pageOf(
    records,
    page.limit,
    (record) => record,
    (record) => `${record.occurred_at}.${record.id}`,
  );
}
