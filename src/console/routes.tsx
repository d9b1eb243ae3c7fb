/** The merchant's console below `/admin`: security headers, sessions and the routes of its pages. */
import { Hono } from "hono";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { logError } from "../lib/platform/log.ts";
import { Problem } from "../lib/problem.ts";
import { TRANSPORT_SECURITY } from "../lib/transport-security.ts";
import { UNREADABLE_FORM } from "../portal/layout/read-form-handler.ts";
import { isFromOwnPage } from "../portal/layout/same-origin.ts";
import { readProgramFigures } from "../programs/console/queries.ts";
import { HomePage } from "./home-page.tsx";
import { ErrorPage, ForbiddenPage, UnreadableFormPage } from "./layout/message.tsx";
import { type Console, type ConsoleContext, nameSession, show, showNotFound, signedIn } from "./layout/page.tsx";
import { readSessionCookie } from "./layout/session-cookie-store.ts";
import { SignInPage } from "./layout/sign-in-pages.tsx";
import { endOtherSessions, endOwnSession, findSession, listOwnSessions } from "./layout/sign-in-store.ts";
import { addSignInRoutes } from "./sign-in-routes.tsx";

/** Allows the page's own style and forms to the console. Pages have no scripts, images or requests. */
const POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: [NONCE],
  imgSrc: ["data:"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** The console's app. `now` reads the time of a request in ms. */
export function consoleRoutes(options: { now: (request: Request) => number }): Hono<Console> {
  const app = new Hono<Console>();
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
    const session = token === null ? null : await findSession(openDatabase(c.env.DB), token, admin_token, c.var.now);
    if (session === null) return show(c, 401, "Sign in", <SignInPage is_refused={false} />);
    c.set("session", session);
    return next();
  });
  app.get("/", showHome);
  app.post("/sessions/end-others", async (c) => {
    const { session, db } = signedIn(c);
    await endOtherSessions(db, session);
    return c.redirect("/admin?done=others", 303);
  });
  app.post("/sessions/:id/end", async (c) => {
    const { session, db } = signedIn(c);
    await endOwnSession(db, session, c.req.param("id"));
    return c.redirect("/admin?done=ended", 303);
  });
  app.get("/*", (c, next) => (c.req.path === "/admin/" ? c.redirect("/admin", 308) : next()));
  app.all("*", showNotFound);
  return app;
}

async function showHome(c: ConsoleContext): Promise<Response> {
  const { session, db } = signedIn(c);
  const { role, program_ids } = session.actor;
  const [programs, sessions] = await Promise.all([
    readProgramFigures(db, program_ids, c.var.now),
    listOwnSessions(db, session, c.var.now),
  ]);
  const page = (
    <HomePage
      {...{ role, programs, sessions }}
      name={nameSession(session)}
      is_limited={program_ids !== null}
      current={session.id}
      done={c.req.query("done")}
    />
  );
  return show(c, 200, "Overview", page);
}

function answerError(error: Error, c: ConsoleContext): Response | Promise<Response> {
  if (error instanceof Problem && error.code === UNREADABLE_FORM)
    return show(c, 400, "Form not readable", <UnreadableFormPage />);
  logError("console_page_failed", { error });
  return show(c, 500, "Error", <ErrorPage />);
}
