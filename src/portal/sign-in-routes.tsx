/** `/app/sign-in` and `/app/sign-out`: the routes that work without a session. */
import type { Hono } from "hono";
import * as v from "valibot";
import { newUsername } from "../affiliates/username.ts";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { isEmailAddress } from "../lib/email.ts";
import { networkKeyOf } from "../lib/network.ts";
import { isWithinLimit } from "../lib/platform/rate-limit.ts";
import { Problem } from "../lib/problem.ts";
import { importTokenKeys } from "../lib/signed-text.ts";
import { parseFields } from "../lib/validation.ts";
import { type Portal, type PortalContext, show } from "./layout/page.tsx";
import { readFormFields } from "./layout/read-form-handler.ts";
import { recordBrowser } from "./layout/sign-in/browser-identifier-store.ts";
import {
  ConfirmSignInPage,
  LinkExpiredPage,
  LinkSentPage,
  SignedOutPage,
  SignInHelpPage,
  SignInPage,
  TooManyRequestsPage,
} from "./layout/sign-in/pages.tsx";
import { readReturnPath, rememberOwner } from "./layout/sign-in/return-store.ts";
import { clearSessionCookies, readSessionCookie, setSessionCookies } from "./layout/sign-in/session-store.ts";
import { canSendEmail, sendSignInLink } from "./layout/sign-in/sign-in-email-store.ts";
import { endSession, findSignInLink, startSession } from "./layout/sign-in/sign-in-store.ts";

/** An email address or a username. */
const emailForm = v.object({
  email: v.pipe(
    v.string(),
    v.trim(),
    v.toLowerCase(),
    v.check((text) => isEmailAddress(text) || v.is(newUsername, text), "must be an email address or a username"),
  ),
});

export function addSignInRoutes(app: Hono<Portal>): void {
  // Mail scanners, previews and prefetches open links, so only the button on this page uses the token.
  app.get("/sign-in", async (c) => {
    const { token, done } = c.req.query();
    if (token === undefined) {
      if (c.req.query("help") !== undefined) {
        return show(c, 200, "Can’t sign in?", <SignInHelpPage canSendEmail={await canSendEmail(c.env)} />);
      }
      if (done === "sent") return show(c, 200, "Check your email", <LinkSentPage />);
      if (done === "everywhere") return show(c, 200, "Signed out", <SignedOutPage />);
      return show(c, 200, "Sign in", <SignInPage canSendEmail={await canSendEmail(c.env)} rejected={null} />);
    }
    const affiliate = await findSignInLink(openDatabase(c.env.DB), token, c.var.now);
    if (affiliate === null) return showLinkExpired(c);
    return show(c, 200, "Sign in", <ConfirmSignInPage token={token} affiliate={affiliate} />);
  });

  app.post("/sign-in", async (c) => {
    const { token, email = "" } = await readFormFields(c);
    return token === undefined ? requestLink(c, email) : signInWithLink(c, token);
  });

  app.post("/sign-out", async (c) => {
    const token = readSessionCookie(c);
    if (token !== null) await endSession(openDatabase(c.env.DB), token);
    clearSessionCookies(c);
    return c.redirect("/app", 303);
  });
}

async function showLinkExpired(c: PortalContext) {
  return show(c, 410, "Sign-in link expired", <LinkExpiredPage canSendEmail={await canSendEmail(c.env)} />);
}

async function signInWithLink(c: PortalContext, token: string): Promise<Response> {
  const { now } = c.var;
  const session = await startSession(openDatabase(c.env.DB), token, now);
  if (session === null) return showLinkExpired(c);
  const [key] = importTokenKeys(readSettings(c.env).token_keys);
  if (key === undefined) throw new Error("no token key is configured");
  setSessionCookies(c, session, key, now);
  rememberOwner(c, key, session.affiliate_id, now);
  await recordBrowser(c, session.affiliate_id, now);
  return c.redirect(readReturnPath(c), 303);
}

/** Responds before it looks up the address, so that neither the page nor its timing reveals whether it is known. */
async function requestLink(c: PortalContext, typed: string): Promise<Response> {
  if (!(await canSendEmail(c.env))) return c.redirect("/app/sign-in", 303);
  const network = networkKeyOf(c.req.header("CF-Connecting-IP") ?? "");
  if (!(await isWithinLimit(c.env.SIGN_IN_LIMIT, network))) {
    return show(c, 429, "Too many requests", <TooManyRequestsPage />);
  }
  try {
    const { email } = parseFields(emailForm, { email: typed });
    c.executionCtx.waitUntil(sendSignInLink(c.env, email, new URL(c.req.url).host, c.var.now));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const rejected = { email: typed, error: error.message.replace(/^email: /, "") };
    return show(c, 422, "Sign in", <SignInPage canSendEmail rejected={rejected} />);
  }
  return c.redirect("/app/sign-in?done=sent", 303);
}
