import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { MS_PER_SECOND } from "../../lib/time.ts";
import type { StartedSession } from "./sign-in-store.ts";

/** Sent as `__Host-lc_admin`: the prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`. */
const COOKIE = "lc_admin";
const PREFIX = "host";

/** Lax: a link in a message leads to the page that it names. Forms need the page's own origin besides. */
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

/** The session token of a request, or null. */
export function readSessionCookie(c: Context): string | null {
  return getCookie(c, COOKIE, PREFIX) ?? null;
}

export function setSessionCookie(c: Context, { token, expires_at }: StartedSession, now: number): void {
  const maxAge = Math.floor((expires_at - now) / MS_PER_SECOND);
  setCookie(c, COOKIE, token, { ...ATTRIBUTES, maxAge, prefix: PREFIX });
}

export function clearSessionCookie(c: Context): void {
  deleteCookie(c, COOKIE, { ...ATTRIBUTES, prefix: PREFIX });
}
