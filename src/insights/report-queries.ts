/**
 * Reports: an affiliate's clicks and conversions of a period, grouped by one dimension. Clicks come from the daily counts and
 * sales from the conversions, never from the click log.
 */
import { and, between, desc, eq, type SQL, sql } from "drizzle-orm";
import type { AccountKey } from "../affiliates/enrollment.ts";
import type { Period } from "../clicks/counts/queries.ts";
import { clickDays } from "../clicks/tables.ts";
import { addCredits, type Credits, defineCreditsQuery, noCredits } from "../conversions/credit-queries.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { defineQuery, type Query, runQueries } from "../db/query-batch.ts";
import { DEVICES } from "../links/choose-destination.ts";
import { CURRENT_HOST } from "../links/host-queries.ts";
import { links } from "../links/tables.ts";
import { COUNTED } from "../redirect/click.ts";
import { creditedClicks } from "./tables.ts";

/** The dimensions that reports group by. */
export const REPORT_KINDS = [
  "link",
  "channel",
  "sub1",
  "sub2",
  "sub3",
  "sub4",
  "sub5",
  "country",
  "referrer",
  "device",
  "product",
] as const;

export type ReportKind = (typeof REPORT_KINDS)[number];

/** The figures of one value of the dimension. */
export interface ReportRow extends Credits {
  /** Null if there is no value or it is unknown. */
  value: string | null;
  /** Counted clicks. Null if clicks don't have this dimension, such as products. */
  clicks: number | null;
}

/** The rows and `other` add up to `total`. */
export interface Report {
  /** Most clicks first, then most sales. */
  rows: ReportRow[];
  /** All values beyond the limit, and clicks beyond the values that a day's counts keep. Null if there are none. */
  other: ReportRow | null;
  total: ReportRow;
}

/** Reads a report of an affiliate in a program, with at most `limit` values. */
export async function readReport(
  db: Database,
  account: AccountKey,
  request: { kind: ReportKind; period: Period; limit: number },
): Promise<Report> {
  const { kind, period, limit } = request;
  const results = await runQueries(db, {
    clicks: defineClicksQuery(db, account, kind, period),
    credits: defineCreditsQuery(db, account, period, KEYS[kind]),
  });
  return layOutReport({ ...results, limit });
}

/** Clicks by value. Null holds clicks without a value, "" those beyond the values that a day's counts keep. */
type ClicksByValue = Map<string | null, number>;

/** Joins clicks and credits, and sums all values beyond the limit into one row. Exported for its test. */
export function layOutReport(found: {
  /** Null if clicks don't have this dimension. */
  clicks: ClicksByValue | null;
  credits: Map<string | null, Credits>;
  limit: number;
}): Report {
  const { clicks, credits, limit } = found;
  const values = new Set<string | null>([...(clicks?.keys() ?? []), ...credits.keys()]);
  const rows = [...values].map((value) => ({
    value,
    clicks: clicks === null ? null : (clicks.get(value) ?? 0),
    ...(credits.get(value) ?? noCredits()),
  }));
  rows.sort(
    (a, b) =>
      (b.clicks ?? 0) - (a.clicks ?? 0) ||
      b.sale - a.sale ||
      b.lead + b.trial - a.lead - a.trial ||
      String(a.value).localeCompare(String(b.value), "en"),
  );
  const named = rows.filter(({ value }) => value !== "");
  const rest = [...named.slice(limit), ...rows.filter(({ value }) => value === "")];
  const zero: ReportRow = { value: "", clicks: clicks === null ? null : 0, ...noCredits() };
  return {
    rows: named.slice(0, limit),
    other: rest.length === 0 ? null : rest.reduce(addRows, zero),
    total: rows.reduce(addRows, zero),
  };
}

function addRows(a: ReportRow, b: ReportRow): ReportRow {
  return { ...addCredits(a, b), value: "", clicks: a.clicks === null ? null : a.clicks + (b.clicks ?? 0) };
}

