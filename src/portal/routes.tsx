/** The affiliate portal below `/app`: security headers, sessions and the routes of every page. */

import { Hono } from "hono";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { addAccountRoutes } from "../affiliates/portal/account-routes.tsx";
import { addEmailChangeRoutes } from "../affiliates/portal/email-change-routes.tsx";
import { addReferredRoutes } from "../affiliates/portal/referred-routes.tsx";
import { addJoinRoutes } from "../applications/portal/join-routes.tsx";
import { addLeaveRoutes } from "../applications/portal/leave-routes.tsx";
import { answerLedger } from "../commissions/ledger-file-queries.ts";
import { addTransactionRoutes } from "../commissions/portal/routes.tsx";
import { addConversionRoutes } from "../conversions/portal/routes.tsx";
import { addCreativeRoutes } from "../creatives/portal/routes.ts";
import { openDatabase } from "../db/database.ts";
import { addOverviewRoutes } from "../insights/portal/overview-routes.tsx";
import { addReportRoutes } from "../insights/portal/report-routes.tsx";
import { isSchemaMissing } from "../lib/missing-schema.ts";
import { logError } from "../lib/platform/log.ts";
import { Problem } from "../lib/problem.ts";
import { TRANSPORT_SECURITY } from "../lib/transport-security.ts";
import { addLinkRoutes } from "../links/portal/routes.tsx";
import { addNotificationRoutes, addUnsubscribeRoutes } from "../notifications/portal/routes.tsx";
import { addPayoutRoutes } from "../payouts/portal/routes.tsx";
import { addProgramRoutes } from "../programs/portal/routes.tsx";
import type { LinkForgetter } from "../redirect/link-resolver.ts";
import { BeingUpdatedPage, ErrorPage, ForbiddenPage, UnreadableFormPage } from "./layout/message.tsx";
import { type Portal, type PortalContext, show, showNotFound, signedIn } from "./layout/page.tsx";
import { readProgramContext } from "./layout/program-context.tsx";
import { UNREADABLE_FORM } from "./layout/read-form-handler.ts";
import { isFromOwnPage } from "./layout/same-origin.ts";
import { KeptFormPage, SignInPage } from "./layout/sign-in/pages.tsx";
import { keepRequest, takeKeptForm } from "./layout/sign-in/return-store.ts";
import { readSessionCookie } from "./layout/sign-in/session-store.ts";
import { canSendEmail } from "./layout/sign-in/sign-in-email-store.ts";
import { findSession } from "./layout/sign-in/sign-in-store.ts";
import { addSignInRoutes } from "./sign-in-routes.tsx";
import { addViewRoutes } from "./view-routes.tsx";

/** Allows the page's own style and script, requests and forms to the portal, and no other site. */
const POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: [NONCE],
  scriptSrc: [NONCE],
  connectSrc: ["'self'"],
  imgSrc: ["'self'", "data:"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** The portal's app. `now` reads the time of a request in ms; `links` forgets a changed link. */
export function portalRoutes(options: { now: (request: Request) => number; links: LinkForgetter }): Hono<Portal> {
  const app = new Hono<Portal>();
  app.use(
    secureHeaders({
      contentSecurityPolicy: POLICY,
      referrerPolicy: "no-referrer", // the URL of a sign-in page contains its token
      xFrameOptions: "DENY",
      strictTransportSecurity: TRANSPORT_SECURITY,
    }),
  );
  app.use(async (c, next) => {
    c.set("now", options.now(c.req.raw));
    c.set("affiliate", null);
    await next();
    // Only images may be kept.
    if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "private, no-store");
  });
  app.onError(answerError);
  // Mail clients call these without a session and from no origin, so they come before the CSRF check.
  addUnsubscribeRoutes(app);
  app.use(async (c, next) => (isFromOwnPage(c.req.raw) ? next() : show(c, 403, "Request refused", <ForbiddenPage />)));
  addViewRoutes(app);
  addSignInRoutes(app);
  addJoinRoutes(app, options.links);
  addEmailChangeRoutes(app);

  // Every route below needs a session.
  app.use(async (c, next) => {
    if (c.var.affiliate !== null) return next(); // a view
    const token = readSessionCookie(c);
    const affiliate = token === null ? null : await findSession(openDatabase(c.env.DB), token, c.var.now);
    if (affiliate === null) {
      const is_form_kept = await keepRequest(c);
      const canSend = await canSendEmail(c.env);
      return show(c, 401, "Sign in", <SignInPage canSendEmail={canSend} rejected={null} {...{ is_form_kept }} />);
    }
    c.set("affiliate", affiliate);
    return next();
  });
  addKeptFormRoute(app);
  addOverviewRoutes(app);
  addProgramRoutes(app);
  addLeaveRoutes(app);
  addConversionRoutes(app);
  addTransactionRoutes(app);
  addLedgerRoute(app);
  addAccountRoutes(app);
  addNotificationRoutes(app);
  addCreativeRoutes(app);
  addPayoutRoutes(app);
  addLinkRoutes(app, options.links);
  addReportRoutes(app);
  addReferredRoutes(app);

  app.get("/*", (c, next) => (c.req.path === "/app/" ? c.redirect("/app", 308) : next()));
  app.all("*", showNotFound);
  return app;
}

/** The page after signing in again, if a form was submitted when the session was over. */
function addKeptFormRoute(app: Hono<Portal>): void {
  app.get("/kept-form", async (c) => {
    const form = await takeKeptForm(c, signedIn(c).affiliate.id);
    return form === null ? c.redirect("/app", 303) : show(c, 200, "Your form", <KeptFormPage form={form} />);
  });
}

/** `/app/ledger`: the ledger as a file. Unlike pages, it has no default program. */
function addLedgerRoute(app: Hono<Portal>): void {
  app.get("/ledger", async (c) => {
    const context = c.req.query("program") === undefined ? null : await readProgramContext(c);
    return context === null ? showNotFound(c) : answerLedger(context.db, c.env.ACCOUNTS, context);
  });
}

function answerError(error: Error, c: PortalContext): Response | Promise<Response> {
  if (error instanceof Problem && error.code === UNREADABLE_FORM)
    return show(c, 400, "Form not readable", <UnreadableFormPage />);
  logError("page_failed", { error });
  if (!isSchemaMissing(error)) return show(c, 500, "Error", <ErrorPage />);
  c.header("Retry-After", "60");
  return show(c, 503, "Being updated", <BeingUpdatedPage />);
}
