/** What the routes of console pages share: the context's type, the session, and the page layout. */
import type { Context } from "hono";
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { SecureHeadersVariables } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Database, openDatabase } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import { parseReader } from "../../portal/layout/formats.ts";
import { FIRST_KEY } from "../../users/actor.ts";
import { ConsoleLayout } from "./layout.tsx";
import { NotFoundPage } from "./message.tsx";
import type { Session } from "./sign-in-store.ts";

/** The bindings and variables of the console's Hono app. */
export type Console = {
  Bindings: Env;
  Variables: SecureHeadersVariables & {
    /** When the request arrived, in milliseconds since the epoch. */
    now: number;
    /** Null before the session check, and without a session. */
    session: Session | null;
  };
};
export type ConsoleContext = Context<Console>;

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
  const { session } = c.var;
  const frame = {
    title: `${title} · Console`,
    nonce: c.get("secureHeadersNonce") ?? "",
    signed_in: session && { name: nameSession(session), role: session.actor.role },
    reader: parseReader(c.req.header("Accept-Language") ?? null, undefined),
  };
  return c.html(html`<!doctype html>${<ConsoleLayout frame={frame}>{page}</ConsoleLayout>}`, status);
}

/** The 404 page. */
export function showNotFound(c: ConsoleContext): Response | Promise<Response> {
  return show(c, 404, "Not found", <NotFoundPage />);
}
