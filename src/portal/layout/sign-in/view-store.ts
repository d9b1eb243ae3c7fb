/** Views: users of the merchant who look at an affiliate's portal, read only. Only hashes of their tokens are stored. */
import { and, eq, gt, isNull, or } from "drizzle-orm";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { nanoid } from "nanoid";
import { affiliates } from "../../../affiliates/tables.ts";
import { adminKeys } from "../../../api/layout/tables.ts";
import type { Database } from "../../../db/database.ts";
import { hashText } from "../../../lib/platform/vault.ts";
import { MS_PER_MINUTE } from "../../../lib/time.ts";
import { users } from "../../../users/tables.ts";
import { portalViews } from "../tables.ts";

const VIEW_LIFETIME_MS = 30 * MS_PER_MINUTE;
const TOKEN_CHARACTERS = 43; // 256 bits

/** Sent as `__Host-lc_view`: apart from the affiliate's own session, so that neither takes the other's place. */
const COOKIE = "lc_view";
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

/** Who looks at which affiliate's portal. */
export interface View {
  affiliate: { id: number; username: string; name: string };
  /** The name of the user or key; null for the admin key. */
  viewer: string | null;
  /** When the view ends, ms. */
  expires_at: number;
}

/** A new view with its one-time token, and the statement that stores it. */
export async function newView(
  db: Database,
  affiliateId: number,
  { user_id, key_id }: { user_id: string | null; key_id: string | null },
  now: number,
) {
  const token = nanoid(TOKEN_CHARACTERS);
  const expires_at = now + VIEW_LIFETIME_MS;
  const row = { token_hash: await hashText(token), affiliate_id: affiliateId, user_id, key_id, expires_at };
  return { token, expires_at, statement: db.insert(portalViews).values(row) };
}

/** Opens a view in a browser: exchanges its one-time token for a cookie. False if the token is unknown, used or expired. */
export async function openView(c: Context, db: Database, token: string, now: number): Promise<boolean> {
  const secret = nanoid(TOKEN_CHARACTERS);
  const { token_hash, opened_at, expires_at } = portalViews;
  // Replacing the hash uses the token: of two concurrent requests, only one gets the row back.
  const [opened] = await db
    .update(portalViews)
    .set({ token_hash: await hashText(secret), opened_at: now })
    .where(and(eq(token_hash, await hashText(token)), isNull(opened_at), gt(expires_at, now)))
    .returning({ expires_at });
  if (opened === undefined) return false;
  const maxAge = Math.ceil((opened.expires_at - now) / 1_000);
  setCookie(c, COOKIE, secret, { ...ATTRIBUTES, maxAge, prefix: "host" });
  return true;
}

/** The view of a request. Null without one, and once it has expired or its user or key is no longer active. */
export async function findView(c: Context, openDatabase: () => Database, now: number): Promise<View | null> {
  const token = getCookie(c, COOKIE, "host");
  if (token === undefined) return null;
  const row = await openDatabase()
    .select({
      affiliate: { id: affiliates.id, username: affiliates.username, name: affiliates.name },
      user: users.name,
      key: adminKeys.name,
      expires_at: portalViews.expires_at,
    })
    .from(portalViews)
    .innerJoin(affiliates, eq(affiliates.id, portalViews.affiliate_id))
    .leftJoin(users, eq(users.id, portalViews.user_id))
    .leftJoin(adminKeys, eq(adminKeys.id, portalViews.key_id))
    .where(
      and(
        eq(portalViews.token_hash, await hashText(token)),
        // A token that wasn't exchanged is no cookie.
        gt(portalViews.opened_at, 0),
        gt(portalViews.expires_at, now),
        isNull(affiliates.erased_at),
        or(isNull(portalViews.user_id), isNull(users.removed_at)),
        or(isNull(portalViews.key_id), isNull(adminKeys.revoked_at)),
      ),
    )
    .get();
  if (row === undefined) return null;
  const { affiliate, user, key, expires_at } = row;
  return { affiliate, viewer: user ?? key, expires_at };
}

/** Ends the view of a request. */
export async function endView(c: Context, db: Database): Promise<void> {
  const token = getCookie(c, COOKIE, "host");
  if (token !== undefined) await db.delete(portalViews).where(eq(portalViews.token_hash, await hashText(token)));
  deleteCookie(c, COOKIE, { ...ATTRIBUTES, prefix: "host" });
}
