/** What the routes of the portal's pages have in common: who is asking, whose figures, and the page around theirs. */
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { SecureHeadersVariables } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Database, openDatabase } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import { type Formats, formatsFor, isZone, type Reader, readReader } from "./formats.ts";
import { Layout } from "./layout.tsx";
import type { findSession } from "./sign-in/sign-in-store.ts";

type Affiliate = NonNullable<Awaited<ReturnType<typeof findSession>>>;

/** The portal as its routes see it. */
export type Portal = {
  Bindings: Env;
  Variables: SecureHeadersVariables & {
    affiliate: Affiliate | null;
    /** The programme that was asked for by name and is the affiliate's: the navigation stays with it. */
    program?: string;
  };
};
export type PortalContext = Context<Portal>;

/** What routes of other files are given. */
export interface PageTools {
  /** Milliseconds since the epoch. */
  now: (request: Request) => number;
  signedIn: typeof signedIn;
  show: typeof show;
}

/** The reader's zone: what the script has seen that the browser says, and what was chosen on the account's page, which wins. */
const BROWSER_ZONE_COOKIE = "lc_zone";
export const CHOSEN_ZONE_COOKIE = "lc_chosen_zone";

/** For handlers behind the session check. */
export function signedIn(c: PortalContext): { affiliate: Affiliate; db: Database } {
  const { affiliate } = c.var;
  if (affiliate === null) throw new Error("a page for affiliates was reached by nobody");
  return { affiliate, db: openDatabase(c.env.DB) };
}

/** Whom the page is for. */
export function readReaderOf(c: PortalContext): Reader {
  const zones = [getCookie(c, CHOSEN_ZONE_COOKIE), getCookie(c, BROWSER_ZONE_COOKIE)];
  return readReader(
    c.req.header("Accept-Language") ?? null,
    zones.find((zone) => zone !== undefined && isZone(zone)),
  );
}

/** How that reader writes. */
export function readFormats(c: PortalContext): Formats {
  return formatsFor(readReaderOf(c));
}

/** A page. */
export function show(
  c: PortalContext,
  status: ContentfulStatusCode,
  title: string,
  page: Child,
): Response | Promise<Response> {
  // What is not there is nowhere in the navigation, and a programme that is another's is not named in it.
  const isFound = status !== 404;
  const frame = {
    title: `${title} · Affiliate portal`,
    nonce: c.get("secureHeadersNonce") ?? "",
    affiliate: c.var.affiliate ?? null,
    reader: readReaderOf(c),
    path: isFound ? c.req.path : "",
    query: isFound ? { ...c.req.query(), program: c.var.program ?? "" } : {},
  };
  return c.html(html`<!doctype html>${<Layout frame={frame}>{page}</Layout>}`, status);
}
