/** The figures of a program in a period. */
import * as v from "valibot";
import { allowQuery } from "../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { contradiction, readAffiliateFilter, readLinkFilter } from "../api/layout/list-filters.ts";
import { periodFields, readPeriod, viewPeriod } from "../api/layout/read-period.ts";
import type { Period } from "../clicks/counts/queries.ts";
import { calendarDay, parseAllFields } from "../lib/validation.ts";
import type { OverviewScope } from "./overview-click-queries.ts";
import { readProgramFigures } from "./program-overview-queries.ts";
import { readTop } from "./top-queries.ts";

const TOP_LIMIT = 5;

const PARAMETERS = [
  ...["from", "to", "compare_from", "compare_to"],
  ...["affiliate", "link", "host", "country"],
] as const;

const asked = v.object({
  ...periodFields,
  compare_from: v.optional(calendarDay),
  compare_to: v.optional(calendarDay),
  country: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, "must be an ISO 3166-1 alpha-2 code, such as US"))),
});

export function addProgramOverviewRoutes(app: ApiApp): void {
  app.get("/programs/:program/overview", allowQuery(...PARAMETERS), async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { country = null, compare_from, compare_to, ...days } = parseAllFields(asked, c.req.query());
    const current = readPeriod(days, now);
    const previous = readComparison(current, { from: compare_from, to: compare_to }, now);
    const scope: OverviewScope = {
      ...{ program_id: program.id, currency: program.currency, country },
      ...(await readScope(c, program.id)),
    };
    const [figures, top] = await Promise.all([
      readProgramFigures(db, scope, { current, previous }, now),
      readTop(db, scope, current, TOP_LIMIT),
    ]);
    return c.json({
      ...viewPeriod(current),
      ...figures.current,
      previous: { ...viewPeriod(previous), ...figures.previous },
      steps: figures.steps.map(({ at, ...counts }) => ({ at: new Date(at).toISOString(), ...counts })),
      top_affiliates: top.affiliates,
      top_links: top.links,
    });
  });
}

/** The period to compare with: by default as many days, just before. Throws 422. */
function readComparison(
  { first_day, last_day }: Period,
  asked: { from: number | undefined; to: number | undefined },
  now: number,
): Period {
  const { to = first_day - 1, from = to - (last_day - first_day) } = asked;
  return readPeriod({ from, to }, now, "compare_from");
}

/** The affiliate and link that the figures are limited to. Throws 422. */
async function readScope(c: ApiCall, programId: number) {
  const affiliate_id = await readAffiliateFilter(c);
  const link = await readLinkFilter(c);
  if (link !== null && link.program_id !== programId) {
    throw contradiction("link", "The link belongs to another program.");
  }
  if (link !== null && affiliate_id !== null && link.affiliate_id !== affiliate_id) {
    throw contradiction("link", "The link belongs to another affiliate.");
  }
  return { affiliate_id: affiliate_id ?? link?.affiliate_id ?? null, link_id: link?.id ?? null };
}
