/** The merchant's console below `/admin`: security headers, sessions and the routes of its pages. */
import { Hono } from "hono";
import { NONCE, secureHeaders } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { addAffiliateRoutes } from "../affiliates/console/routes.tsx";
import { addAnnouncementRoutes } from "../announcements/console/routes.tsx";
import { addApplicationPageRoutes } from "../applications/console/routes.tsx";
import { addAuditRoutes } from "../audit/console/routes.tsx";
import { addSalesRoutes } from "../conversions/console/routes.tsx";
import { addCreativeRoutes } from "../creatives/console/routes.tsx";
import { openDatabase } from "../db/database.ts";
import { shareReads } from "../db/shared-reads.ts";
import { readSettings } from "../env.ts";
import { addHomeRoutes } from "../insights/console/routes.tsx";
import { isSchemaMissing } from "../lib/missing-schema.ts";
import { logError } from "../lib/platform/log.ts";
import { Problem } from "../lib/problem.ts";
import { TRANSPORT_SECURITY } from "../lib/transport-security.ts";
import { addLinkRoutes } from "../links/console/routes.tsx";
import { addOperationRoutes } from "../operations/console/routes.tsx";
import { addPayoutRunRoutes } from "../payouts/console/run-routes.tsx";
import { addPayoutStatementRoutes } from "../payouts/console/statement-routes.tsx";
import { UNREADABLE_FORM } from "../portal/layout/read-form-handler.ts";
import { isFromOwnPage } from "../portal/layout/same-origin.ts";
import { addProgramListRoutes } from "../programs/console/list-routes.tsx";
import { addNewProgramRoutes } from "../programs/console/new-program-routes.tsx";
import { listNavPrograms } from "../programs/console/queries.ts";
import { addSettingsRoutes } from "../programs/console/settings-routes.tsx";
import { addSetupRoutes } from "../programs/console/setup-routes.tsx";
import { addTermsRoutes } from "../programs/console/terms-routes.tsx";
import { addUserRoutes } from "../users/console/routes.tsx";
import { addCheckoutRoutes } from "../webhooks/console/checkout-routes.tsx";
import { addDeliveryLogRoutes } from "../webhooks/console/delivery-routes.tsx";
import { addAccessRoutes } from "./access-routes.tsx";
import { addKeyRoutes } from "./key-routes.tsx";
import { findAccessSession } from "./layout/access-resolver.ts";
import { readApi } from "./layout/call-api.ts";
import {
  BeingUpdatedPage,
  ErrorPage,
  ForbiddenPage,
  NotPermittedPage,
  RefusedPage,
  UnavailablePage,
  UnreadableFormPage,
} from "./layout/message.tsx";
import { findProgramInPath } from "./layout/navigation.ts";
import { type ApiFetcher, type ConsoleApp, type ConsoleContext, show, showNotFound } from "./layout/page.tsx";
import { readSessionCookie } from "./layout/session-cookie-store.ts";
import { findSession } from "./layout/sign-in-store.ts";
import { addSignInRoutes, showSignIn } from "./sign-in-routes.tsx";

/** Allows the page's own style and script, requests and forms to the console, and no other site. */
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

/** The console's app. `now` reads the time of a request in ms; `api` is the API's app, mounted at `/v1`. */
export function consoleRoutes(options: { now: (request: Request) => number; api: ApiFetcher }): ConsoleApp {
  const app: ConsoleApp = new Hono();
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
    c.set("session", null);
    c.set("api", options.api);
    c.set("reading_env", { ...c.env, DB: shareReads(c.env.DB) });
    c.set("programs", []);
    await next();
    c.header("Cache-Control", "private, no-store");
  });
  app.onError(answerError);
  app.use(async (c, next) => (isFromOwnPage(c.req.raw) ? next() : show(c, 403, "Request refused", <ForbiddenPage />)));
  addSignInRoutes(app);

  // Every route below needs a session.
  app.use(async (c, next) => {
    const token = readSessionCookie(c);
    const { admin_token } = readSettings(c.env);
    const stored = token === null ? null : await findSession(openDatabase(c.env.DB), token, admin_token, c.var.now);
    const session = stored ?? (await findAccessSession(c.env, c.req.raw.headers, c.var.now));
    if (session === null) return showSignIn(c, { status: 401 });
    c.set("session", session);
    c.set("programs", await listNavPrograms(openDatabase(c.env.DB), session.actor.program_ids));
    return next();
  });
  app.use(async (c, next) => {
    const program = findProgramInPath(c.req.path);
    // Programs that don't fit into the navigation are found by the API, which refuses those that the user may not see.
    const isKnown = program === null || c.var.programs.some(({ slug }) => slug === program);
    if (!isKnown) await readApi(c, `/programs/${encodeURIComponent(program)}`);
    return next();
  });
  addHomeRoutes(app);
  addAccessRoutes(app);
  addProgramListRoutes(app);
  addNewProgramRoutes(app);
  addTermsRoutes(app);
  addSetupRoutes(app);
  addSettingsRoutes(app);
  addPayoutRunRoutes(app);
  addPayoutStatementRoutes(app);
  addDeliveryLogRoutes(app);
  addCheckoutRoutes(app);
  addUserRoutes(app);
  addSalesRoutes(app);
  addApplicationPageRoutes(app);
  addAffiliateRoutes(app);
  addLinkRoutes(app);
  addCreativeRoutes(app);
  addAnnouncementRoutes(app);
  addKeyRoutes(app);
  addAuditRoutes(app);
  addOperationRoutes(app);
  app.get("/*", (c, next) => (c.req.path === "/admin/" ? c.redirect("/admin", 308) : next()));
  app.all("*", showNotFound);
  return app;
}

function answerError(error: Error, c: ConsoleContext): Response | Promise<Response> {
  if (isSchemaMissing(error)) return show(c, 503, "Database not up to date", <BeingUpdatedPage />);
  if (error instanceof Problem) {
    const { status, code, message } = error;
    if (code === UNREADABLE_FORM) return show(c, 400, "Form not readable", <UnreadableFormPage />);
    if (status === 403) return show(c, 403, "Not permitted", <NotPermittedPage detail={message} />);
    if (status === 404) return showNotFound(c);
    if (code === "database_not_migrated") return show(c, 503, "Database not up to date", <BeingUpdatedPage />);
    if (status === 503) return show(c, 503, "Not available", <UnavailablePage detail={message} />);
    if (status < 500) return show(c, status as ContentfulStatusCode, "Refused", <RefusedPage detail={message} />);
  }
  logError("console_page_failed", { error });
  return show(c, 500, "Error", <ErrorPage />);
}
