/** `/app`: the overview, and the part of it that an open page loads again. */
import type { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import { defineGroupQuery } from "../../affiliates/group-store.ts";
import { defineOwnRatesQuery } from "../../affiliates/own-rates-queries.ts";
import { defineAnnouncementsQuery } from "../../announcements/queries.ts";
import {
  addCommissions,
  defineAffiliateConversionsQuery,
  NO_FILTER,
} from "../../conversions/affiliate-conversion-queries.ts";
import { defineTouchedQuery } from "../../conversions/touched-queries.ts";
import { type QueryResults, runQueries, runQuery } from "../../db/query-batch.ts";
import { FormatsContext } from "../../portal/layout/formats-context.tsx";
import { type Portal, type PortalContext, readFormats, show } from "../../portal/layout/page.tsx";
import { isWithin, type Period, readPeriod } from "../../portal/layout/period.ts";
import { type ProgramContext, withProgramContext } from "../../portal/layout/program-context.tsx";
import { recordBrowser } from "../../portal/layout/sign-in/browser-identifier-store.ts";
import { summarizeReward } from "../../programs/summarize-reward.ts";
import { definePulseQuery, type Pulse, readChanges } from "../change-queries.ts";
import { defineLinksQuery, defineMainLinkQuery } from "../link-queries.ts";
import { buildOverview, defineOverviewQueries } from "../overview-queries.ts";
import { describeCounts } from "./chart.tsx";
import { parseVisits, serializeVisits, updateVisit, VISITS_COOKIE, type Visit } from "./last-visit.ts";
import { LivePart, type LiveProps, OverviewPage } from "./overview-page.tsx";

const TOUCHED_SHOWN = 5;
const LINKS_SHOWN = 5;
const CONVERSIONS_SHOWN = 5;
/** 400 days, the most that browsers allow. */
const VISITS_MAX_AGE_SECONDS = 34_560_000;

export function addOverviewRoutes(app: Hono<Portal>): void {
  app.get("/", (c) => withProgramContext(c, "Overview", (context) => showOverview(c, context)));
  // An open page polls this every few seconds. Without changes it reads only a few rows.
  app.get("/live", (c) => withProgramContext(c, "Overview", (context) => showLivePart(c, context)));
}

async function showLivePart(c: PortalContext, context: ProgramContext): Promise<Response> {
  const { db, now } = context;
  const etag = etagOf(await runQuery(db, definePulseQuery(db, accountOf(context), now)));
  const headers = { ETag: etag };
  if (c.req.header("If-None-Match") === etag) return c.body(null, 304, headers);
  const period = readPeriod(c.req.query(), now);
  const live = await buildLiveProps(c, context, period, await runQueries(db, defineLiveQueries(context, period)));
  const formats = readFormats(c);
  const { clicks, sales } = live.overview.activity;
  const news = toAscii(`Updated: ${describeCounts({ clicks, sales }, formats)}`);
  const part = (
    <FormatsContext.Provider value={formats}>
      <LivePart {...live} />
    </FormatsContext.Provider>
  );
  return c.html(html`${part}`, 200, { ...headers, "X-News": news });
}

async function showOverview(c: PortalContext, context: ProgramContext): Promise<Response> {
  const { affiliate, db, program, programs, now } = context;
  // A view by the merchant is no visit of the affiliate.
  const isOwnVisit = c.var.view === undefined;
  if (isOwnVisit) c.executionCtx.waitUntil(recordBrowser(c, affiliate.id, now));
  const account = accountOf(context);
  const period = readPeriod(c.req.query(), now);
  const visits = isOwnVisit ? parseVisits(getCookie(c, VISITS_COOKIE)) : new Map<number, Visit>();
  const { pulse, touched, main_link, group, own_rates, announcements, ...results } = await runQueries(db, {
    ...defineLiveQueries(context, period),
    pulse: definePulseQuery(db, account, now),
    touched: defineTouchedQuery(db, account, { limit: TOUCHED_SHOWN, cursor: null }),
    main_link: defineMainLinkQuery(db, account, now),
    announcements: defineAnnouncementsQuery(db, program.id, now),
    group: defineGroupQuery(db, account, now),
    own_rates: defineOwnRatesQuery(db, account, now),
  });
  const visit = updateVisit(visits.get(program.id) ?? null, {
    at: now,
    entry: pulse.last_entry,
    clicks: pulse.clicks_today,
  });
  const { since } = visit;
  const [live, news] = await Promise.all([
    buildLiveProps(c, context, period, results),
    since && readChanges(db, account, since, now).then((changes) => ({ since: since.at, changes })),
  ]);
  if (isOwnVisit) {
    setCookie(c, VISITS_COOKIE, serializeVisits(visits, program.id, visit), {
      path: "/app",
      secure: true,
      httpOnly: true,
      sameSite: "Lax",
      maxAge: VISITS_MAX_AGE_SECONDS,
    });
  }
  const etag = isWithin(period, now) ? etagOf(pulse) : null;
  const rewardOf = { own_rates: own_rates ?? [], group, tier: live.overview.tier?.name ?? null };
  const reward = summarizeReward(results.terms_now.terms, rewardOf, program.currency);
  const page = { ...live, main_link, reward, announcements, programs, news, touched: touched.data, pulse: etag };
  return show(c, 200, `${program.name} overview`, <OverviewPage {...page} />);
}

const accountOf = ({ program, affiliate }: ProgramContext) => ({ program_id: program.id, affiliate_id: affiliate.id });

/** Header values must be ASCII. */
function toAscii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, " ");
}

function etagOf({ clicks_today, last_entry, last_conversion }: Pulse): string {
  return `"${clicks_today}.${last_entry}.${last_conversion}"`;
}

const overviewRequestOf = ({ affiliate, program, now }: ProgramContext, period: Period) => ({
  ...{ program, affiliate_id: affiliate.id },
  ...{ period, now },
});

/** All queries that don't depend on the result of another one, for a single D1 batch. */
function defineLiveQueries(context: ProgramContext, period: Period) {
  const { db } = context;
  const account = accountOf(context);
  return {
    ...defineOverviewQueries(db, overviewRequestOf(context, period)),
    links: defineLinksQuery(db, account, period),
    latest: defineAffiliateConversionsQuery(db, account, NO_FILTER, { limit: CONVERSIONS_SHOWN, cursor: null }),
  };
}

async function buildLiveProps(
  c: PortalContext,
  context: ProgramContext,
  period: Period,
  results: QueryResults<ReturnType<typeof defineLiveQueries>>,
): Promise<LiveProps> {
  const { affiliate, db, program, now } = context;
  const [overview, latest] = await Promise.all([
    buildOverview(c.env.ACCOUNTS, overviewRequestOf(context, period), results),
    addCommissions(db, affiliate.id, results.latest.data),
  ]);
  const shown = { links: results.links.rows.slice(0, LINKS_SHOWN), latest };
  return { program, period, overview, ...shown, origin: new URL(c.req.url).origin, now };
}
