/** `/app`: the overview, and what of it is read again while it is open. */
import type { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import { readChanges, readPulse } from "../reports/changes.ts";
import { readOverview } from "../reports/overview.ts";
import { ALL_OWN, readOwnConversions } from "../reports/own-conversions.ts";
import { readOwnLinks } from "../reports/own-links.ts";
import { readTouched } from "../reports/touched.ts";
import { rememberBrowser } from "./own-visitors.ts";
import { type PageTools, type Portal, type PortalContext, readFormats } from "./page-tools.tsx";
import { sayCounts } from "./pages/chart.tsx";
import type { LiveProps } from "./pages/overview.tsx";
import { LivePart, OverviewPage } from "./pages/overview.tsx";
import { FormatsContext } from "./pages/reader.tsx";
import { isWithin, type Period, readPeriod } from "./period.ts";
import { lookAgain, parseVisits, VISITS_COOKIE, writeVisits } from "./visit.ts";
import { type Chosen, withProgram } from "./with-program.tsx";

const TOUCHED_SHOWN = 5;
const LINKS_SHOWN = 5;
const CONVERSIONS_SHOWN = 5;
/** As long as browsers keep any cookie. */
const VISITS_MAX_AGE_SECONDS = 34_560_000;

export function addOverviewRoutes(app: Hono<Portal>, tools: PageTools): void {
  app.get("/", (c) => withProgram(c, tools, "Overview", (chosen) => showOverview(c, tools, chosen)));

  // A few rows are read where nothing is new, which an open page asks every few seconds.
  app.get("/live", (c) =>
    withProgram(c, tools, "Overview", async (chosen) => {
      const tag = tagOf(await readPulse(chosen.db, accountOf(chosen), chosen.now));
      const headers = { ETag: tag };
      if (c.req.header("If-None-Match") === tag) return c.body(null, 304, headers);
      const live = await readLive(c, chosen, readPeriod(c.req.query(), chosen.now));
      const formats = readFormats(c);
      const { clicks, sales } = live.overview.activity;
      const news = encodeNews(`Now ${sayCounts({ clicks, sales }, formats)}`);
      const part = (
        <FormatsContext.Provider value={formats}>
          <LivePart {...live} />
        </FormatsContext.Provider>
      );
      return c.html(html`${part}`, 200, { ...headers, "X-News": news });
    }),
  );
}

async function showOverview(c: PortalContext, tools: PageTools, chosen: Chosen): Promise<Response> {
  const { affiliate, db, program, programs, now } = chosen;
  c.executionCtx.waitUntil(rememberBrowser(c, affiliate.id, now));
  const account = accountOf(chosen);
  const period = readPeriod(c.req.query(), now);
  const visits = parseVisits(getCookie(c, VISITS_COOKIE));
  const looking = (async () => {
    const pulse = await readPulse(db, account, now);
    const mark = { at: now, entry: pulse.last_entry, clicks: pulse.clicks_today };
    const visit = lookAgain(visits.get(program.id) ?? null, mark);
    const { since } = visit;
    const news = since && { since: since.at, changes: await readChanges(db, account, since, now) };
    return { pulse, visit, news };
  })();
  const [live, touched, { pulse, visit, news }] = await Promise.all([
    readLive(c, chosen, period),
    readTouched(db, account, { limit: TOUCHED_SHOWN, cursor: null }),
    looking,
  ]);
  setCookie(c, VISITS_COOKIE, writeVisits(visits, program.id, visit), {
    path: "/app",
    secure: true,
    httpOnly: true,
    sameSite: "Lax",
    maxAge: VISITS_MAX_AGE_SECONDS,
  });
  const tag = isWithin(period, now) ? tagOf(pulse) : null;
  const page = { ...live, programs, news, touched: touched.data, pulse: tag };
  return tools.show(c, 200, program.name, <OverviewPage {...page} />);
}

const accountOf = ({ program, affiliate }: Chosen) => ({ programId: program.id, affiliateId: affiliate.id });

/** A header holds ASCII only. */
function encodeNews(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, " ");
}

function tagOf({ clicks_today, last_entry, last_conversion }: Awaited<ReturnType<typeof readPulse>>): string {
  return `"${clicks_today}.${last_entry}.${last_conversion}"`;
}

async function readLive(c: PortalContext, chosen: Chosen, period: Period): Promise<LiveProps> {
  const { affiliate, db, program, now } = chosen;
  const account = accountOf(chosen);
  const [overview, links, latest] = await Promise.all([
    readOverview(db, c.env.ACCOUNTS, { program, affiliateId: affiliate.id, period, now }),
    readOwnLinks(db, account, period),
    readOwnConversions(db, account, ALL_OWN, { limit: CONVERSIONS_SHOWN, cursor: null }),
  ]);
  const shown = { links: links.rows.slice(0, LINKS_SHOWN), latest: latest.data };
  return { program, period, overview, ...shown, origin: new URL(c.req.url).origin, now };
}
