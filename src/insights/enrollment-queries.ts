/** Enrollments with their figures, for the merchant. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import { STATUS_REASON } from "../affiliates/enrollment-queries.ts";
import { isNamed } from "../affiliates/search-queries.ts";
import { sponsorAt } from "../affiliates/sponsor-store.ts";
import { affiliates, enrollmentGroups, enrollments } from "../affiliates/tables.ts";
import { clickDays } from "../clicks/tables.ts";
import type { Balances } from "../commissions/balances.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { keysetOf } from "../db/keyset.ts";
import { type List, type SortedPage, sortedPageOf } from "../lib/paging.ts";
import { MS_PER_HOUR } from "../lib/time.ts";
import { links } from "../links/tables.ts";
import { DEFAULT_GROUP } from "../programs/group.ts";
import { COUNTED } from "../redirect/click.ts";

/** An enrollment with its figures. Times in ms. */
export interface EnrollmentFigures {
  affiliate_id: number;
  affiliate: string;
  name: string;
  status: (typeof enrollments.$inferSelect)["status"];
  /** Why it has this status, null for no reason. */
  reason: string | null;
  /** Whether the affiliate may apply again. */
  may_reapply: boolean;
  group: string;
  /** The username of its sponsor, null for none. */
  sponsor: string | null;
  /** Counted clicks. */
  clicks: number;
  /** Credited sales. */
  sales: number;
  /** The program's currency first, then any other currency in the ledger. */
  balances: Balances[];
  /** The latest counted click (its hour), credited conversion or ledger entry; null for none. */
  last_activity_at: number | null;
  created_at: number;
}

/** Filters of the list; null matches all. `q` is a part of a username or name. */
export interface EnrollmentFilter {
  status: EnrollmentFigures["status"] | null;
  group: string | null;
  q: string | null;
}

interface EnrolledProgram {
  id: number;
  currency: string;
}

/** A program's enrollments that match, with their figures at a time (ms). */
export async function listEnrollments(
  db: Database,
  program: EnrolledProgram,
  { status, group, q }: EnrollmentFilter,
  page: SortedPage<"created_at" | "username">,
  now: number,
): Promise<List<EnrollmentFigures>> {
  const { created_at, affiliate_id } = enrollments;
  // The unary plus keeps SQLite from going through all affiliates in the order of their usernames.
  const username = sql`+${affiliates.username}`;
  const { isAfter, order } = keysetOf(page.sort === "username" ? [username] : [created_at, affiliate_id], page);
  const rows = await selectEnrollments(db, now)
    .where(
      and(
        eq(enrollments.program_id, program.id),
        status === null ? undefined : eq(enrollments.status, status),
        group === null ? undefined : sql`${groupAt(now)} = ${group}`,
        isNamed(q),
        isAfter,
      ),
    )
    .orderBy(...order)
    .limit(page.limit + 1);
  const { data, next } = sortedPageOf(
    rows,
    page,
    (row) => row,
    (row) => (page.sort === "username" ? [row.affiliate] : [row.created_at, row.affiliate_id]),
  );
  return { data: await addFigures(db, program, data, now), next };
}

/** One enrollment with its figures at a time (ms), null if the affiliate isn't enrolled. */
export async function readEnrollment(
  db: Database,
  program: EnrolledProgram,
  affiliateId: number,
  now: number,
): Promise<EnrollmentFigures | null> {
  const isThis = and(eq(enrollments.program_id, program.id), eq(enrollments.affiliate_id, affiliateId));
  const [found] = await addFigures(db, program, await selectEnrollments(db, now).where(isThis), now);
  return found ?? null;
}

function selectEnrollments(db: Database, now: number) {
  return db
    .select({
      affiliate_id: enrollments.affiliate_id,
      affiliate: affiliates.username,
      name: affiliates.name,
      status: enrollments.status,
      reason: STATUS_REASON.as("reason"),
      may_reapply: enrollments.may_reapply,
      group: groupAt(now),
      sponsor: sponsorAt(now).as("sponsor"),
      created_at: enrollments.created_at,
    })
    .from(enrollments)
    .innerJoin(affiliates, eq(affiliates.id, enrollments.affiliate_id))
    .$dynamic();
}

function groupAt(now: number): SQL<string> {
  const { program_id, affiliate_id, at, group_slug } = enrollmentGroups;
  return sql<string>`coalesce((SELECT ${group_slug} FROM ${enrollmentGroups}
    WHERE ${program_id} = ${enrollments.program_id} AND ${affiliate_id} = ${enrollments.affiliate_id} AND ${at} <= ${now}
    ORDER BY ${at} DESC LIMIT 1), ${DEFAULT_GROUP})`;
}

type Enrollment = Awaited<ReturnType<typeof selectEnrollments>>[number];

