import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { clickDays, clicks } from "../db/schema.ts";
import { timeOfClickId, VERDICTS, type Verdict } from "../redirect/click.ts";
import { type List, type PageRequest, pageOf } from "./list.ts";

/** A link's counts: `clicks` is what counts, `verdicts` every hit. */
export interface LinkCounts {
  clicks: number;
  verdicts: Partial<Record<Verdict, number>>;
}

/** Counts of a link, from the daily counts: no click is read. */
export async function readLinkCounts(db: Database, linkId: number): Promise<LinkCounts> {
  const rows = await db
    .select({ verdict: clickDays.verdict, clicks: sql<number>`sum(${clickDays.clicks})` })
    .from(clickDays)
    .where(eq(clickDays.linkId, linkId))
    .groupBy(clickDays.verdict);
  const verdicts: LinkCounts["verdicts"] = {};
  for (const row of rows) {
    const verdict = VERDICTS[row.verdict];
    if (verdict !== undefined) verdicts[verdict] = row.clicks;
  }
  return { clicks: verdicts.counted ?? 0, verdicts };
}

interface ClickFacts {
  reason: string | null;
  country: string | null;
  referrer: string | null;
}

/** A logged click as the API shows it. */
export interface LoggedClick extends ClickFacts {
  id: string;
  at: string;
  verdict: Verdict | null;
  sub1: string | null;
  sub2: string | null;
  sub3: string | null;
  sub4: string | null;
  sub5: string | null;
}

/** A link's logged clicks, newest first. */
export async function readClicks(db: Database, linkId: number, page: PageRequest): Promise<List<LoggedClick>> {
  const before = page.cursor === null ? undefined : lt(clicks.id, sql`unhex(${page.cursor})`);
  const rows = await db
    .select({
      id: sql<string>`lower(hex(${clicks.id}))`,
      verdict: clicks.verdict,
      reason: clicks.reason,
      country: clicks.country,
      referrer: clicks.referrer,
      subs: clicks.subs,
    })
    .from(clicks)
    .where(and(eq(clicks.linkId, linkId), before))
    .orderBy(desc(clicks.id))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, viewClick, (row) => row.id);
}

function viewClick(row: { id: string; verdict: number; subs: (string | null)[] | null } & ClickFacts): LoggedClick {
  const { subs, verdict, ...rest } = row;
  const [sub1 = null, sub2 = null, sub3 = null, sub4 = null, sub5 = null] = subs ?? [];
  const at = new Date(timeOfClickId(Uint8Array.fromHex(row.id))).toISOString();
  return { ...rest, at, verdict: VERDICTS[verdict] ?? null, sub1, sub2, sub3, sub4, sub5 };
}
