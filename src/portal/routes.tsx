/** The affiliates' portal below /app: who is asking, what they may see, which page. */
import { type Context, Hono } from "hono";
import { csrf } from "hono/csrf";
import { html } from "hono/html";
import { HTTPException } from "hono/http-exception";
import type { Child } from "hono/jsx";
import { NONCE, type SecureHeadersVariables, secureHeaders } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Database, openDatabase } from "../db/database.ts";
import type { Env } from "../env.ts";
import { answerLedger } from "../reports/ledger-file.ts";
import { readAffiliatePrograms, readOverview } from "../reports/overview.ts";
import { readOwnConversion } from "../reports/own-conversion.ts";
import { readOwnTerms } from "../reports/own-terms.ts";
import { readOwnTouched, readTouched } from "../reports/touched.ts";
import { addAccountRoutes } from "./account-routes.tsx";
import { addConversionRoutes } from "./conversion-routes.tsx";
import { Layout } from "./layout.tsx";
import { addLinkRoutes, type ForgetLink } from "./link-routes.tsx";
import { canMail } from "./mail-link.ts";
import { rememberBrowser } from "./own-browser.ts";
import { ConversionPage, titleOf } from "./pages/conversion.tsx";
import { FailurePage, ForbiddenPage, NoProgramPage, NotFoundPage } from "./pages/message.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { ProgramPage } from "./pages/program.tsx";
import { SignInPage } from "./pages/sign-in.tsx";
import { Touched, TouchedPage } from "./pages/touched.tsx";
import { addPayoutRoutes } from "./payout-routes.tsx";
import { readPeriod } from "./period.ts";
import { addReferredRoutes } from "./referred-routes.tsx";
import { addReportRoutes } from "./report-routes.tsx";
import { readSessionCookie } from "./session.ts";
import { findSession } from "./sign-in.ts";
import { addSignInRoutes } from "./sign-in-routes.tsx";

type Affiliate = NonNullable<Awaited<ReturnType<typeof findSession>>>;
/** The portal as its routes see it. */
export type Portal = { Bindings: Env; Variables: SecureHeadersVariables & { affiliate: Affiliate | null } };
export type PortalContext = Context<Portal>;

/** What routes of other files are given. */
export interface PageTools {
  now: (request: Request) => number;
  /** For handlers behind the session check. */
  signedIn: (c: PortalContext) => { affiliate: Affiliate; db: Database };
  show: typeof show;
}

/** Nothing but the page itself: one style, the page's own script and the tab's icon, no frame, no other site. */
const POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: [NONCE],
  scriptSrc: [NONCE],
  imgSrc: ["data:"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};
const TOUCHED_SHOWN = 5;
/** Half a year, for this host only: what runs on its subdomains is not ours to decide. */
const TRANSPORT_SECURITY = "max-age=15552000";

/** The affiliates' portal below /app. */
export function portalRoutes(tools: { now: (request: Request) => number; forgetLink: ForgetLink }): Hono<Portal> {
  const app = new Hono<Portal>();
  app.use(
    secureHeaders({
      contentSecurityPolicy: POLICY,
      referrerPolicy: "no-referrer", // a sign-in token is in an address
      xFrameOptions: "DENY",
      strictTransportSecurity: TRANSPORT_SECURITY,
    }),
  );
  app.use(async (c, next) => {
    c.set("affiliate", null);
    await next();
    c.header("Cache-Control", "private, no-store");
  });
  app.use(csrf());
  app.onError(answerError);

  addSignInRoutes(app, { ...tools, show });

  // From here on somebody is signed in.
  app.use(async (c, next) => {
    const token = readSessionCookie(c);
    const affiliate = token === null ? null : await findSession(openDatabase(c.env.DB), token, tools.now(c.req.raw));
    if (affiliate === null) return show(c, 401, "Sign in", <SignInPage byMail={canMail(c.env)} attempt={null} />);
    c.set("affiliate", affiliate);
    return next();
  });

  app.get("/", (c) => showOverview(c, tools.now(c.req.raw)));

  app.get("/program", (c) => showProgram(c, tools.now(c.req.raw)));

  app.get("/conversions/:id", async (c) => {
    const { affiliate, db } = signedIn(c);
    const conversion = await readOwnConversion(db, affiliate.id, c.req.param("id"));
    if (conversion === null) {
      const touched = await readOwnTouched(db, affiliate.id, c.req.param("id"));
      if (touched === null) return show(c, 404, "Not found", <NotFoundPage />);
      return show(c, 200, "Not credited to you", <TouchedPage touched={touched} />);
    }
    const page = <ConversionPage conversion={conversion} affiliateId={affiliate.id} now={tools.now(c.req.raw)} />;
    return show(c, 200, titleOf(conversion.record), page);
  });

  app.get("/ledger", async (c) => {
    const { affiliate, db } = signedIn(c);
    const programs = await readAffiliatePrograms(db, affiliate.id);
    const program = programs.find(({ slug }) => slug === c.req.query("program"));
    if (program === undefined) return show(c, 404, "Not found", <NotFoundPage />);
    return answerLedger(db, c.env.ACCOUNTS, { program, affiliate });
  });

  const pageTools = { now: tools.now, signedIn, show };
  addAccountRoutes(app, pageTools);
  addPayoutRoutes(app, pageTools);
  addLinkRoutes(app, pageTools, tools.forgetLink);
  addConversionRoutes(app, pageTools);
  addReportRoutes(app, pageTools);
  addReferredRoutes(app, pageTools);

  app.get("/*", (c, next) => (c.req.path === "/app/" ? c.redirect("/app", 308) : next()));
  app.all("*", (c) => show(c, 404, "Not found", <NotFoundPage />));
  return app;
}

