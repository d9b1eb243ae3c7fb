/** Records the browsers that affiliates sign in with. A purchase from such a browser is the affiliate's own. */

import { insertIdentifiers } from "../../../affiliates/identifier-store.ts";
import { type Database, openDatabase } from "../../../db/database.ts";
import { readSettings } from "../../../env.ts";
import { logError } from "../../../lib/platform/log.ts";
import { hashVisitor } from "../../../lib/platform/vault.ts";
import { importTokenKeys, type TokenKey } from "../../../lib/signed-text.ts";
import { readClickToken } from "../../../redirect/click-token.ts";
import { cookieName, listCookies } from "../../../redirect/cookie.ts";
import type { PortalContext } from "../page.tsx";

/** A browser has one click cookie per program, and keeps few more cookies than this for a host. */
const VISITORS_MAX = 20;

const CLICK_COOKIE = cookieName("");

/** The visitor ids in the click cookies of a header, if the tokens have a valid signature. */
export function listVisitorIds(cookies: string, keys: readonly TokenKey[]): string[] {
  const visitors = listCookies(cookies).flatMap(([name, token]) => {
    const reading = name.startsWith(CLICK_COOKIE) ? readClickToken(keys, token) : null;
    return reading?.ok ? [reading.claims.visitor] : [];
  });
  return [...new Set(visitors)].slice(0, VISITORS_MAX);
}

/**
 * Records visitor ids as identifiers of the affiliate, as keyed hashes. Known ones are not written again. Never throws: the
 * page must still be shown, and the next page view tries again.
 */
export async function recordVisitorIds(
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
    logError("browser_not_recorded", { error });
  }
}

/** Records the visitor ids of the request's browser for the signed-in affiliate. Never throws. */
export function recordBrowser(c: PortalContext, affiliate_id: number, now: number): Promise<void> {
  const { token_keys, vault_key } = readSettings(c.env);
  const visitors = listVisitorIds(c.req.header("Cookie") ?? "", importTokenKeys(token_keys));
  return recordVisitorIds(openDatabase(c.env.DB), vault_key, { affiliate_id, visitors }, now);
}
