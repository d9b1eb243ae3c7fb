/** Click counts by link and day, from the daily counts; the click log is never read. */
import { and, between, desc, eq, inArray, sql } from "drizzle-orm";
import { affiliates } from "../../affiliates/tables.ts";
import type { Database } from "../../db/database.ts";
import { toIsoDay } from "../../lib/calendar.ts";
import { CURRENT_HOST } from "../../links/host-queries.ts";
import { links } from "../../links/tables.ts";
import { COUNTED, VERDICTS, type Verdict } from "../../redirect/click.ts";
import { type ClickDetails, DIMENSIONS, type Dimension } from "../click-details.ts";
import { clickDays } from "../tables.ts";

/** UTC days, both included, as days since the epoch. */
export interface Period {
  first_day: number;
  last_day: number;
}

/** Counts of a set of links. `clicks` are the counted ones; `verdicts` has every hit. */
export interface Counts {
  clicks: number;
  /** Visitors, once per link and day: by cookie, else by a hash that lasts a day. A click without a visitor counts as one. */
  unique_visitors: number;
  verdicts: Partial<Record<Verdict, number>>;
}

/** Counted clicks by value. `values`, `other` and `none` add up to all. */
export interface Breakdown {
  /** Most clicks first. */
  values: { value: string; clicks: number }[];
  /** Whether `values` are exact. They may be too low if a day had more than `VALUES_MAX` values. */
  exact: boolean;
  /** Clicks with other values, or on days on which their value wasn't counted separately. */
  other: number;
  /** Clicks without a value. */
  none: number;
}

/** A day's counts. `hours` has the counted clicks by hour of the day, UTC. */
export interface DayCounts extends Counts {
  day: string;
  hours: number[];
}

/** A link's counts in a period: in total, by day (without days that have no hit), and broken down by dimension. */
export interface LinkReport extends Counts {
  days: DayCounts[];
  by: Record<Exclude<Dimension, "hour">, Breakdown>;
}

/** Values of each dimension in a report. */
const VALUES_SHOWN = 100;
const HOURS_PER_DAY = 24;

const sums = {
  verdict: clickDays.verdict,
  clicks: sql<number>`sum(${clickDays.clicks})`,
  visitors: sql<number>`sum(${clickDays.visitors})`,
};

interface DayRow {
  day: number;
  verdict: number;
  clicks: number;
  visitors: number;
  details: ClickDetails;
}

/** A link's counts since its creation. */
export async function readLinkCounts(db: Database, linkId: number): Promise<Counts> {
  const rows = await db.select(sums).from(clickDays).where(eq(clickDays.link_id, linkId)).groupBy(clickDays.verdict);
  return sumCounts(rows);
}

/** The same for several links, by their ids. */
export async function readCountsOfLinks(db: Database, linkIds: readonly number[]): Promise<Map<number, Counts>> {
  const { link_id } = clickDays;
  const rows = await db
    .select({ link_id, ...sums })
    .from(clickDays)
    .where(sql`${link_id} IN (SELECT value FROM json_each(${JSON.stringify(linkIds)}))`)
    .groupBy(link_id, clickDays.verdict);
  const byLink = Map.groupBy(rows, (row) => row.link_id);
  return new Map(linkIds.map((id) => [id, sumCounts(byLink.get(id) ?? [])]));
}
/** The counts of a link without clicks. */
export const NO_COUNTS = sumCounts([]);

/** A link's report. */
export async function readLinkReport(db: Database, linkId: number, period: Period): Promise<LinkReport> {
  const { day, verdict, clicks, visitors } = clickDays;
  // Other verdicts have details by hour only, which the report doesn't show.
  const details = sql<ClickDetails>`iif(${verdict} = ${COUNTED}, ${clickDays.details}, '{}')`.mapWith(
    clickDays.details,
  );
  const rows = await db
    .select({ day, verdict, clicks, visitors, details })
    .from(clickDays)
    .where(and(eq(clickDays.link_id, linkId), between(day, period.first_day, period.last_day)))
    .orderBy(day, verdict);
  const counted = rows.filter((row) => row.verdict === COUNTED);
  const total = sumCounts(rows);
  const breakdowns = DIMENSIONS.filter((name) => name !== "hour").map(
    (name) =>
      [
        name,
        breakDown(
          counted.map((row) => row.details[name] ?? {}),
          total.clicks,
        ),
      ] as const,
  );
  return {
    ...total,
    days: [...Map.groupBy(rows, (row) => row.day)].map(([number, ofDay]) => viewDay(number, ofDay)),
    by: Object.fromEntries(breakdowns) as LinkReport["by"],
  };
}

