/**
 * Who may make a call. Without a declaration, every role may read, and owners and managers may change; an actor that is limited
 * to programs may call only routes below `/programs/:program` and `/affiliates/:username`, whose program or affiliate is checked
 * here. A route that is for other roles, or that checks programs itself, declares it with {@link permit}.
 */
import { and, eq, inArray, notInArray } from "drizzle-orm";
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { affiliates, enrollments } from "../../affiliates/tables.ts";
import { type Database, openDatabase } from "../../db/database.ts";
import { Problem } from "../../lib/problem.ts";
import { programs } from "../../programs/tables.ts";
import type { Actor } from "../../users/actor.ts";
import { isPermitted, PERMISSIONS, type Permission } from "../../users/roles.ts";
import type { ApiCall, ApiEnv } from "./api-app.ts";

type Permitting = MiddlewareHandler<ApiEnv> & { access: DeclaredAccess };

interface DeclaredAccess {
  permission: Permission;
  checks_programs: boolean;
}

/** What an actor needs for a route. */
export interface Access {
  permission: Permission;
  /**
   * How an actor that is limited to programs is held to them: by the program or affiliate in the path, by the handler
   * (`checked`), or not at all, so that such an actor may not call the route (`refused`).
   */
  limit: "program" | "affiliate" | "checked" | "refused";
}

/** A route of the router: its pattern, such as `/programs/:program`, and one of its handlers. */
interface Route {
  method: string;
  path: string;
  handler: object;
}

/** Declares the permission that a route needs, and whether its handler itself holds actors to their programs. */
export function permit(permission: Permission, options: { checks_programs?: boolean } = {}): Permitting {
  const access = { permission, checks_programs: options.checks_programs ?? false };
  return Object.assign<MiddlewareHandler<ApiEnv>, Pick<Permitting, "access">>((_, next) => next(), { access });
}

/** What an actor needs for a route, of which `routes` are the handlers. */
export function accessOf(routes: readonly Route[]): Access {
  const declared = routes.map(({ handler }) => handler).find(isPermitting)?.access ?? null;
  const { method = "GET", path = "" } = routes.at(-1) ?? {};
  const permission = declared?.permission ?? (method === "GET" ? "read" : "write");
  if (declared?.checks_programs) return { permission, limit: "checked" };
  if (path.split("/").includes(":program")) return { permission, limit: "program" };
  return { permission, limit: path.split("/").includes(":username") ? "affiliate" : "refused" };
}

/** Throws 403 if the actor's role doesn't permit the call, and 403 or 404 if its programs don't. An unknown path is left to its 404. */
export async function refuseForbidden(c: ApiCall): Promise<void> {
  const { actor } = c.var;
  const matched = matchedRoutes(c).filter(({ method }) => method !== "ALL");
  // A path can match the patterns of several routes.
  const routes = Map.groupBy(matched, ({ path }) => path);
  for (const [pattern, handlers] of routes) {
    const access = accessOf(handlers);
    if (!isPermitted(actor.role, access.permission)) throw refuseRole(actor, access.permission);
    if (actor.program_ids === null) continue;
    const limits = { db: openDatabase(c.env.DB), program_ids: actor.program_ids };
    switch (access.limit) {
      case "program":
        await requireProgram(limits, readParameter(c.req.path, pattern, ":program"));
        break;
      case "affiliate":
        await requireAffiliate(limits, readParameter(c.req.path, pattern, ":username"), c.req.method);
        break;
      case "checked":
        break;
      case "refused":
        throw refuseLimited();
    }
  }
}

/** The error for a role without a permission. */
export function refuseRole({ role }: Pick<Actor, "role">, permission: Permission): Problem {
  const detail = `Your role is ${role}. This call needs one of these roles: ${PERMISSIONS[permission].join(", ")}.`;
  return new Problem(403, "role_not_permitted", detail);
}

/** The error for a call that concerns all programs. */
export function refuseLimited(): Problem {
  const detail = "Your access is limited to some programs, and this call concerns all of them.";
  return new Problem(403, "all_programs_needed", detail);
}

interface Limits {
  db: Database;
  program_ids: readonly number[];
}

/** Throws the same 404 as for a program that doesn't exist. */
async function requireProgram({ db, program_ids }: Limits, slug: string): Promise<void> {
  const row = await db.select({ id: programs.id }).from(programs).where(eq(programs.slug, slug)).get();
  if (row !== undefined && program_ids.includes(row.id)) return;
  throw new Problem(404, "program_not_found", `There is no program "${slug}".`);
}

/**
 * Throws the same 404 as for an affiliate that doesn't exist, unless it is enrolled in one of the programs. What changes the
 * affiliate itself, such as its payment details, has effect in all of its programs: throws 403 unless these are all of them.
 */
async function requireAffiliate({ db, program_ids }: Limits, username: string, method: string): Promise<void> {
  const isThis = eq(affiliates.username, username.toLowerCase());
  const enrolled = (isIn: ReturnType<typeof inArray>) =>
    db
      .select({ program_id: enrollments.program_id })
      .from(enrollments)
      .innerJoin(affiliates, eq(affiliates.id, enrollments.affiliate_id))
      .where(and(isThis, isIn))
      .limit(1)
      .get();
  if ((await enrolled(inArray(enrollments.program_id, [...program_ids]))) === undefined) {
    throw new Problem(404, "affiliate_not_found", `There is no affiliate "${username}".`);
  }
  if (method === "GET" || method === "HEAD") return;
  if ((await enrolled(notInArray(enrollments.program_id, [...program_ids]))) === undefined) return;
  const detail = `${username} is also in programs that your access doesn't include, and this call concerns all of them.`;
  throw new Problem(403, "affiliate_in_other_programs", detail);
}

/** The segment of a path at a parameter of its pattern, decoded as the router does. */
function readParameter(path: string, pattern: string, name: string): string {
  const segment = path.split("/")[pattern.split("/").indexOf(name)] ?? "";
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function isPermitting(handler: object): handler is Permitting {
  return "access" in handler;
}
