/**
 * Where someone was when their session was over, and what they had entered there. Both are kept in the browser for an hour,
 * the form sealed and only for the affiliate whose session it was.
 */
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import * as v from "valibot";
import { readSettings } from "../../../env.ts";
import { openSealer } from "../../../lib/platform/vault.ts";
import { importTokenKeys, type TokenKey } from "../../../lib/signed-text.ts";
import { readSelfToken, signSelfToken } from "../../../redirect/self-token.ts";
import type { PortalContext } from "../page.tsx";
import { readFormEntries } from "../read-form-handler.ts";

const PATH_COOKIE = "lc_return";
const FORM_COOKIE = "lc_form";
const OWNER_COOKIE = "lc_owner";
/** A session lasts 30 days. */
const OWNER_KNOWN_SECONDS = 5_184_000;
const ATTRIBUTES = { path: "/app", secure: true, httpOnly: true, sameSite: "Lax" } as const;
const KEPT_SECONDS = 3_600;
/** Browsers limit a cookie to about 4,000 characters. */
const COOKIE_MAX_CHARACTERS = 3_500;
/** The page that sends a kept form again. */
export const KEPT_FORM_PATH = "/app/kept-form";
/** Pages that only make sense once. */
const NEVER_KEPT = /^\/app\/(?:sign-in|sign-out|view|live|kept-form|account\/sign-out-everywhere)/;

const keptForm = v.object({ path: v.string(), fields: v.array(v.tuple([v.string(), v.string()])) });

/** A form that was submitted after the session was over. */
export type KeptForm = v.InferOutput<typeof keptForm>;

/** Keeps what a request without a session asked for: a page, or a form. Whether a form is kept. */
export async function keepRequest(c: PortalContext): Promise<boolean> {
  const { pathname, search } = new URL(c.req.url);
  if (NEVER_KEPT.test(pathname)) return false;
  if (c.req.method === "GET") {
    const path = pathname + search;
    if (path !== "/app" && path.length < COOKIE_MAX_CHARACTERS && !/\.[a-z]{3,4}$/.test(pathname))
      setCookie(c, PATH_COOKIE, path, { ...ATTRIBUTES, maxAge: KEPT_SECONDS });
    return false;
  }
  const owner = readOwner(c);
  if (c.req.method !== "POST" || owner === null) return false;
  const kept: KeptForm = { path: pathname + search, fields: await readFormEntries(c) };
  const sealed = await (await sealer(c)).seal(contextOf(owner), JSON.stringify(kept));
  if (sealed.length > COOKIE_MAX_CHARACTERS) return false;
  setCookie(c, FORM_COOKIE, sealed, { ...ATTRIBUTES, maxAge: KEPT_SECONDS });
  return true;
}

/** The path to continue at after signing in. */
export function readReturnPath(c: PortalContext): string {
  if (getCookie(c, FORM_COOKIE) !== undefined) return KEPT_FORM_PATH;
  const path = getCookie(c, PATH_COOKIE);
  if (path !== undefined) deleteCookie(c, PATH_COOKIE, ATTRIBUTES);
  // Only a path of the portal: the cookie may have been set by another site on the same domain.
  return path !== undefined && /^\/app[/?]/.test(path) && !/[\\\p{Cc}]/u.test(path) ? path : "/app";
}

/** The form that was kept for an affiliate, which is then forgotten. Null if there is none, or it is another affiliate's. */
export async function takeKeptForm(c: PortalContext, affiliateId: number): Promise<KeptForm | null> {
  const sealed = getCookie(c, FORM_COOKIE);
  if (sealed === undefined) return null;
  deleteCookie(c, FORM_COOKIE, ATTRIBUTES);
  try {
    const text = await (await sealer(c)).unseal(contextOf(affiliateId), sealed);
    const parsed = v.safeParse(keptForm, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

const contextOf = (affiliateId: number) => `form of affiliate ${affiliateId}`;

function sealer(c: PortalContext) {
  return openSealer(readSettings(c.env).vault_key, "kept form");
}

/** Remembers whose browser it is for longer than a session, so that a form is kept for nobody else. */
export function rememberOwner(c: PortalContext, key: TokenKey, affiliateId: number, now: number): void {
  const token = signSelfToken(key, affiliateId, now + OWNER_KNOWN_SECONDS * 1_000);
  setCookie(c, OWNER_COOKIE, token, { ...ATTRIBUTES, maxAge: OWNER_KNOWN_SECONDS });
}

/** The affiliate who last signed in with this browser, or null. */
function readOwner(c: PortalContext): number | null {
  const token = getCookie(c, OWNER_COOKIE);
  if (token === undefined) return null;
  return readSelfToken(importTokenKeys(readSettings(c.env).token_keys), token, c.var.now)?.affiliate_id ?? null;
}
