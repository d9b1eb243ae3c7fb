import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { SESSION_LIFE_SECONDS } from "./sign-in.ts";

/** Sent as `__Host-lc_session`: the prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`. */
const COOKIE = "lc_session";
const PREFIX = "host";

/** The session's token in a request, null where there is none. */
export function readSessionCookie(c: Context): string | null {
  return getCookie(c, COOKIE, PREFIX) ?? null;
}

/** Puts a session's token into the answer. */
export function setSessionCookie(c: Context, token: string): void {
  setCookie(c, COOKIE, token, {
    prefix: PREFIX,
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "Lax",
    maxAge: SESSION_LIFE_SECONDS,
  });
}

/** Makes the browser forget the session. */
export function clearSessionCookie(c: Context): void {
  deleteCookie(c, COOKIE, { prefix: PREFIX, path: "/", secure: true, httpOnly: true, sameSite: "Lax" });
}
