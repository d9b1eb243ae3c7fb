/** Compares the counts of a day with the log, figure by figure, and corrects them on request. */
import { VERDICTS } from "../../redirect/click.ts";
import type { ArchivedClick, ClickArchive } from "../archive/archived-click.ts";
import { ArchiveError, readArchives } from "../archive/queries.ts";
import { type ClickDetails, GESTURES } from "../click-details.ts";
import { THROTTLED } from "../throttled-hit-store.ts";
import {
  addFigure,
  type CountRow,
  compareTallies,
  correctRows,
  type Difference,
  type Figure,
  type LoggedFacts,
  type Tally,
  tallyClick,
  tallyCounts,
} from "./compare-counts.ts";
import { readDetails, SUM_DETAILS } from "./count-details.ts";

/** Links of one transaction, so that none blocks the recording of clicks for long. */
const LINKS_PER_STEP = 250;

/** The result of checking a day. */
export interface DayCheck {
  day: number;
  /** Hits of the day in the log. */
  clicks: number;
  differences: Difference[];
  /** Rows of the counts that were corrected. */
  mended: number;
}

/** How to run a check. */
export interface CheckOptions {
  db: D1Database;
  /** The bucket with archived clicks. */
  bucket: R2Bucket | undefined;
  /** Whether to correct differences. */
  mend: boolean;
}

/** Parameters: day, first link, last link. */
const LOGGED = `
  WITH judged AS MATERIALIZED (
    SELECT c.link_id, c.hour, ?1 AS day, c.verdict, c.is_first, c.country, c.device, t.text AS referrer, c.subs, c.navigation
    FROM links l CROSS JOIN clicks c LEFT JOIN texts t ON t.id = c.referrer
    WHERE l.id BETWEEN ?2 AND ?3 AND c.link_id = l.id AND c.hour BETWEEN ?1 * 24 AND ?1 * 24 + 23
  ),
  days AS (SELECT DISTINCT link_id, day, verdict FROM judged),
  counted AS MATERIALIZED (SELECT link_id, verdict, dimension, value FROM (${readDetails("days")}))
  SELECT link_id, verdict, 'clicks' AS what, NULL AS value, count(*) AS count FROM judged GROUP BY 1, 2
  UNION ALL
  SELECT link_id, verdict, 'visitors', NULL, sum(is_first) FROM judged GROUP BY 1, 2
  UNION ALL
  SELECT link_id, verdict, dimension, place, sum(clicks) FROM (
    -- If the counts have values under "", a value that they don't count separately belongs there.
    SELECT s.link_id, s.verdict, s.dimension, s.clicks,
           CASE WHEN named.value IS NULL AND others.value IS NOT NULL THEN '' ELSE s.value END AS place
    FROM (${SUM_DETAILS}) s
    LEFT JOIN counted named
      ON (named.link_id, named.verdict, named.dimension, named.value) = (s.link_id, s.verdict, s.dimension, s.value)
    LEFT JOIN counted others
      ON (others.link_id, others.verdict, others.dimension, others.value) = (s.link_id, s.verdict, s.dimension, '')
  ) GROUP BY 1, 2, 3, 4`;

/** Throttled hits are in no log. */
const COUNTED = `
  SELECT d.link_id, d.verdict, d.clicks, d.visitors, d.details FROM links l CROSS JOIN click_days d
  WHERE l.id BETWEEN ?2 AND ?3 AND d.link_id = l.id AND d.day = ?1 AND d.verdict <> ${THROTTLED}`;

/** Only if the row is as it was read: a row to which clicks have been added since is left alone. */
const MEND = `
  UPDATE click_days SET clicks = ?6, visitors = ?7, details = ?8
  WHERE link_id = ?1 AND day = ?2 AND verdict = ?3 AND clicks = ?4 AND details = ?5`;
const ADD_MISSING = `
  INSERT INTO click_days (link_id, day, verdict, clicks, visitors, details) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
  ON CONFLICT DO NOTHING`;
const DROP_WRONG =
  "DELETE FROM click_days WHERE link_id = ?1 AND day = ?2 AND verdict = ?3 AND clicks = ?4 AND details = ?5";

