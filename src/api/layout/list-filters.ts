/** Filters that several lists have. Each throws 422 where it names nothing that exists, or that the actor may not see. */
import * as v from "valibot";
import { startOfDay } from "../../lib/calendar.ts";
import { Problem } from "../../lib/problem.ts";
import { calendarDay, parseAllFields } from "../../lib/validation.ts";
import type { ProgramScope } from "../../programs/scope-queries.ts";
import type { ApiCall } from "./api-app.ts";
import { findLink, findVisibleAffiliate, findVisibleProgram } from "./find-records.ts";

/** The programs that a list is limited to: `?program=`, or all that the actor may see. */
export async function readProgramFilter(c: ApiCall): Promise<ProgramScope> {
  const slug = c.req.query("program");
  return slug === undefined ? c.var.actor.program_ids : [(await findVisibleProgram(c, slug, "program")).id];
}

/** The id of the affiliate that a list is limited to: `?affiliate=`, a username; null for all. */
export async function readAffiliateFilter(c: ApiCall): Promise<number | null> {
  const username = c.req.query("affiliate");
  return username === undefined ? null : (await findVisibleAffiliate(c, username, "affiliate")).id;
}

/** The link that a list is limited to: `?link=`, a slug, with `?host=` where several hosts have it; null for all. */
export async function readLinkFilter(
  c: ApiCall,
): Promise<{ id: number; program_id: number; affiliate_id: number } | null> {
  const { link, host } = c.req.query();
  return link === undefined ? null : findLink(c, link, host, "link");
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

/** A country as ISO 3166-1 alpha-2, null for any. */
export function readCountry(c: ApiCall, name: string): string | null {
  const country = c.req.query(name);
  if (country === undefined || /^[A-Z]{2}$/.test(country)) return country ?? null;
  const detail = `${name} must be an ISO 3166-1 alpha-2 code, such as US.`;
  throw new Problem(422, `invalid_${name}`, detail, name);
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

/** The error for filters that no row can match. */
export function contradiction(field: string, detail: string): Problem {
  return new Problem(422, "filters_contradict", `${field}: ${detail}`, field);
}
