/** Click counts of a period. */

import * as v from "valibot";
import { allowQuery } from "../../api/layout/allow-query.ts";
import type { ApiApp } from "../../api/layout/api-app.ts";
import { findLink, findProgram, findVisibleAffiliate } from "../../api/layout/find-records.ts";
import { permit } from "../../api/layout/permit.ts";
import { periodFields, readPeriod, viewPeriod } from "../../api/layout/read-period.ts";
import type { Database } from "../../db/database.ts";
import { parseFields } from "../../lib/validation.ts";
import { readLinkReport, readTopLinks } from "./queries.ts";

const LINKS_DEFAULT = 20;
const LINKS_MAX = 200;

const linkQuery = v.strictObject({ ...periodFields, host: v.optional(v.string()) });
const topLinksQuery = v.strictObject({
  ...periodFields,
  limit: v.optional(
    v.pipe(
      v.string(),
      v.transform(Number),
      v.number("must be a whole number"),
      v.integer("must be a whole number"),
      v.minValue(1, "must be at least 1"),
      v.maxValue(LINKS_MAX, `must be at most ${LINKS_MAX}`),
    ),
  ),
});

export function addCountRoutes(app: ApiApp): void {
  app.get(
    "/links/:slug/counts",
    permit("read", { checks_programs: true }),
    allowQuery("from", "to", "host"),
    async (c) => {
      const { host, ...query } = parseFields(linkQuery, c.req.query());
      const link = await findLink(c, c.req.param("slug"), host);
      const period = readPeriod(query, c.var.now);
      return c.json({ ...viewPeriod(period), ...(await readLinkReport(c.var.db, link.id, period)) });
    },
  );

  app.get("/programs/:program/counts", allowQuery("from", "to", "limit"), async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    return c.json(await listTopLinks(c.var.db, program.id, null, c.req.query(), c.var.now));
  });

  app.get("/programs/:program/affiliates/:affiliate/counts", allowQuery("from", "to", "limit"), async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const affiliate = await findVisibleAffiliate(c, c.req.param("affiliate"), null);
    return c.json(await listTopLinks(c.var.db, program.id, affiliate.id, c.req.query(), c.var.now));
  });
}

async function listTopLinks(
  db: Database,
  programId: number,
  affiliateId: number | null,
  query: Record<string, string>,
  now: number,
) {
  const { limit = LINKS_DEFAULT, ...range } = parseFields(topLinksQuery, query);
  const period = readPeriod(range, now);
  return {
    ...viewPeriod(period),
    data: await readTopLinks(db, { program_id: programId, affiliate_id: affiliateId, period, limit }),
  };
}
