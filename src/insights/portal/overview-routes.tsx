/** `/app`: the overview, and what of it is read again while it is open. */
import type { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import { ALL_OWN, addCommissions, defineOwnConversionsQuery } from "../../conversions/own-conversion-queries.ts";
import { defineTouchedQuery } from "../../conversions/touched-queries.ts";
import { type QueryResults, runQueries, runQuery } from "../../db/query-batch.ts";
import { type PageTools, type Portal, type PortalContext, readFormats } from "../../portal/layout/page-tools.tsx";
import { isWithin, type Period, readPeriod } from "../../portal/layout/period.ts";
import { FormatsContext } from "../../portal/layout/reader.tsx";
import { rememberBrowser } from "../../portal/layout/sign-in/own-browser-store.ts";
import { type Chosen, withProgram } from "../../portal/layout/with-program.tsx";
import { definePulseQuery, type Pulse, readChanges } from "../change-queries.ts";
import { defineOwnLinksQuery } from "../link-queries.ts";
import { defineOverviewQueries, makeOverview } from "../overview-queries.ts";
import { sayCounts } from "./chart.tsx";
import { LivePart, type LiveProps, OverviewPage } from "./overview-page.tsx";
import { lookAgain, parseVisits, VISITS_COOKIE, writeVisits } from "./visit.ts";

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
      const { db, now } = chosen;
      const tag = tagOf(await runQuery(db, definePulseQuery(db, accountOf(chosen), now)));
      const headers = { ETag: tag };
      if (c.req.header("If-None-Match") === tag) return c.body(null, 304, headers);
      const period = readPeriod(c.req.query(), now);
      const live = await makeLive(c, chosen, period, await runQueries(db, defineLiveQueries(chosen, period)));
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
  const { pulse, touched, ...answers } = await runQueries(db, {
    ...defineLiveQueries(chosen, period),
    pulse: definePulseQuery(db, account, now),
    touched: defineTouchedQuery(db, account, { limit: TOUCHED_SHOWN, cursor: null }),
  });
  const visit = lookAgain(visits.get(program.id) ?? null, {
    at: now,
    entry: pulse.last_entry,
    clicks: pulse.clicks_today,
  });
  const { since } = visit;
  const [live, news] = await Promise.all([
    makeLive(c, chosen, period, answers),
    since && readChanges(db, account, since, now).then((changes) => ({ since: since.at, changes })),
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

const accountOf = ({ program, affiliate }: Chosen) => ({ program_id: program.id, affiliate_id: affiliate.id });

/** A header holds ASCII only. */
function encodeNews(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, " ");
}

function tagOf({ clicks_today, last_entry, last_conversion }: Pulse): string {
  return `"${clicks_today}.${last_entry}.${last_conversion}"`;
}

const overviewOf = ({ affiliate, program, now }: Chosen, period: Period) => ({
  ...{ program, affiliate_id: affiliate.id },
  ...{ period, now },
});

/** Everything that does not depend on an answer: D1 is asked once. */
function defineLiveQueries(chosen: Chosen, period: Period) {
  const { db } = chosen;
  const account = accountOf(chosen);
  return {
    ...defineOverviewQueries(db, overviewOf(chosen, period)),
    links: defineOwnLinksQuery(db, account, period),
    latest: defineOwnConversionsQuery(db, account, ALL_OWN, { limit: CONVERSIONS_SHOWN, cursor: null }),
  };
}

async function makeLive(
  c: PortalContext,
  chosen: Chosen,
  period: Period,
  answers: QueryResults<ReturnType<typeof defineLiveQueries>>,
): Promise<LiveProps> {
  const { affiliate, db, program, now } = chosen;
  const [overview, latest] = await Promise.all([
    makeOverview(c.env.ACCOUNTS, overviewOf(chosen, period), answers),
    addCommissions(db, affiliate.id, answers.latest.data),
  ]);
  const shown = { links: answers.links.rows.slice(0, LINKS_SHOWN), latest };
  return { program, period, overview, ...shown, origin: new URL(c.req.url).origin, now };
}