function viewDay(day: number, rows: readonly DayRow[]): DayCounts {
  const byHour = rows.find((row) => row.verdict === COUNTED)?.details.hour ?? {};
  return {
    day: toIsoDay(day),
    ...sumCounts(rows),
    hours: Array.from({ length: HOURS_PER_DAY }, (_, hour) => byHour[hour] ?? 0),
  };
}

function sumCounts(rows: readonly { verdict: number; clicks: number; visitors: number }[]): Counts {
  const verdicts: Counts["verdicts"] = {};
  let unique_visitors = 0;
  for (const row of rows) {
    const verdict = VERDICTS[row.verdict];
    if (verdict !== undefined) verdicts[verdict] = (verdicts[verdict] ?? 0) + row.clicks;
    unique_visitors += row.visitors;
  }
  return { clicks: verdicts.counted ?? 0, unique_visitors, verdicts };
}

/** Sums the values of several days; "" has the clicks that weren't counted separately. */
function breakDown(days: readonly Record<string, number>[], clicks: number): Breakdown {
  const sums = new Map<string, number>();
  for (const [value, count] of days.flatMap((day) => Object.entries(day))) {
    sums.set(value, (sums.get(value) ?? 0) + count);
  }
  const unnamed = sums.get("") ?? 0;
  sums.delete("");
  const values = [...sums]
    .map(([value, count]) => ({ value, clicks: count }))
    .sort((a, b) => b.clicks - a.clicks || (a.value < b.value ? -1 : 1));
  const sumOf = (some: typeof values) => some.reduce((sum, row) => sum + row.clicks, 0);
  return {
    values: values.slice(0, VALUES_SHOWN),
    exact: unnamed === 0,
    other: unnamed + sumOf(values.slice(VALUES_SHOWN)),
    none: clicks - unnamed - sumOf(values),
  };
}

/** A link with its counts in a period. */
export interface RankedLink extends Counts {
  slug: string;
  /** The program's redirect host, null for the shared one. */
  host: string | null;
  affiliate: string;
  kind: "affiliate" | "tracking";
  channel: string | null;
}

/**
 * Lists the links of a program, or of one affiliate in it, with hits in the period; most counted clicks first. `limit` is at
 * most 200.
 */
export async function readTopLinks(
  db: Database,
  filter: { program_id: number; affiliate_id: number | null; period: Period; limit: number },
): Promise<RankedLink[]> {
  const { program_id: programId, affiliate_id: affiliateId, period, limit } = filter;
  const clicks = sql<number>`coalesce(sum(${clickDays.clicks}) filter (where ${clickDays.verdict} = ${COUNTED}), 0)`;
  const inPeriod = between(clickDays.day, period.first_day, period.last_day);
  const ranked = await db
    .select({ id: links.id })
    .from(links)
    // The primary key of the counts begins with the link, so the join starts from links.
    .crossJoin(clickDays)
    .where(
      and(
        eq(links.program_id, programId),
        affiliateId === null ? undefined : eq(links.affiliate_id, affiliateId),
        eq(clickDays.link_id, links.id),
        inPeriod,
      ),
    )
    .groupBy(links.id)
    .orderBy(desc(clicks), links.id)
    .limit(limit);
  const ids = ranked.map((row) => row.id);
  const { slug, kind, channel } = links;
  const rows = await db
    .select({
      id: links.id,
      slug,
      host: CURRENT_HOST.as("host"),
      affiliate: affiliates.username,
      kind,
      channel,
      ...sums,
    })
    .from(links)
    .innerJoin(affiliates, eq(affiliates.id, links.affiliate_id))
    .innerJoin(clickDays, and(eq(clickDays.link_id, links.id), inPeriod))
    .where(inArray(links.id, sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`))
    .groupBy(links.id, clickDays.verdict);
  const byLink = Map.groupBy(rows, (row) => row.id);
  return ids.flatMap((id) => {
    const ofLink = byLink.get(id) ?? [];
    const [first] = ofLink;
    if (first === undefined) return [];
    return {
      slug: first.slug,
      host: first.host || null,
      affiliate: first.affiliate,
      kind: first.kind,
      channel: first.channel,
      ...sumCounts(ofLink),
    };
  });
}