/** A link's name in reports: its slug, after its host if it has its own. */
const LINK_NAME = sql<string>`iif(${CURRENT_HOST} = '', ${links.slug}, ${CURRENT_HOST} || '/' || ${links.slug})`;

const ofLink = (column: SQL) =>
  sql<string | null>`(SELECT ${column} FROM ${links} WHERE ${links.id} = ${conversions.link_id})`;

/** A column of the click that a conversion is credited to. */
const ofClick = (column: SQL) => sql<string | null>`(
  SELECT ${column} FROM ${creditedClicks}
  WHERE ${creditedClicks.id} = ${conversions.click_id})`;

const DEVICE_NAME = sql.raw(
  `CASE device ${DEVICES.map((name, place) => `WHEN ${place} THEN '${name}'`).join(" ")} END`,
);

const KEYS: Record<ReportKind, SQL<string | null>> = {
  link: ofLink(LINK_NAME),
  channel: ofLink(sql`${links.channel}`),
  sub1: ofClick(sql`json_extract(subs, '$[0]')`),
  sub2: ofClick(sql`json_extract(subs, '$[1]')`),
  sub3: ofClick(sql`json_extract(subs, '$[2]')`),
  sub4: ofClick(sql`json_extract(subs, '$[3]')`),
  sub5: ofClick(sql`json_extract(subs, '$[4]')`),
  country: ofClick(sql`country`),
  referrer: ofClick(sql`referrer`),
  device: ofClick(DEVICE_NAME),
  product: sql`${conversions.product}`,
};

function defineClicksQuery(
  db: Database,
  account: AccountKey,
  kind: ReportKind,
  period: Period,
): Query<ClicksByValue | null> {
  if (kind === "product") return defineQuery([], () => null);
  const isInReport = and(
    eq(links.affiliate_id, account.affiliate_id),
    eq(links.program_id, account.program_id),
    eq(clickDays.link_id, links.id),
    eq(clickDays.verdict, COUNTED),
    between(clickDays.day, period.first_day, period.last_day),
  );
  const clicks = sql<number>`sum(${clickDays.clicks})`.as("clicks");
  if (kind === "link" || kind === "channel") {
    const value = sql<string | null>`${kind === "link" ? LINK_NAME : links.channel}`.as("value");
    const counted = db
      .select({ value, clicks })
      .from(links)
      // CROSS JOIN fixes the join order: links first, since a link's days are stored together.
      .crossJoin(clickDays)
      .where(isInReport)
      .groupBy(sql`1`);
    return defineQuery([counted], ([rows]) => new Map(rows.map((row) => [row.value, row.clicks])));
  }
  return defineClicksByDetailQuery(db, kind, isInReport);
}

/** Clicks by the values in each day's counts. The rest of a day's clicks had no value. */
function defineClicksByDetailQuery(db: Database, kind: string, isInReport: SQL | undefined): Query<ClicksByValue> {
  const details = sql`json_each(iif(json_valid(${clickDays.details}), ${clickDays.details}, '{}'), ${`$.${kind}`}) detail`;
  const total = sql<number>`sum(detail.value)`;
  const statements = [
    db
      .select({ value: sql<string>`detail.key`.as("value"), clicks: total.as("total") })
      .from(links)
      .crossJoin(clickDays)
      .crossJoin(details)
      .where(isInReport)
      .groupBy(sql`1`)
      .orderBy(desc(total)),
    db
      .select({ clicks: sql<number>`coalesce(sum(${clickDays.clicks}), 0)`.as("clicks") })
      .from(links)
      .crossJoin(clickDays)
      .where(isInReport),
  ] as const;
  return defineQuery(statements, ([rows, [all]]) => {
    const found: ClicksByValue = new Map(rows.map((row) => [row.value, row.clicks]));
    const none = (all?.clicks ?? 0) - rows.reduce((sum, row) => sum + row.clicks, 0);
    if (none > 0) found.set(null, none);
    return found;
  });
}
