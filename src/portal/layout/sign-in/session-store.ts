import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { TokenKey } from "../../../lib/signed-text.ts";
import { OWN_BROWSER_SECONDS, SELF_COOKIE, signSelfToken } from "../../../redirect/self-token.ts";
import { SESSION_LIFETIME_SECONDS } from "./sign-in-store.ts";

/** Sent as `__Host-lc_session`: the prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`. */
const COOKIE = "lc_session";
const PREFIX = "host";

/** The session token of a request, or null. */
export function readSessionCookie(c: Context): string | null {
  return getCookie(c, COOKIE, PREFIX) ?? null;
}

const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

/** Sets the session cookie, and the cookie by which the redirect recognizes clicks from the affiliate's own browser. */
export function setSessionCookies(
  c: Context,
  session: { token: string; affiliate_id: number },
  key: TokenKey,
  now: number,
): void {
  const attributes = { ...ATTRIBUTES, maxAge: SESSION_LIFETIME_SECONDS };
  setCookie(c, COOKIE, session.token, { ...attributes, prefix: PREFIX });
  setCookie(c, SELF_COOKIE, signSelfToken(key, session.affiliate_id, now + OWN_BROWSER_SECONDS * 1_000), {
    ...attributes,
    maxAge: OWN_BROWSER_SECONDS,
  });
}

/** Deletes both cookies. */
export function clearSessionCookies(c: Context): void {
  deleteCookie(c, COOKIE, { ...ATTRIBUTES, prefix: PREFIX });
  deleteCookie(c, SELF_COOKIE, ATTRIBUTES);
}
