/** Lists the objects of the bucket with archived clicks. */

import { and, asc, gte, lte, sql } from "drizzle-orm";
import * as v from "valibot";
import { allowQuery, PAGING } from "../../api/layout/allow-query.ts";
import type { ApiApp } from "../../api/layout/api-app.ts";
import { readPage } from "../../api/layout/read-page.ts";
import { toIsoDay } from "../../lib/calendar.ts";
import { toIsoTime } from "../../lib/iso-time.ts";
import { pageOf } from "../../lib/paging.ts";
import { calendarDay, parseFields } from "../../lib/validation.ts";
import { clickArchives } from "../tables.ts";

type Archive = typeof clickArchives.$inferSelect;

const filters = v.strictObject({ from: v.optional(calendarDay), to: v.optional(calendarDay) });

/** `day.key` of the last row of a page. */
const CURSOR = /^\d{1,6}\.clicks\/[0-9-]{10}\/[0-9a-f]{64}\.ndjson\.gz$/;

export function addClickArchiveRoutes(app: ApiApp): void {
  app.get("/click-archives", allowQuery("from", "to", ...PAGING), async (c) => {
    const { limit: _, cursor: __, ...query } = c.req.query();
    const { from, to } = parseFields(filters, query);
    const page = readPage(c.req.query(), CURSOR);
    const rows = await c.var.db
      .select()
      .from(clickArchives)
      .where(
        and(
          from === undefined ? undefined : gte(clickArchives.day, from),
          to === undefined ? undefined : lte(clickArchives.day, to),
          page.cursor === null ? undefined : isAfter(page.cursor),
        ),
      )
      .orderBy(asc(clickArchives.day), asc(clickArchives.key))
      .limit(page.limit + 1);
    return c.json(pageOf(rows, page.limit, viewArchive, ({ day, key }) => `${day}.${key}`));
  });
}

function isAfter(cursor: string) {
  const dot = cursor.indexOf(".");
  return sql`(${clickArchives.day}, ${clickArchives.key}) > (${Number(cursor.slice(0, dot))}, ${cursor.slice(dot + 1)})`;
}

function viewArchive({ day, key, clicks, bytes, sha256, archived_at: archivedAt }: Archive) {
  return { day: toIsoDay(day), key, clicks, bytes, sha256, archived_at: toIsoTime(archivedAt) };
}