async function showOverview(c: PortalContext, now: number): Promise<Response> {
  const { affiliate, db } = signedIn(c);
  c.executionCtx.waitUntil(rememberBrowser(c, affiliate.id, now));
  const programs = await readAffiliatePrograms(db, affiliate.id);
  const asked = c.req.query("program");
  const program = asked === undefined ? programs[0] : programs.find(({ slug }) => slug === asked);
  if (program === undefined) {
    return asked === undefined
      ? show(c, 200, "Overview", <NoProgramPage />)
      : show(c, 404, "Not found", <NotFoundPage />);
  }
  const period = readPeriod(c.req.query("days"), now);
  const wanted = { program, affiliateId: affiliate.id, first_day: period.first_day, now };
  const account = { programId: program.id, affiliateId: affiliate.id };
  const [overview, touched] = await Promise.all([
    readOverview(db, c.env.ACCOUNTS, wanted),
    readTouched(db, account, { limit: TOUCHED_SHOWN, cursor: null }),
  ]);
  const { origin } = new URL(c.req.url);
  const page = (
    <>
      <OverviewPage
        program={program}
        programs={programs}
        period={period}
        overview={overview}
        origin={origin}
        now={now}
      />
      <Touched touched={touched.data} />
    </>
  );
  return show(c, 200, program.name, page);
}

async function showProgram(c: PortalContext, now: number): Promise<Response> {
  const { affiliate, db } = signedIn(c);
  const programs = await readAffiliatePrograms(db, affiliate.id);
  const { program: slug, version: text } = c.req.query();
  const program = slug === undefined ? programs[0] : programs.find((other) => other.slug === slug);
  if (program === undefined && slug === undefined) return show(c, 200, "Programme", <NoProgramPage />);
  const isNumber = text === undefined || /^[1-9]\d{0,8}$/.test(text);
  if (program === undefined || !isNumber) return show(c, 404, "Not found", <NotFoundPage />);
  const version = text === undefined ? null : Number(text);
  const asked = { programId: program.id, affiliateId: affiliate.id, version, now };
  const own = await readOwnTerms(db, c.env.ACCOUNTS, asked);
  if (own === null) return show(c, 404, "Not found", <NotFoundPage />);
  return show(c, 200, `Terms of ${program.name}`, <ProgramPage program={program} programs={programs} own={own} />);
}

/** For handlers behind the session check. */
function signedIn(c: PortalContext): { affiliate: Affiliate; db: Database } {
  const { affiliate } = c.var;
  if (affiliate === null) throw new Error("a page for affiliates was reached by nobody");
  return { affiliate, db: openDatabase(c.env.DB) };
}

function show(
  c: PortalContext,
  status: ContentfulStatusCode,
  title: string,
  page: Child,
): Response | Promise<Response> {
  const frame = {
    title: `${title} · Affiliate portal`,
    nonce: c.get("secureHeadersNonce") ?? "",
    affiliate: c.var.affiliate ?? null,
  };
  return c.html(html`<!doctype html>${<Layout frame={frame}>{page}</Layout>}`, status);
}

function answerError(error: Error, c: PortalContext): Response | Promise<Response> {
  if (error instanceof HTTPException && error.status === 403) return show(c, 403, "Refused", <ForbiddenPage />);
  console.error(error);
  return show(c, 500, "Failure", <FailurePage />);
}
