import { getCookie } from "hono/cookie";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { importTokenKeys } from "../redirect/signed-text.ts";
import { keepOwnBrowser, listVisitors } from "./own-browser.ts";
import type { PortalContext } from "./page-tools.tsx";

/** Whoever is signed in with a browser that holds a click is the visitor of that click. Never throws. */
export function rememberBrowser(c: PortalContext, affiliate_id: number, now: number): Promise<void> {
  const { token_keys, vault_key } = readSettings(c.env);
  const visitors = listVisitors(getCookie(c), importTokenKeys(token_keys));
  return keepOwnBrowser(openDatabase(c.env.DB), vault_key, { affiliate_id, visitors }, now);
}
