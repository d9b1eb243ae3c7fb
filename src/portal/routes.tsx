/** The affiliates' portal below /app: who is asking, what they may see, which page. */

import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { readAffiliatePrograms } from "../affiliates/enrollment-queries.ts";
import { addAccountRoutes } from "../affiliates/portal/account-routes.tsx";
import { addReferredRoutes } from "../affiliates/portal/referred-routes.tsx";
import { answerLedger } from "../commissions/ledger-file-queries.ts";
import { ConversionPage, titleOf } from "../conversions/portal/conversion-page.tsx";
import { readOwnConversion } from "../conversions/portal/conversion-queries.ts";
import { TouchedPage } from "../conversions/portal/not-credited-page.tsx";
import { addConversionRoutes } from "../conversions/portal/routes.tsx";
import { readOwnTouched } from "../conversions/touched-queries.ts";
import { openDatabase } from "../db/database.ts";
import { addOverviewRoutes } from "../insights/portal/overview-routes.tsx";
import { addReportRoutes } from "../insights/portal/report-routes.tsx";
import { addLinkRoutes } from "../links/portal/routes.tsx";
import { addNotificationRoutes, addUnsubscribeRoutes } from "../notifications/portal/routes.tsx";
import { addPayoutRoutes } from "../payouts/portal/routes.tsx";
import { addProgramRoutes } from "../programs/portal/routes.tsx";
import type { LinkForgetter } from "../redirect/link-resolver.ts";
import { FailurePage, ForbiddenPage, NotFoundPage } from "./layout/message.tsx";
import { type PageTools, type Portal, type PortalContext, show, signedIn } from "./layout/page-tools.tsx";
import { SignInPage } from "./layout/sign-in/pages.tsx";
import { readSessionCookie } from "./layout/sign-in/session-store.ts";
import { canMail } from "./layout/sign-in/sign-in-email-store.ts";
import { findSession } from "./layout/sign-in/sign-in-store.ts";
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
export function portalRoutes(tools: { now: (request: Request) => number; links: LinkForgetter }): Hono<Portal> {
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
    const page = <ConversionPage conversion={conversion} affiliate_id={affiliate.id} now={tools.now(c.req.raw)} />;
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
  addLinkRoutes(app, pageTools, tools.links);
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
