/** The affiliates' portal below /app: who is asking, what they may see, which page. */
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { readPurpose } from "../redirect/prefetch.ts";
import { importTokenKeys } from "../redirect/signed-text.ts";
import { answerLedger } from "../reports/ledger-file.ts";
import { readAffiliatePrograms } from "../reports/overview.ts";
import { readOwnConversion } from "../reports/own-conversion.ts";
import { readOwnTerms } from "../reports/own-terms.ts";
import { readOwnTouched } from "../reports/touched.ts";
import { addAccountRoutes } from "./account-routes.tsx";
import { addConversionRoutes } from "./conversion-routes.tsx";
import { addLinkRoutes, type ForgetLink } from "./link-routes.tsx";
import { addOverviewRoutes } from "./overview-routes.tsx";
import { rememberBrowser } from "./own-visitors.ts";
import { type PageTools, type Portal, type PortalContext, show, signedIn } from "./page-tools.tsx";
import { ConversionPage, titleOf } from "./pages/conversion.tsx";
import {
  FailurePage,
  ForbiddenPage,
  LinkOverPage,
  NoProgramPage,
  NotFoundPage,
  PreviewPage,
  SignInPage,
} from "./pages/message.tsx";
import { ProgramPage } from "./pages/program.tsx";
import { TouchedPage } from "./pages/touched.tsx";
import { addPayoutRoutes } from "./payout-routes.tsx";
import { addReferredRoutes } from "./referred-routes.tsx";
import { addReportRoutes } from "./report-routes.tsx";
import { clearSessionCookies, readSessionCookie, setSessionCookies } from "./session.ts";
import { endSession, findSession, startSession } from "./sign-in.ts";
import { judgeSignInAttempt } from "./sign-in-attempt.ts";

/** Nothing but the page itself: one style, one script, the tab's icon, and what of itself it reads again; no other site. */
const POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: [NONCE],
  scriptSrc: [NONCE],
  connectSrc: ["'self'"],
  imgSrc: ["data:"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};
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

  app.get("/sign-in", async (c) => {
    const { method, headers } = c.req.raw;
    const purpose = readPurpose(headers);
    const attempt = judgeSignInAttempt({ method, purpose, user_agent: headers.get("user-agent") });
    if (attempt === "prefetch") return c.body(null, 503);
    if (attempt === "look") return show(c, 200, "Sign in", <PreviewPage />);
    const now = tools.now(c.req.raw);
    const session = await startSession(openDatabase(c.env.DB), c.req.query("token") ?? "", now);
    if (session === null) return show(c, 410, "This link no longer works", <LinkOverPage />);
    const [key] = importTokenKeys(readSettings(c.env).token_keys);
    if (key === undefined) throw new Error("there is no key to sign with");
    setSessionCookies(c, session, key, now);
    await rememberBrowser(c, session.affiliate_id, now);
    return c.redirect("/app", 303);
  });

  app.post("/sign-out", async (c) => {
    const token = readSessionCookie(c);
    if (token !== null) await endSession(openDatabase(c.env.DB), token);
    clearSessionCookies(c);
    return c.redirect("/app", 303);
  });

  // From here on somebody is signed in.
  app.use(async (c, next) => {
    const token = readSessionCookie(c);
    const affiliate = token === null ? null : await findSession(openDatabase(c.env.DB), token, tools.now(c.req.raw));
    if (affiliate === null) return show(c, 401, "Sign in", <SignInPage />);
    c.set("affiliate", affiliate);
    return next();
  });

  const pageTools: PageTools = { now: tools.now, signedIn, show };
  addOverviewRoutes(app, pageTools);

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

function answerError(error: Error, c: PortalContext): Response | Promise<Response> {
  if (error instanceof HTTPException && error.status === 403) return show(c, 403, "Refused", <ForbiddenPage />);
  console.error(error);
  return show(c, 500, "Failure", <FailurePage />);
}
