/** `/admin/sign-in` and `/admin/sign-out`: the routes that work without a session. */
import type { Hono } from "hono";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { isEmailAddress } from "../lib/email.ts";
import { networkKeyOf } from "../lib/network.ts";
import { isWithinLimit } from "../lib/platform/rate-limit.ts";
import { readFormFields } from "../portal/layout/read-form-handler.ts";
import { canSendEmail } from "../portal/layout/sign-in/sign-in-email-store.ts";
import { type Console, type ConsoleContext, show } from "./layout/page.tsx";
import { clearSessionCookie, readSessionCookie, setSessionCookie } from "./layout/session-cookie-store.ts";
import { emailSignInLink } from "./layout/sign-in-email-store.ts";
import {
  ConfirmSignInPage,
  LinkExpiredPage,
  LinkSentPage,
  type SignInFault,
  SignInPage,
  TooManyRequestsPage,
} from "./layout/sign-in-pages.tsx";
import { endSession, findSignInLink, startKeySession, startSession } from "./layout/sign-in-store.ts";

export function addSignInRoutes(app: Hono<Console>): void {
  // Mail scanners, previews and prefetches open links, so only the button on this page uses the token.
  app.get("/sign-in", async (c) => {
    const { token, done } = c.req.query();
    if (token === undefined && done === "sent") return show(c, 200, "Check your email", <LinkSentPage />);
    if (token === undefined) return showSignIn(c, { status: 200 });
    const user = await findSignInLink(openDatabase(c.env.DB), token, c.var.now);
    if (user === null) return show(c, 410, "Sign-in link expired", <LinkExpiredPage />);
    return show(c, 200, "Sign in", <ConfirmSignInPage token={token} user={user} />);
  });

  app.post("/sign-in", async (c) => {
    const { token, email, key = "" } = await readFormFields(c);
    if (token !== undefined) return signInWithLink(c, token);
    return email === undefined ? signInWithKey(c, key.trim()) : requestLink(c, email);
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

/** The sign-in page, for everyone without a session. */
export async function showSignIn(
  c: ConsoleContext,
  { status, fault = null }: { status: 200 | 401 | 422; fault?: SignInFault | null },
): Promise<Response> {
  return show(c, status, "Sign in", <SignInPage can_send_email={await canSendEmail(c.env)} fault={fault} />);
}

/** Responds before it looks up the address, so that neither the page nor its timing reveals whether it is known. */
async function requestLink(c: ConsoleContext, typed: string): Promise<Response> {
  if (!(await canSendEmail(c.env))) return c.redirect("/admin/sign-in", 303);
  if (!(await isNetworkWithinLimit(c))) return show(c, 429, "Too many requests", <TooManyRequestsPage />);
  const email = typed.trim().toLowerCase();
  if (!isEmailAddress(email)) return showSignIn(c, { status: 422, fault: { email: typed } });
  c.executionCtx.waitUntil(emailSignInLink(c.env, email, new URL(c.req.url).host, c.var.now));
  return c.redirect("/admin/sign-in?done=sent", 303);
}

function isNetworkWithinLimit(c: ConsoleContext): Promise<boolean> {
  const network = networkKeyOf(c.req.header("CF-Connecting-IP") ?? "");
  return isWithinLimit(c.env.SIGN_IN_LIMIT, `console ${network}`);
}

async function signInWithKey(c: ConsoleContext, key: string): Promise<Response> {
  if (!(await isNetworkWithinLimit(c))) return show(c, 429, "Too many requests", <TooManyRequestsPage />);
  const { admin_token: first_key } = readSettings(c.env);
  const session = await startKeySession(openDatabase(c.env.DB), { key, first_key }, browserOf(c), c.var.now);
  if (session === null) return showSignIn(c, { status: 422, fault: "key" });
  setSessionCookie(c, session, c.var.now);
  return c.redirect("/admin", 303);
}

function browserOf(c: ConsoleContext): string {
  return c.req.header("User-Agent") ?? "";
}
