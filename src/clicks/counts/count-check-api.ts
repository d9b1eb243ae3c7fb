/** Compares counts with the log on request, and lists the results of checks. */

import { desc, eq, inArray, lt, sql } from "drizzle-orm";
import * as v from "valibot";
import { allowQuery, PAGING } from "../../api/layout/allow-query.ts";
import type { ApiApp } from "../../api/layout/api-app.ts";
import { commitChange } from "../../api/layout/commit-change.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { readPage } from "../../api/layout/read-page.ts";
import type { Database } from "../../db/database.ts";
import { readSettings } from "../../env.ts";
import { dayOf, toIsoDay } from "../../lib/calendar.ts";
import { toIsoTime } from "../../lib/iso-time.ts";
import { pageOf } from "../../lib/paging.ts";
import { Problem } from "../../lib/problem.ts";
import { calendarDay } from "../../lib/validation.ts";
import { links } from "../../links/tables.ts";
import { VERDICTS } from "../../redirect/click.ts";
import { ArchiveError } from "../archive/queries.ts";
import { clickArchives, clickChecks } from "../tables.ts";
import type { Difference } from "./compare-counts.ts";
import { checkAndRecord } from "./count-check-job.ts";
import { type CheckOptions, hasGap } from "./count-check-store.ts";

/** Days of one call: more would exceed the time limit of a request. */
const DAYS_MAX = 7;

/** The body of `POST /v1/click-checks`. */
export const newCheck = v.strictObject({
  from: calendarDay,
  to: v.optional(calendarDay),
  mend: v.optional(v.boolean(), false),
});

export function addClickCheckRoutes(app: ApiApp): void {
  app.post("/click-checks", async (c) => {
    const { from, to = from, mend } = await readJson(c.req, newCheck);
    const today = dayOf(c.var.now);
    if (to < from || to > today) throw new Problem(422, "invalid_to", "to: must be from `from` to today.", "to");
    if (to - from >= DAYS_MAX) {
      throw new Problem(422, "invalid_to", `to: one call checks at most ${DAYS_MAX} days.`, "to");
    }
    const tools: CheckOptions = { db: c.env.DB, bucket: c.env.ARCHIVE, mend };
    const firstKept = today - readSettings(c.env).click_retention_days;
    // All days are validated before the first one is checked or corrected.
    for (let day = from; day <= to; day += 1) {
      if ((await hasGap(c.env.DB, day)) || (day < firstKept && !(await isArchived(c.var.db, day)))) {
        throw new Problem(422, "log_gone", `from: the clicks of ${toIsoDay(day)} are no longer kept.`, "from");
      }
    }
    const days = [];
    for (let day = from; day <= to; day += 1) {
      const { clicks, differences, mended } = await check(day, c.var.now, tools);
      days.push({ day: toIsoDay(day), clicks, mended, differences: await resolveNames(c.var.db, differences) });
    }
    const differences = days.reduce((sum, day) => sum + day.differences.length, 0);
    const change = {
      ...{ action: "click_check.created", program_id: null, subject_type: "click_check", subject: toIsoDay(from) },
      ...{ before: null, after: { from: toIsoDay(from), to: toIsoDay(to), mend, differences } },
    };
    return commitChange(c, [], [change], { status: 200, body: { days, differences } });
  });

  app.get("/click-checks", allowQuery(...PAGING), async (c) => {
    const page = readPage(c.req.query(), /^\d{1,15}$/);
    const rows = await c.var.db
      .select()
      .from(clickChecks)
      .where(page.cursor === null ? undefined : lt(clickChecks.id, Number(page.cursor)))
      .orderBy(desc(clickChecks.id))
      .limit(page.limit + 1);
    const { data, next } = pageOf(
      rows,
      page.limit,
      (row) => row,
      (row) => String(row.id),
    );
    const view = async ({
      checked_at: checkedAt,
      day,
      clicks,
      differences,
      mended,
      details,
    }: (typeof rows)[number]) => ({
      checked_at: toIsoTime(checkedAt),
      day: toIsoDay(day),
      clicks,
      differences,
      mended,
      details: await resolveNames(c.var.db, details),
    });
    return c.json({ data: await Promise.all(data.map(view)), next });
  });
}

async function check(day: number, now: number, tools: CheckOptions) {
  try {
    return await checkAndRecord(day, now, tools);
  } catch (error) {
    if (error instanceof ArchiveError) throw new Problem(409, error.code, error.message);
    throw error;
  }
}

async function isArchived(db: Database, day: number): Promise<boolean> {
  return (await db.select().from(clickArchives).where(eq(clickArchives.day, day)).limit(1).get()) !== undefined;
}

/** Replaces the ids in differences by slugs and verdicts. */
async function resolveNames(db: Database, differences: readonly Difference[]) {
  if (differences.length === 0) return [];
  const ids = JSON.stringify([...new Set(differences.map((difference) => difference.link_id))]);
  const rows = await db
    .select({ id: links.id, slug: links.slug })
    .from(links)
    .where(inArray(links.id, sql`(SELECT value FROM json_each(${ids}))`));
  const slugs = new Map(rows.map(({ id, slug }) => [id, slug]));
  return differences.map(({ link_id, verdict, ...difference }) => ({
    link: slugs.get(link_id) ?? null,
    verdict: VERDICTS[verdict] ?? null,
    ...difference,
  }));
}
