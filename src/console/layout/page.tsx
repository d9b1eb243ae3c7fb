/** What the routes of console pages share: the context's type, the session, and the page layout. */
import type { Context, Hono, MiddlewareHandler } from "hono";
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { SecureHeadersVariables } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Database, openDatabase } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import { parseReader } from "../../portal/layout/formats.ts";
import { FIRST_KEY } from "../../users/actor.ts";
import { isPermitted, PERMISSIONS, type Permission } from "../../users/roles.ts";
import { ConsoleLayout } from "./layout.tsx";
import { NotFoundPage, NotPermittedPage } from "./message.tsx";
import { findProgramInPath } from "./navigation.ts";
import type { Session } from "./sign-in-store.ts";

/** The API's app, mounted at `/v1`. */
export interface ApiFetcher {
  fetch(request: Request, env: Env, execution: ConsoleContext["executionCtx"]): Response | Promise<Response>;
}

/** A program in the navigation. */
export interface NavProgram {
  slug: string;
  name: string;
}

/** The bindings and variables of the console's Hono app. */
export type Console = {
  Bindings: Env;
  Variables: SecureHeadersVariables & {
    /** When the request arrived, in milliseconds since the epoch. */
    now: number;
    /** Null before the session check, and without a session. */
    session: Session | null;
    api: ApiFetcher;
    /** The bindings for calls that only read: those that a page makes at once share their round trips to the database. */
    reading_env: Env;
    /** The programs that the user may see, the first by name first. */
    programs: readonly NavProgram[];
  };
};
export type ConsoleApp = Hono<Console>;
export type ConsoleContext = Context<Console>;

type Permitting = MiddlewareHandler<Console> & { permissions: readonly Permission[] };

/**
 * Lets only roles with all of these permissions open a page or submit a form. Every route of the console declares it; a test walks them.
 * The API checks it once more, and holds users to their programs.
 */
export function allow(...permissions: readonly Permission[]): Permitting {
  const check: MiddlewareHandler<Console> = async (c, next) => {
    const missing = permissions.find((permission) => !may(c, permission));
    return missing === undefined ? next() : showNotPermitted(c, missing);
  };
  return Object.assign(check, { permissions });
}

/** Whether the signed-in user's role has a permission: what it may not do isn't shown. */
export function may(c: ConsoleContext, permission: Permission): boolean {
  return isPermitted(signedIn(c).session.actor.role, permission);
}

/** The session and the database, for handlers behind the session check. Throws if there is no session. */
export function signedIn(c: ConsoleContext): { session: Session; db: Database } {
  const { session } = c.var;
  if (session === null) throw new Error("a page for signed-in users was reached without a session");
  return { session, db: openDatabase(c.env.DB) };
}

/** Who is signed in, as pages show it. */
export function nameSession({ name, actor }: Session): string {
  return name ?? (actor.key_id === FIRST_KEY ? "Admin key" : "API key");
}

/** Renders a page inside the console's layout. */
export function show(
  c: ConsoleContext,
  status: ContentfulStatusCode,
  title: string,
  page: Child,
): Response | Promise<Response> {
  const { session, programs = [] } = c.var;
  const { path } = c.req;
  const program = findProgramInPath(path) ?? c.req.query("program") ?? programs[0]?.slug ?? null;
  const frame = {
    title: `${title} · Console`,
    nonce: c.get("secureHeadersNonce") ?? "",
    signed_in: session && {
      name: nameSession(session),
      programs,
      nav: { role: session.actor.role, is_limited: session.actor.program_ids !== null, program, path },
    },
    reader: parseReader(c.req.header("Accept-Language") ?? null, undefined),
  };
  return c.html(html`<!doctype html>${<ConsoleLayout frame={frame}>{page}</ConsoleLayout>}`, status);
}

/** The 404 page. */
export function showNotFound(c: ConsoleContext): Response | Promise<Response> {
  return show(c, 404, "Not found", <NotFoundPage />);
}

/** The 403 page. */
export function showNotPermitted(c: ConsoleContext, permission: Permission): Response | Promise<Response> {
  const { role } = signedIn(c).session.actor;
  const detail = `Your role is ${role}. This needs one of these roles: ${PERMISSIONS[permission].join(", ")}.`;
  return show(c, 403, "Not permitted", <NotPermittedPage detail={detail} />);
}
