/** `/app/sign-in` and `/app/sign-out`: the only doors that are open to nobody in particular. */
import type { Hono } from "hono";
import * as v from "valibot";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { Problem } from "../lib/problem.ts";
import { importTokenKeys } from "../lib/signed-text.ts";
import { parseFields, shortText } from "../lib/validation.ts";
import type { PageTools, Portal, PortalContext } from "./layout/page-tools.tsx";
import { nameNetwork } from "./layout/sign-in/network.ts";
import { rememberBrowser } from "./layout/sign-in/own-browser-store.ts";
import {
  ConfirmPage,
  LinkOverPage,
  LinkSentPage,
  SignedOutPage,
  SignInPage,
  TooManyPage,
} from "./layout/sign-in/pages.tsx";
import { clearSessionCookies, readSessionCookie, setSessionCookies } from "./layout/sign-in/session-store.ts";
import { canMail, mailSignInLink } from "./layout/sign-in/sign-in-email-store.ts";
import { endSession, findSignInLink, startSession } from "./layout/sign-in/sign-in-store.ts";

type Tools = Pick<PageTools, "now" | "show">;

const asked = v.object({ email: v.pipe(shortText, v.trim(), v.toLowerCase(), v.email("is not an e-mail address")) });

export function addSignInRoutes(app: Hono<Portal>, tools: Tools): void {
  // Mail scanners, previews and prefetches open links; only a person presses the button.
  app.get("/sign-in", async (c) => {
    const { token, done } = c.req.query();
    if (token === undefined) {
      if (done === "sent") return tools.show(c, 200, "Look into your mail", <LinkSentPage />);
      if (done === "everywhere") return tools.show(c, 200, "Signed out", <SignedOutPage />);
      return tools.show(c, 200, "Sign in", <SignInPage byMail={canMail(c.env)} attempt={null} />);
    }
    const affiliate = await findSignInLink(openDatabase(c.env.DB), token, tools.now(c.req.raw));
    if (affiliate === null) return showLinkOver(c, tools);
    return tools.show(c, 200, "Sign in", <ConfirmPage token={token} affiliate={affiliate} />);
  });

  app.post("/sign-in", async (c) => {
    const { token, email } = await c.req.parseBody();
    if (typeof token === "string") return takeLink(c, tools, token);
    return askForLink(c, tools, typeof email === "string" ? email : "");
  });

  app.post("/sign-out", async (c) => {
    const token = readSessionCookie(c);
    if (token !== null) await endSession(openDatabase(c.env.DB), token);
    clearSessionCookies(c);
    return c.redirect("/app", 303);
  });
}

function showLinkOver(c: PortalContext, tools: Tools) {
  return tools.show(c, 410, "This link no longer works", <LinkOverPage byMail={canMail(c.env)} />);
}

async function takeLink(c: PortalContext, tools: Tools, token: string): Promise<Response> {
  const now = tools.now(c.req.raw);
  const session = await startSession(openDatabase(c.env.DB), token, now);
  if (session === null) return showLinkOver(c, tools);
  const [key] = importTokenKeys(readSettings(c.env).token_keys);
  if (key === undefined) throw new Error("there is no key to sign with");
  setSessionCookies(c, session, key, now);
  await rememberBrowser(c, session.affiliate_id, now);
  return c.redirect("/app", 303);
}

/** Answers before the address is looked up: neither words nor time tell whether it is known. */
async function askForLink(c: PortalContext, tools: Tools, typed: string): Promise<Response> {
  if (!canMail(c.env)) return c.redirect("/app/sign-in", 303);
  const network = nameNetwork(c.req.header("CF-Connecting-IP") ?? "");
  if (c.env.SIGN_IN_LIMIT !== undefined && !(await c.env.SIGN_IN_LIMIT.limit({ key: network })).success) {
    return tools.show(c, 429, "Please wait", <TooManyPage />);
  }
  try {
    const { email } = parseFields(asked, { email: typed });
    c.executionCtx.waitUntil(mailSignInLink(c.env, email, new URL(c.req.url).origin, tools.now(c.req.raw)));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const attempt = { email: typed, fault: error.message.replace(/^email: /, "") };
    return tools.show(c, 422, "Sign in", <SignInPage byMail attempt={attempt} />);
  }
  return c.redirect("/app/sign-in?done=sent", 303);
}
