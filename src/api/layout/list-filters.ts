/** Filters that several lists have. Each throws 422 where it names nothing that exists, or that the actor may not see. */

import { and, eq } from "drizzle-orm";
import * as v from "valibot";
import { affiliates } from "../../affiliates/tables.ts";
import { startOfDay } from "../../lib/calendar.ts";
import { Problem } from "../../lib/problem.ts";
import { calendarDay, parseAllFields } from "../../lib/validation.ts";
import { isEnrolledInScope, type ProgramScope } from "../../programs/scope-queries.ts";
import type { ApiCall } from "./api-app.ts";
import { findAffiliate, findProgram } from "./find-records.ts";

/** The programs that a list is limited to: `?program=`, or all that the actor may see. */
export async function readProgramFilter(c: ApiCall): Promise<ProgramScope> {
  const { program_ids } = c.var.actor;
  const slug = c.req.query("program");
  if (slug === undefined) return program_ids;
  const { id } = await findProgram(c.var.db, slug, "program");
  if (program_ids === null || program_ids.includes(id)) return [id];
  throw new Problem(422, "program_not_found", `There is no program "${slug}".`, "program");
}

/** The id of the affiliate that a list is limited to: `?affiliate=`, a username; null for all. */
export async function readAffiliateFilter(c: ApiCall): Promise<number | null> {
  const { db, actor } = c.var;
  const username = c.req.query("affiliate");
  if (username === undefined) return null;
  const { id } = await findAffiliate(db, username, "affiliate");
  const isVisible = and(eq(affiliates.id, id), isEnrolledInScope(affiliates.id, actor.program_ids));
  if ((await db.select({ id: affiliates.id }).from(affiliates).where(isVisible).get()) !== undefined) return id;
  throw new Problem(422, "affiliate_not_found", `There is no affiliate "${username}".`, "affiliate");
}

/** One of these values, null for any: `?status=`, `?kind=` … */
export function readChoice<const Choice extends string>(
  c: ApiCall,
  name: string,
  choices: readonly Choice[],
): Choice | null {
  const asked = c.req.query(name);
  if (asked === undefined) return null;
  const choice = choices.find((one) => one === asked);
  if (choice !== undefined) return choice;
  throw new Problem(422, `invalid_${name}`, `${name} must be one of: ${choices.join(", ")}.`, name);
}

/** `?name=true` or `?name=false`; null if it is left out. */
export function readFlag(c: ApiCall, name: string): boolean | null {
  const asked = c.req.query(name);
  if (asked === undefined) return null;
  if (asked === "true" || asked === "false") return asked === "true";
  throw new Problem(422, `invalid_${name}`, `${name} must be true or false.`, name);
}

const days = v.object({ from: v.optional(calendarDay), to: v.optional(calendarDay) });

/** `?from=` and `?to=`, UTC days that are both included, as times in ms with `until` excluded; null for an open end. */
export function readDays(c: ApiCall): { since: number | null; until: number | null } {
  const { from, to } = parseAllFields(days, c.req.query());
  if (from !== undefined && to !== undefined && from > to) {
    throw new Problem(422, "invalid_from", "from: must not be after to.", "from");
  }
  return {
    since: from === undefined ? null : startOfDay(from),
    until: to === undefined ? null : startOfDay(to + 1),
  };
}
