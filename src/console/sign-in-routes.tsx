/** `/admin/sign-in` and `/admin/sign-out`: the routes that work without a session. */
import type { Hono } from "hono";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { networkKeyOf } from "../lib/network.ts";
import { isWithinLimit } from "../lib/platform/rate-limit.ts";
import { readFormFields } from "../portal/layout/read-form-handler.ts";
import { type Console, type ConsoleContext, show } from "./layout/page.tsx";
import { clearSessionCookie, readSessionCookie, setSessionCookie } from "./layout/session-cookie-store.ts";
import { ConfirmSignInPage, LinkExpiredPage, SignInPage, TooManyRequestsPage } from "./layout/sign-in-pages.tsx";
import { endSession, findSignInLink, startKeySession, startSession } from "./layout/sign-in-store.ts";

export function addSignInRoutes(app: Hono<Console>): void {
  // Mail scanners, previews and prefetches open links, so only the button on this page uses the token.
  app.get("/sign-in", async (c) => {
    const { token } = c.req.query();
    if (token === undefined) return show(c, 200, "Sign in", <SignInPage is_refused={false} />);
    const user = await findSignInLink(openDatabase(c.env.DB), token, c.var.now);
    if (user === null) return show(c, 410, "Sign-in link expired", <LinkExpiredPage />);
    return show(c, 200, "Sign in", <ConfirmSignInPage token={token} user={user} />);
  });

  app.post("/sign-in", async (c) => {
    const { token, key = "" } = await readFormFields(c);
    return token === undefined ? signInWithKey(c, key.trim()) : signInWithLink(c, token);
  });

  app.post("/sign-out", async (c) => {
    const token = readSessionCookie(c);
    if (token !== null) await endSession(openDatabase(c.env.DB), token);
    clearSessionCookie(c);
    return c.redirect("/admin", 303);
  });
}

async function signInWithLink(c: ConsoleContext, token: string): Promise<Response> {
  const session = await startSession(openDatabase(c.env.DB), token, browserOf(c), c.var.now);
  if (session === null) return show(c, 410, "Sign-in link expired", <LinkExpiredPage />);
  setSessionCookie(c, session, c.var.now);
  return c.redirect("/admin", 303);
}

async function signInWithKey(c: ConsoleContext, key: string): Promise<Response> {
  const network = networkKeyOf(c.req.header("CF-Connecting-IP") ?? "");
  if (!(await isWithinLimit(c.env.SIGN_IN_LIMIT, `console ${network}`))) {
    return show(c, 429, "Too many requests", <TooManyRequestsPage />);
  }
  const { admin_token: first_key } = readSettings(c.env);
  const session = await startKeySession(openDatabase(c.env.DB), { key, first_key }, browserOf(c), c.var.now);
  if (session === null) return show(c, 422, "Sign in", <SignInPage is_refused />);
  setSessionCookie(c, session, c.var.now);
  return c.redirect("/admin", 303);
}

function browserOf(c: ConsoleContext): string {
  return c.req.header("User-Agent") ?? "";
}
