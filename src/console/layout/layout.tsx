import type { Child } from "hono/jsx";
import { raw } from "hono/utils/html";
import { formatsFor, type Reader } from "../../portal/layout/formats.ts";
import { FormatsContext } from "../../portal/layout/formats-context.tsx";
import { BrandMark, END_ID, ICON, PAINT_AT_END } from "../../portal/layout/layout.tsx";
import { script, style } from "./assets.ts";
import { listProgramPages, listTeamPages, type NavItem, type NavState, programHref } from "./navigation.ts";

/** What the layout needs to know about a page. */
export interface ConsoleFrame {
  /** The document title. */
  title: string;
  /** Allows the inline style and script in the Content-Security-Policy. */
  nonce: string;
  /** Who is signed in, or null. */
  signed_in: { name: string; nav: NavState; programs: readonly { slug: string; name: string }[] } | null;
  reader: Reader;
}

/** The layout of every page of the console. */
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
        {raw(PAINT_AT_END)}
        <style nonce={nonce}>{raw(style)}</style>
      </head>
      <body class="console">
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
                  {signed_in.name} <span class="muted">{signed_in.nav.role}</span>
                </span>
                <form method="post" action="/admin/sign-out">
                  <button type="submit">Sign out</button>
                </form>
              </div>
            )}
          </div>
        </header>
        <div class="frame">
          {signed_in !== null && <Navigation {...signed_in} />}
          <main id="main">
            <FormatsContext.Provider value={formatsFor(reader)}>{children}</FormatsContext.Provider>
          </main>
        </div>
        {signed_in !== null && (
          <footer class="foot">
            <p>
              Days and times are in UTC. <a href="/docs">Docs</a>
            </p>
          </footer>
        )}
        <script nonce={nonce}>{raw(script)}</script>
        <div id={END_ID} />
      </body>
    </html>
  );
}

type Navigation = NonNullable<ConsoleFrame["signed_in"]>;

/** On a narrow screen it is folded up, and its summary names the current page. */
function Navigation({ nav, programs }: Navigation) {
  const program = programs.find(({ slug }) => slug === nav.program) ?? null;
  const overview = { label: "Overview", href: "/admin", is_current: nav.path === "/admin" };
  const [program_pages, team_pages] = [listProgramPages(nav), listTeamPages(nav)];
  const current = [overview, ...program_pages, ...team_pages].find(({ is_current }) => is_current);
  return (
    <nav class="side" aria-label="Console">
      <details class="side-menu" open>
        <summary>{current?.label ?? "Menu"}</summary>
        <NavList items={[overview]} />
        {program !== null && (
          <section aria-labelledby="nav-program">
            <h2 id="nav-program">{program.name}</h2>
            {programs.length > 1 && <ProgramSwitch programs={programs} current={program.slug} path={nav.path} />}
            <NavList items={program_pages} />
          </section>
        )}
        <section aria-labelledby="nav-team">
          <h2 id="nav-team">Workspace</h2>
          <NavList items={team_pages} />
        </section>
      </details>
    </nav>
  );
}

function NavList({ items }: { items: readonly NavItem[] }) {
  return (
    <ul>
      {items.map(({ label, href, is_current }) => (
        <li>
          <a href={href} aria-current={is_current ? "page" : undefined}>
            {label}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Leads to the same page of another program. */
function ProgramSwitch(props: { programs: Navigation["programs"]; current: string; path: string }) {
  const { programs, current, path } = props;
  const page = /^\/admin\/programs\/[^/]+(\/[a-z-]+)/.exec(path)?.[1] ?? "/affiliates";
  return (
    <details class="switch-program">
      <summary>Switch program</summary>
      <ul>
        {programs
          .filter(({ slug }) => slug !== current)
          .map(({ slug, name }) => (
            <li>
              <a href={programHref(slug, page)}>{name}</a>
            </li>
          ))}
      </ul>
    </details>
  );
}
