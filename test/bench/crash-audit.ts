/** Compares the clicks in a database with the redirects that visitors received and with the database's own counts. */
import type { Answer } from "./send-visits.ts";

const PAGE_ROWS = 20_000;

/** Reads the ids of the clicks stored since a time (ms since the epoch). */
export async function readStoredIds(db: D1Database, since: number): Promise<Set<string>> {
  const ids = new Set<string>();
  const page = db.prepare("SELECT lower(hex(id)) AS id FROM clicks WHERE id > unhex(?1) ORDER BY id LIMIT ?2");
  let last: string | undefined = since.toString(16).padStart(12, "0").padEnd(32, "0");
  while (last !== undefined) {
    const rows: { id: string }[] = (await page.bind(last, PAGE_ROWS).all<{ id: string }>()).results;
    for (const { id } of rows) ids.add(id);
    last = rows.length < PAGE_ROWS ? undefined : rows.at(-1)?.id;
  }
  return ids;
}

/** Returns the answered clicks that are not stored. */
export function findLost(answers: readonly Answer[], stored: ReadonlySet<string>): Answer[] {
  return answers.filter(({ click_id }) => !stored.has(click_id));
}

/** The differences between counts and rows of the whole database. */
export interface Audit {
  rows: number;
  counted: number;
  /** The number of rows with the same id as another row. */
  stored_twice: number;
  /** The days of links whose counts, visitors or hours differ from their rows. */
  differences: Record<string, unknown>[];
}

const DIFFERENCES = `
  WITH stored AS (
    SELECT link_id, hour / 24 AS day, verdict, count(*) AS clicks, sum(is_first) AS visitors FROM clicks GROUP BY 1, 2, 3
  ),
  counted AS (
    SELECT link_id, day, verdict, clicks, visitors,
           (SELECT sum(h.value) FROM json_each(details, '$.hour') h) AS by_hour
    FROM click_days
  )
  SELECT link_id, day, verdict, s.clicks AS rows, c.clicks AS counted, s.visitors AS first_rows, c.visitors, c.by_hour
  FROM stored s FULL JOIN counted c USING (link_id, day, verdict)
  WHERE s.clicks IS NOT c.clicks OR s.visitors IS NOT c.visitors OR s.clicks IS NOT c.by_hour`;

/** Counts the rows and compares them with the counts. */
export async function audit(db: D1Database): Promise<Audit> {
  const totals = await db
    .prepare(
      `SELECT count(*) AS rows, count(*) - count(DISTINCT id) AS stored_twice,
              (SELECT coalesce(sum(clicks), 0) FROM click_days) AS counted
       FROM clicks`,
    )
    .first<{ rows: number; stored_twice: number; counted: number }>();
  if (totals === null) throw new Error("The click log can't be read.");
  const { results: differences } = await db.prepare(DIFFERENCES).all();
  return { ...totals, differences };
}
