/** `/app`: the overview, and what of it is read again while it is open. */
import type { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import { readChanges, readPulse } from "../reports/changes.ts";
import { readLinkRows } from "../reports/link-rows.ts";
import { readLatestConversions, readOverview } from "../reports/overview.ts";
import { readTouched } from "../reports/touched.ts";
import { rememberBrowser } from "./own-visitors.ts";
import { type OwnProgram, type PageTools, type Portal, type PortalContext, readFormats } from "./page-tools.tsx";
import { sayCounts } from "./pages/chart.tsx";
import type { LiveProps } from "./pages/overview.tsx";
import { LivePart, OverviewPage } from "./pages/overview.tsx";
import { FormatsContext } from "./pages/reader.tsx";
import { isWithin, type Period, readPeriod } from "./period.ts";
import { lookAgain, parseVisits, VISITS_COOKIE, writeVisits } from "./visit.ts";

const TOUCHED_SHOWN = 5;
const LINKS_SHOWN = 5;
const CONVERSIONS_SHOWN = 5;
/** As long as browsers keep any cookie. */
const VISITS_MAX_AGE_SECONDS = 34_560_000;

export function addOverviewRoutes(app: Hono<Portal>, tools: PageTools): void {
  app.get("/", async (c) => {
    const now = tools.now(c.req.raw);
    const { affiliate, db } = tools.signedIn(c);
    c.executionCtx.waitUntil(rememberBrowser(c, affiliate.id, now));
    const own = await tools.ownProgram(c, "Overview");
    if (own instanceof Response) return own;
    const { program, programs, account } = own;
    const period = readPeriod(c.req.query(), now);
    const isLive = isWithin(period, now);
    const visits = parseVisits(getCookie(c, VISITS_COOKIE));
    const looking = (async () => {
      const pulse = await readPulse(db, account, now);
      const mark = { at: now, entry: pulse.last_entry, clicks: pulse.clicks_today };
      const visit = lookAgain(visits.get(program.id) ?? null, mark);
      const changes = visit.since && (await readChanges(db, account, visit.since, now));
      return { pulse, visit, news: visit.since && changes && { since: visit.since.at, changes } };
    })();
    const [live, touched, { pulse, visit, news }] = await Promise.all([
      readLive(c, tools, own, period),
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
    const page = (
      <OverviewPage
        {...live}
        programs={programs}
        news={news}
        touched={touched.data}
        pulse={isLive ? tagOf(pulse) : null}
      />
    );
    return tools.show(c, 200, program.name, page);
  });

  // A few rows are read where nothing is new, which an open page asks every few seconds.
  app.get("/live", async (c) => {
    const now = tools.now(c.req.raw);
    const own = await tools.ownProgram(c, "Overview");
    if (own instanceof Response) return own;
    const tag = tagOf(await readPulse(tools.signedIn(c).db, own.account, now));
    const headers = { ETag: tag };
    if (c.req.header("If-None-Match") === tag) return c.body(null, 304, headers);
    const live = await readLive(c, tools, own, readPeriod(c.req.query(), now));
    const formats = readFormats(c);
    const { clicks, sales } = live.overview.activity;
    const news = `Now ${sayCounts({ clicks, sales }, formats)}`;
    const part = (
      <FormatsContext.Provider value={formats}>
        <LivePart {...live} />
      </FormatsContext.Provider>
    );
    return c.html(html`${part}`, 200, { ...headers, "X-News": encodeNews(news) });
  });
}

/** A header holds ASCII only. */
function encodeNews(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, " ");
}

function tagOf({ clicks_today, last_entry, last_conversion }: Awaited<ReturnType<typeof readPulse>>): string {
  return `"${clicks_today}.${last_entry}.${last_conversion}"`;
}

async function readLive(c: PortalContext, tools: PageTools, own: OwnProgram, period: Period): Promise<LiveProps> {
  const { db } = tools.signedIn(c);
  const now = tools.now(c.req.raw);
  const { program, account } = own;
  const [overview, links, latest] = await Promise.all([
    readOverview(db, c.env.ACCOUNTS, { program, affiliateId: account.affiliateId, period, now }),
    readLinkRows(db, account, { period, currency: program.currency, limit: LINKS_SHOWN }),
    readLatestConversions(db, account, CONVERSIONS_SHOWN),
  ]);
  return { program, period, overview, latest, links, origin: new URL(c.req.url).origin, now };
}
