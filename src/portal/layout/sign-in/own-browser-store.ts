/** The browsers in which an affiliate has signed in: what is bought by their clicks is its own. */
import { getCookie } from "hono/cookie";
import { insertIdentifiers } from "../../../affiliates/identifier-store.ts";
import { type Database, openDatabase } from "../../../db/database.ts";
import { readSettings } from "../../../env.ts";
import { hashVisitor } from "../../../lib/platform/vault.ts";
import { importTokenKeys, type TokenKey } from "../../../lib/signed-text.ts";
import { readClickToken } from "../../../redirect/click-token.ts";
import { cookieName } from "../../../redirect/cookie.ts";
import type { PortalContext } from "../page-tools.tsx";

/** Of so many programmes at most; browsers keep few more cookies for a host. */
const VISITORS_MAX = 20;

const CLICK_COOKIE = cookieName("");

/** The visitors that the click cookies in a browser name, where our keys have signed them. */
export function listVisitors(cookies: Readonly<Record<string, string>>, keys: readonly TokenKey[]): string[] {
  const visitors = Object.entries(cookies).flatMap(([name, token]) => {
    const reading = name.startsWith(CLICK_COOKIE) ? readClickToken(keys, token) : null;
    return reading?.ok ? [reading.claims.visitor] : [];
  });
  return [...new Set(visitors)].slice(0, VISITORS_MAX);
}

/**
 * Remembers, as keyed hashes, that these visitors are the affiliate; what is known is not written again. Never throws: a page
 * is not refused for it, and the next one makes up for it.
 */
export async function keepOwnBrowser(
  db: Database,
  vaultKey: Uint8Array<ArrayBuffer>,
  own: { affiliate_id: number; visitors: readonly string[] },
  now: number,
): Promise<void> {
  const { affiliate_id: affiliateId, visitors } = own;
  if (visitors.length === 0) return;
  try {
    const hashes = await Promise.all(visitors.map((visitor) => hashVisitor(vaultKey, visitor)));
    await insertIdentifiers(db, { affiliate_id: affiliateId, kind: "visitor", hashes }, now);
  } catch (error) {
    console.error("an affiliate's own browser not remembered", error);
  }
}

/** Whoever is signed in with a browser that holds a click is the visitor of that click. Never throws. */
export function rememberBrowser(c: PortalContext, affiliate_id: number, now: number): Promise<void> {
  const { token_keys, vault_key } = readSettings(c.env);
  const visitors = listVisitors(getCookie(c), importTokenKeys(token_keys));
  return keepOwnBrowser(openDatabase(c.env.DB), vault_key, { affiliate_id, visitors }, now);
}
