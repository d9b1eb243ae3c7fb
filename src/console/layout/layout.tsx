import type { Child } from "hono/jsx";
import { raw } from "hono/utils/html";
import { style } from "../../portal/layout/assets.ts";
import { formatsFor, type Reader } from "../../portal/layout/formats.ts";
import { FormatsContext } from "../../portal/layout/formats-context.tsx";
import { BrandMark, ICON } from "../../portal/layout/layout.tsx";

/** What the layout needs to know about a page. */
export interface ConsoleFrame {
  /** The document title. */
  title: string;
  /** Allows the inline style in the Content-Security-Policy. */
  nonce: string;
  /** Who is signed in, or null. */
  signed_in: { name: string; role: string } | null;
  reader: Reader;
}

/** The layout of every page of the console. Pages have no scripts. */
export function ConsoleLayout({ frame, children }: { frame: ConsoleFrame; children?: Child }) {
  const { title, nonce, signed_in, reader } = frame;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <link rel="icon" href={ICON} />
        <style nonce={nonce}>{raw(style)}</style>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="bar">
          <div class="bar-inner">
            <a class="brand" href="/admin">
              <BrandMark />
              <span>
                Console<span class="vh">, overview</span>
              </span>
            </a>
            {signed_in !== null && (
              <div class="who">
                <span class="who-name">
                  {signed_in.name} <span class="muted">{signed_in.role}</span>
                </span>
                <form method="post" action="/admin/sign-out">
                  <button type="submit">Sign out</button>
                </form>
              </div>
            )}
          </div>
        </header>
        <main id="main">
          <FormatsContext.Provider value={formatsFor(reader)}>{children}</FormatsContext.Provider>
        </main>
        {signed_in !== null && (
          <footer class="foot">
            <p>Times are in UTC.</p>
          </footer>
        )}
      </body>
    </html>
  );
}
