/** The affiliates' portal below /app: who is asking, what they may see, which page. */
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { openDatabase } from "../db/database.ts";
import { answerLedger } from "../reports/ledger-file.ts";
import { readAffiliatePrograms } from "../reports/overview.ts";
import { readOwnConversion } from "../reports/own-conversion.ts";
import { readOwnTouched } from "../reports/touched.ts";
import { addAccountRoutes } from "./account-routes.tsx";
import { addConversionRoutes } from "./conversion-routes.tsx";
import { addLinkRoutes, type ForgetLink } from "./link-routes.tsx";
import { canMail } from "./mail-link.ts";
import { addNotificationRoutes, addUnsubscribeRoutes } from "./notification-routes.tsx";
import { addOverviewRoutes } from "./overview-routes.tsx";
import { type PageTools, type Portal, type PortalContext, show, signedIn } from "./page-tools.tsx";
import { ConversionPage, titleOf } from "./pages/conversion.tsx";
import { FailurePage, ForbiddenPage, NotFoundPage } from "./pages/message.tsx";
import { SignInPage } from "./pages/sign-in.tsx";
import { TouchedPage } from "./pages/touched.tsx";
import { addPayoutRoutes } from "./payout-routes.tsx";
import { addProgramRoutes } from "./program-routes.tsx";
import { addReferredRoutes } from "./referred-routes.tsx";
import { addReportRoutes } from "./report-routes.tsx";
import { readSessionCookie } from "./session.ts";
import { findSession } from "./sign-in.ts";
import { addSignInRoutes } from "./sign-in-routes.tsx";

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
  app.onError(answerError);
  addUnsubscribeRoutes(app, { now: tools.now, show });
  app.use(csrf());

  addSignInRoutes(app, { ...tools, show });

  // From here on somebody is signed in.
  app.use(async (c, next) => {
    const token = readSessionCookie(c);
    const affiliate = token === null ? null : await findSession(openDatabase(c.env.DB), token, tools.now(c.req.raw));
    if (affiliate === null) return show(c, 401, "Sign in", <SignInPage byMail={canMail(c.env)} attempt={null} />);
    c.set("affiliate", affiliate);
    return next();
  });

  const pageTools: PageTools = { now: tools.now, signedIn, show };
  addOverviewRoutes(app, pageTools);
  addProgramRoutes(app, pageTools);

  app.get("/conversions/:id", async (c) => {
    const { affiliate, db } = signedIn(c);
    const conversion = await readOwnConversion(db, c.env.ACCOUNTS, affiliate.id, c.req.param("id"));
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
  addNotificationRoutes(app, pageTools);
  addPayoutRoutes(app, pageTools);
  addLinkRoutes(app, pageTools, tools.forgetLink);
  addConversionRoutes(app, pageTools);
  addReportRoutes(app, pageTools);
  addReferredRoutes(app, pageTools);

  app.get("/*", (c, next) => (c.req.path === "/app/" ? c.redirect("/app", 308) : next()));
  app.all("*", (c) => show(c, 404, "Not found", <NotFoundPage />));
  return app;
}

function answerError(error: Error, c: PortalContext): Response | Promise<Response> {
  if (error instanceof HTTPException && error.status === 403) return show(c, 403, "Refused", <ForbiddenPage />);
  console.error(error);
  return show(c, 500, "Failure", <FailurePage />);
}