/** Whether clicks of a day were deleted without being archived, so that there is no complete log to compare with. */
export async function hasGap(db: D1Database, day: number): Promise<boolean> {
  return (await db.prepare("SELECT day FROM click_gaps WHERE day = ?1").bind(day).first()) !== null;
}

/** Compares all counts of a day with the log, some links at a time. Throws {@link ArchiveError} if an archive can't be read. */
export async function checkDay(day: number, tools: CheckOptions): Promise<DayCheck> {
  const check: DayCheck = { day, clicks: 0, differences: [], mended: 0 };
  const state = await tools.db
    .prepare(
      "SELECT (SELECT max(id) FROM links) AS last, EXISTS (SELECT 1 FROM click_archives WHERE day = ?1) AS archived",
    )
    .bind(day)
    .first<{ last: number | null; archived: number }>();
  const last = state?.last ?? 0;
  // An archive has clicks of many links, so it is read once for all of them.
  const step = state?.archived ? last : LINKS_PER_STEP;
  for (let first = 1; first <= last; first += step) {
    await checkLinks(day, [first, first + step - 1], tools, check);
  }
  return check;
}

interface CountsAsStored extends Omit<CountRow, "details"> {
  details: string;
}

async function checkLinks(day: number, links: [number, number], tools: CheckOptions, check: DayCheck): Promise<void> {
  const { db } = tools;
  // One transaction, so that no click is added or archived between the reads.
  const [stored, loggedHere, manifest] = (await db.batch([
    db.prepare(COUNTED).bind(day, ...links),
    db.prepare(LOGGED).bind(day, ...links),
    db.prepare("SELECT * FROM click_archives WHERE day = ?1").bind(day),
  ])) as [D1Result<CountsAsStored>, D1Result<Figure>, D1Result<ClickArchive>];
  const counted = tallyCounts(stored.results.map((row) => ({ ...row, details: readStoredDetails(row.details) })));
  const logged: Tally = new Map();
  for (const figure of loggedHere.results) addFigure(logged, figure);
  if (manifest.results.length > 0) {
    const [first] = manifest.results;
    if (tools.bucket === undefined) {
      throw new ArchiveError("archive_unbound", first?.key ?? "", "can't be read: no bucket is bound as ARCHIVE");
    }
    for await (const chunk of readArchives(tools.bucket, manifest.results)) {
      for (const click of chunk) tallyClick(logged, factsOf(click), counted);
    }
  }
  const differences = compareTallies(counted, logged);
  check.clicks += logged.values().reduce((sum, { what, count }) => sum + (what === "clicks" ? count : 0), 0);
  check.differences.push(...differences);
  if (tools.mend && differences.length > 0)
    check.mended += await mend(db, day, stored.results, correctRows(differences, logged));
}

/** Invalid JSON is read as empty, which then differs from the log. */
function readStoredDetails(text: string): ClickDetails {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function factsOf(click: ArchivedClick): LoggedFacts {
  const { link_id, at, verdict, unique, country, device, referrer, subs, navigation } = click;
  const [sub1 = null, sub2 = null, sub3 = null, sub4 = null, sub5 = null] = subs ?? [];
  const hour = String(new Date(at).getUTCHours());
  const gesture = navigation ? GESTURES[navigation.user_gesture ? "reported" : "missing"] : null;
  const values = { hour, country, device, referrer, sub1, sub2, sub3, sub4, sub5, gesture };
  return { link_id, verdict: VERDICTS.indexOf(verdict), is_first: unique, values };
}

/** Returns how many rows were corrected. */
async function mend(
  db: D1Database,
  day: number,
  stored: readonly CountsAsStored[],
  wanted: ReturnType<typeof correctRows>,
): Promise<number> {
  const results = await db.batch(
    wanted.map(({ link_id, verdict, row }) => {
      const old = stored.find((candidate) => candidate.link_id === link_id && candidate.verdict === verdict);
      const values = row === null ? [] : [row.clicks, row.visitors, JSON.stringify(row.details)];
      if (old === undefined) return db.prepare(ADD_MISSING).bind(link_id, day, verdict, ...values);
      const asRead = [link_id, day, verdict, old.clicks, old.details];
      return db.prepare(row === null ? DROP_WRONG : MEND).bind(...asRead, ...values);
    }),
  );
  return results.reduce((sum, { meta }) => sum + meta.changes, 0);
}
