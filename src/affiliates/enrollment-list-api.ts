/** A program's enrollments with their figures. */
import { allowQuery } from "../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import { findGroup, findProgram } from "../api/layout/find-records.ts";
import { readChoice } from "../api/layout/list-filters.ts";
import { LIST, readList } from "../api/layout/read-list.ts";
import { type EnrollmentFigures, listEnrollments, readEnrollment } from "../insights/enrollment-queries.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { readTiers } from "../payouts/tier-and-payout-queries.ts";
import { listMoves } from "./group-store.ts";
import { enrollments } from "./tables.ts";

/** The path segment of enrollments, and its older spelling, which keeps working. */
export const ENROLLMENT_SEGMENTS = ["enrollments", "enrolments"] as const;

type Program = Awaited<ReturnType<typeof findProgram>>;

export function addEnrollmentListRoutes(app: ApiApp): void {
  for (const segment of ENROLLMENT_SEGMENTS) {
    app.get(`/programs/:program/${segment}`, allowQuery("status", "group", "q", ...LIST), async (c) => {
      const { db, now } = c.var;
      const page = await readList(c, ["-created_at", "created_at", "username"]);
      const program = await findProgram(db, c.req.param("program"));
      const { group, q = null } = c.req.query();
      const filter = {
        status: readChoice(c, "status", enrollments.status.enumValues),
        group: group === undefined ? null : (await findGroup(db, program.id, group, "group")).slug,
        q,
      };
      const { data, next } = await listEnrollments(db, program, filter, page, now);
      return c.json({ data: await viewEnrollments(c, program, data), next });
    });
  }
}

/** An enrollment as the API shows it, with its figures and all its moves between groups. */
export async function viewEnrollment(
  c: ApiCall,
  { program, affiliate }: { program: Program; affiliate: { id: number } },
) {
  const { db, now } = c.var;
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const [found, moves] = await Promise.all([readEnrollment(db, program, affiliate.id, now), listMoves(db, account)]);
  const [view] = await viewEnrollments(c, program, found === null ? [] : [found]);
  return {
    ...view,
    // A group from the beginning has no time.
    groups: moves.map(({ group, from }) => ({ group, from: from === 0 ? null : toIsoTime(from) })),
  };
}

async function viewEnrollments(c: ApiCall, program: Program, found: readonly EnrollmentFigures[]) {
  const wanted = { program_id: program.id, affiliate_ids: found.map((row) => row.affiliate_id) };
  const tiers = await readTiers(c.var.db, c.env.ACCOUNTS, wanted, c.var.now);
  return found.map(({ affiliate_id, last_activity_at, created_at, ...row }) => ({
    program: program.slug,
    ...row,
    tier: tiers?.get(affiliate_id) ?? null,
    last_activity_at: toIsoTime(last_activity_at),
    created_at: toIsoTime(created_at),
  }));
}
