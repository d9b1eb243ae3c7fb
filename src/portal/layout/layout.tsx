import type { Child } from "hono/jsx";
import { raw } from "hono/utils/html";
import { script, style } from "./assets.ts";
import { type Brand, logoPathOf } from "./brand/brand.ts";
import { brandStyle } from "./brand/brand-style.ts";
import { type Formats, formatsFor, type Reader } from "./formats.ts";
import { FormatsContext } from "./formats-context.tsx";
import { buildNavHref, findCurrentPage, NAV_ITEMS } from "./navigation.ts";
import type { View } from "./sign-in/view-store.ts";

/** The tab's icon, inlined: the portal makes no requests to other sites. */
export const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%230f766e'/%3E%3Cpath d='M10 8l13 8.6-6 1.3-2.8 5.6z' fill='%23fff'/%3E%3C/svg%3E";

/** The id of the last element of every page. */
export const END_ID = "page-end";

/**
 * Makes browsers paint a page only when all of it has arrived. Otherwise tables and headings move while the rest of the page
 * arrives. Written as text, because the JSX renderer leaves `blocking` out.
 */
export const PAINT_AT_END = `<link rel="expect" href="#${END_ID}" blocking="render">`;

/** What the layout needs to know about a page. */
export interface PageFrame {
  /** The document title. */
  title: string;
  /** Allows the inline style and script in the Content-Security-Policy. */
  nonce: string;
  /** The signed-in affiliate, or null. */
  affiliate: { name: string; username: string } | null;
  /** The program whose page it is, or null. */
  brand: Brand | null;
  /** The user of the merchant who looks at the page, or null. */
  view: Pick<View, "viewer" | "expires_at"> | null;
  reader: Reader;
  /** The color of buttons and links, such as `#0f766e`; null for the portal's own. */
  color: string | null;
  /** The page's path and query parameters. */
  path: string;
  query: Readonly<Record<string, string>>;
}

/** The layout of every page: head, header with navigation, main content, footer. */
export function Layout({ frame, children }: { frame: PageFrame; children?: Child }) {
  const formats = formatsFor(frame.reader);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{frame.title}</title>
        <link rel="icon" href={ICON} />
        {raw(PAINT_AT_END)}
        <style nonce={frame.nonce}>{raw(style)}</style>
        {frame.color !== null && <style nonce={frame.nonce}>{raw(brandStyle(frame.color))}</style>}
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="bar">
          <div class="bar-inner">
            <a class="brand" href="/app">
              {frame.brand === null ? <BrandMark /> : <Face brand={frame.brand} />}
              <span>
                Affiliate portal<span class="vh">, overview</span>
              </span>
            </a>
            {frame.affiliate !== null && <SignedIn affiliate={frame.affiliate} is_view={frame.view !== null} />}
          </div>
          {frame.affiliate !== null && <Navigation frame={frame} />}
        </header>
        <main id="main">
          {frame.view !== null && <ViewNotice view={frame.view} formats={formats} />}
          <FormatsContext.Provider value={formats}>{children}</FormatsContext.Provider>
        </main>
        {frame.affiliate !== null && <Footer formats={formats} brand={frame.brand} />}
        <script nonce={frame.nonce}>{raw(script)}</script>
        <div id={END_ID} />
      </body>
    </html>
  );
}

function Navigation({ frame: { path, query } }: { frame: PageFrame }) {
  const current = findCurrentPage(path);
  return (
    <nav class="pages" aria-label="Portal">
      <ul>
        {NAV_ITEMS.map((item) => (
          <li>
            <a href={buildNavHref(item.path, query)} aria-current={item.path === current ? "page" : undefined}>
              {item.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Says who looks at whose portal, and ends it. */
function ViewNotice({ view, formats }: { view: NonNullable<PageFrame["view"]>; formats: Formats }) {
  return (
    <form method="post" action="/app/view/end" class="notice view">
      <p>
        {view.viewer ?? "Admin key"} is viewing this portal, read only, until {formats.time(view.expires_at)}.
      </p>
      <button type="submit">End view</button>
    </form>
  );
}

function SignedIn({ affiliate, is_view }: { affiliate: { name: string; username: string }; is_view: boolean }) {
  return (
    <div class="who">
      <span class="who-name">
        {affiliate.name} <span class="muted">{affiliate.username}</span>
      </span>
      {!is_view && (
        <form method="post" action="/app/sign-out">
          <button type="submit">Sign out</button>
        </form>
      )}
    </div>
  );
}

/** The program's logo, or its name. */
function Face({ brand }: { brand: Brand }) {
  if (brand.logo_url !== null)
    return <img class="logo" src={logoPathOf(brand)} alt={brand.name} width="120" height="32" />;
  return <strong class="brand-name">{brand.name}</strong>;
}

function Footer({ formats: { reader }, brand }: { formats: Formats; brand: Brand | null }) {
  const { zone } = reader;
  return (
    <footer class="foot">
      {brand !== null && (brand.support_email !== null || brand.terms_url !== null) && (
        <p>
          {brand.support_email !== null && (
            <>
              Questions? Write to <a href={`mailto:${brand.support_email}`}>{brand.support_email}</a>.{" "}
            </>
          )}
          {brand.terms_url !== null && (
            <a href={brand.terms_url} target="_blank" rel="noopener noreferrer">
              Terms of service<span class="vh"> (opens in a new tab)</span>
            </a>
          )}
        </p>
      )}
      <p>
        {zone === "UTC" ? "Days and times are in UTC." : `Times are in ${zone.replaceAll("_", " ")} time, days in UTC.`}{" "}
        Each visitor’s clicks count once an hour. Bots and link previews don’t count.
      </p>
    </footer>
  );
}

/** The logo. */
export function BrandMark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M10 8l13 8.6-6 1.3-2.8 5.6z" />
    </svg>
  );
}
