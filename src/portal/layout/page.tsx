/** What the routes of portal pages share: the context's type, the signed-in affiliate, the reader, and the page layout. */
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { SecureHeadersVariables } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { readAffiliatePrograms } from "../../affiliates/enrollment-queries.ts";
import { type Database, openDatabase } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import type { Brand } from "./brand/brand.ts";
import { type Formats, formatsFor, isTimeZone, parseReader, type Reader } from "./formats.ts";
import { Layout } from "./layout.tsx";
import { NotFoundPage } from "./message.tsx";
import type { findSession } from "./sign-in/sign-in-store.ts";
import type { View } from "./sign-in/view-store.ts";

type Affiliate = NonNullable<Awaited<ReturnType<typeof findSession>>>;

/** The bindings and variables of the portal's Hono app. */
export type Portal = {
  Bindings: Env;
  Variables: SecureHeadersVariables & {
    /** When the request arrived, in milliseconds since the epoch. */
    now: number;
    /** Null before the session check, and without a session. */
    affiliate: Affiliate | null;
    /** Set where a user of the merchant looks at the affiliate's portal. */
    view?: View;
    /** The slug of the program the URL names, if the affiliate is in it. Links in the navigation keep it. */
    program?: string;
    /** The color of the page's buttons: a program's on its sign-up page. */
    brand_color?: string;
    /** The program whose page it is. */
    brand?: Brand;
  };
};
export type PortalContext = Context<Portal>;

/** The browser's own time zone, which the page script stores. */
const BROWSER_ZONE_COOKIE = "lc_zone";
/** The time zone chosen on the account page. It takes precedence over the browser's. */
export const CHOSEN_ZONE_COOKIE = "lc_chosen_zone";

/** The signed-in affiliate and the database, for handlers behind the session check. Throws if there is no session. */
export function signedIn(c: PortalContext): { affiliate: Affiliate; db: Database } {
  const { affiliate } = c.var;
  if (affiliate === null) throw new Error("a page for signed-in affiliates was reached without a session");
  return { affiliate, db: openDatabase(c.env.DB) };
}

/** The reader's locale and time zone. */
export function readReader(c: PortalContext): Reader {
  const zones = [getCookie(c, CHOSEN_ZONE_COOKIE), getCookie(c, BROWSER_ZONE_COOKIE)];
  return parseReader(
    c.req.header("Accept-Language") ?? null,
    zones.find((zone) => zone !== undefined && isTimeZone(zone)),
  );
}

/** Formats for the reader of this request. */
export function readFormats(c: PortalContext): Formats {
  return formatsFor(readReader(c));
}

/**
 * The brand of a page: that of its program. A page that isn't about one program has the brand of the affiliate's only one. Pages
 * of errors have none, so that they work without the database.
 */
async function findBrand(c: PortalContext, status: number): Promise<Brand | null> {
  if (c.var.brand !== undefined) return c.var.brand;
  if (c.var.affiliate === null || status >= 500 || status === 404) return null;
  const [program, ...others] = await readAffiliatePrograms(openDatabase(c.env.DB), c.var.affiliate.id);
  return program !== undefined && others.length === 0 ? program : null;
}

/** Renders a page inside the portal's layout. */
export async function show(
  c: PortalContext,
  status: ContentfulStatusCode,
  title: string,
  page: Child,
): Promise<Response> {
  // A 404 page marks no item as current, and its navigation must not name a program of another affiliate.
  const isFound = status !== 404;
  const brand = await findBrand(c, status);
  const frame = {
    brand,
    title: `${title} · Affiliate portal`,
    nonce: c.get("secureHeadersNonce") ?? "",
    affiliate: c.var.affiliate ?? null,
    view: c.var.view ?? null,
    reader: readReader(c),
    color: c.var.brand_color ?? brand?.color ?? null,
    path: isFound ? c.req.path : "",
    query: isFound ? { ...c.req.query(), program: c.var.program ?? "" } : {},
  };
  return c.html(html`<!doctype html>${<Layout frame={frame}>{page}</Layout>}`, status);
}

/** The 404 page, the same for everything that doesn't exist or belongs to another affiliate: without a program's brand. */
export function showNotFound(c: PortalContext): Response | Promise<Response> {
  c.set("brand", undefined);
  return show(c, 404, "Not found", <NotFoundPage />);
}