/** Adds the figures of a program's enrollments at a time (ms). */
export async function addFigures(
  db: Database,
  program: EnrolledProgram,
  rows: readonly Enrollment[],
  now: number,
): Promise<EnrollmentFigures[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.affiliate_id);
  const [clicks, credits, balances] = await db.batch([
    selectClicks(db, program.id, ids),
    selectCredits(db, program.id, ids),
    selectBalances(db, program.id, ids, now),
  ]);
  const clicksOf = new Map(clicks.map((row) => [row.affiliate_id, row]));
  const creditsOf = new Map(credits.map((row) => [row.affiliate_id, row]));
  const balancesOf = Map.groupBy(balances, (row) => row.affiliate_id);
  return rows.map((row) => {
    const [clicked, credited] = [clicksOf.get(row.affiliate_id), creditsOf.get(row.affiliate_id)];
    const own = balancesOf.get(row.affiliate_id) ?? [];
    const times = [
      clicked?.last_hour == null ? null : clicked.last_hour * MS_PER_HOUR,
      credited?.last_at ?? null,
      ...own.map(({ last_at }) => last_at),
    ].filter((time) => time !== null);
    return {
      ...row,
      clicks: clicked?.clicks ?? 0,
      sales: credited?.sales ?? 0,
      balances: inOrder(own, program.currency),
      last_activity_at: times.length === 0 ? null : Math.max(...times),
    };
  });
}

type BalanceRow = Awaited<ReturnType<typeof selectBalances>>[number];

function inOrder(rows: readonly BalanceRow[], currency: string): Balances[] {
  const all = rows.map(({ affiliate_id: _, last_at: __, ...balances }) => balances);
  const own = all.find((balances) => balances.currency === currency);
  const others = all.filter((balances) => balances.currency !== currency);
  return [own ?? { earned: 0, reserve: 0, due: 0, paid: 0, currency }, ...others];
}

/** The affiliates lead each join, so that only their own rows are read. */
function affiliatesOf(ids: readonly number[]) {
  return sql`json_each(${JSON.stringify(ids)}) AS a`;
}

function selectClicks(db: Database, programId: number, ids: readonly number[]) {
  const isCounted = sql`d.link_id = ${links.id} AND d.verdict = ${COUNTED}`;
  const lastHour = sql`(SELECT d.day * 24 + coalesce((SELECT max(CAST(h.key AS INTEGER)) FROM json_each(d.details, '$.hour') AS h), 0)
    FROM ${clickDays} AS d WHERE ${isCounted} ORDER BY d.day DESC LIMIT 1)`;
  return db
    .select({
      affiliate_id: links.affiliate_id,
      clicks: sql<number>`coalesce(sum((SELECT sum(d.clicks) FROM ${clickDays} AS d WHERE ${isCounted})), 0)`.as(
        "clicks",
      ),
      last_hour: sql<number | null>`max(${lastHour})`.as("last_hour"),
    })
    .from(affiliatesOf(ids))
    .crossJoin(links)
    .where(and(sql`${links.affiliate_id} = a.value`, eq(links.program_id, programId)))
    .groupBy(links.affiliate_id);
}

function selectCredits(db: Database, programId: number, ids: readonly number[]) {
  return db
    .select({
      affiliate_id: conversions.affiliate_id,
      sales: sql<number>`count(*) FILTER (WHERE ${conversions.type} = 'sale')`.as("sales"),
      last_at: sql<number>`max(${conversions.occurred_at})`.as("last_at"),
    })
    .from(affiliatesOf(ids))
    .crossJoin(conversions)
    .where(
      and(
        sql`${conversions.affiliate_id} = a.value`,
        eq(conversions.program_id, programId),
        eq(conversions.test, false),
      ),
    )
    .groupBy(conversions.affiliate_id);
}

function selectBalances(db: Database, programId: number, ids: readonly number[], now: number) {
  const { affiliate_id, program_id, currency, kind, clears_at, amount, occurred_at } = ledgerEntries;
  const sumOf = (condition: SQL) => sql<number>`coalesce(sum(${amount}) FILTER (WHERE ${condition}), 0)`;
  return db
    .select({
      affiliate_id,
      earned: sumOf(sql`${kind} <> 'payout'`).as("earned"),
      reserve: sumOf(sql`${clears_at} > ${now}`).as("reserve"),
      due: sumOf(sql`${clears_at} <= ${now}`).as("due"),
      paid: sql<number>`-${sumOf(sql`${kind} = 'payout'`)}`.as("paid"),
      currency,
      last_at: sql<number>`max(${occurred_at})`.as("last_at"),
    })
    .from(affiliatesOf(ids))
    .crossJoin(ledgerEntries)
    .where(and(sql`${affiliate_id} = a.value`, eq(program_id, programId), sql`+${occurred_at} <= ${now}`))
    .groupBy(affiliate_id, currency)
    .orderBy(affiliate_id, currency);
}
