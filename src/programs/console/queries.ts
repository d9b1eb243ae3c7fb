import { and, asc, eq, gte, sql } from "drizzle-orm";
import { enrollments } from "../../affiliates/tables.ts";
import { clickDays } from "../../clicks/tables.ts";
import { conversions } from "../../customers/tables.ts";
import { IS_REAL } from "../../customers/test-mode-queries.ts";
import type { Database } from "../../db/database.ts";
import { dayOf } from "../../lib/calendar.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { links } from "../../links/tables.ts";
import { payoutRuns } from "../../payouts/tables.ts";
import { COUNTED } from "../../redirect/click.ts";
import { isInScope, type ProgramScope } from "../scope-queries.ts";
import { programs } from "../tables.ts";

/** The figures of a program on the console's first page. */
export interface ProgramFigures {
  slug: string;
  name: string;
  /** Affiliates by status. */
  approved: number;
  pending: number;
  /** Counted clicks and sales of the last {@link FIGURE_DAYS} days. */
  clicks: number;
  sales: number;
  /** The status of the open payout run, null for none. */
  open_run: string | null;
}

/** The days of the figures, today included. */
export const FIGURE_DAYS = 30;
/** More than a company has; the API lists all. */
const PROGRAMS_SHOWN = 100;

/** The programs that a user may see, by name. `now` in ms. */
export async function readProgramFigures(db: Database, scope: ProgramScope, now: number): Promise<ProgramFigures[]> {
  const { id } = programs;
  const ofStatus = (status: string) => sql<number>`(SELECT count(*) FROM ${enrollments}
    WHERE ${enrollments.program_id} = ${id} AND ${enrollments.status} = ${status})`;
  const clicks = db
    .select({ sum: sql`coalesce(sum(${clickDays.clicks}), 0)` })
    .from(links)
    .innerJoin(clickDays, eq(clickDays.link_id, links.id))
    .where(
      and(eq(links.program_id, id), eq(clickDays.verdict, COUNTED), gte(clickDays.day, dayOf(now) - FIGURE_DAYS + 1)),
    );
  const sales = db
    .select({ count: sql`count(*)` })
    .from(conversions)
    .where(
      and(
        eq(conversions.program_id, id),
        IS_REAL,
        eq(conversions.type, "sale"),
        gte(conversions.occurred_at, now - FIGURE_DAYS * MS_PER_DAY),
      ),
    );
  const run = sql`(SELECT ${payoutRuns.status} FROM ${payoutRuns}
    WHERE ${payoutRuns.program_id} = ${id} AND ${payoutRuns.status} NOT IN ('paid', 'cancelled'))`;
  return db
    .select({
      slug: programs.slug,
      name: programs.name,
      approved: ofStatus("approved"),
      pending: ofStatus("pending"),
      clicks: sql<number>`${clicks}`,
      sales: sql<number>`${sales}`,
      open_run: sql<string | null>`${run}`,
    })
    .from(programs)
    .where(isInScope(id, scope))
    .orderBy(asc(programs.name), asc(id))
    .limit(PROGRAMS_SHOWN);
}

/** The programs that a user may see, by name, for the navigation. */
export async function listNavPrograms(db: Database, scope: ProgramScope): Promise<{ slug: string; name: string }[]> {
  const { slug, name, id } = programs;
  return db.select({ slug, name }).from(programs).where(isInScope(id, scope)).orderBy(asc(name)).limit(PROGRAMS_SHOWN);
}
