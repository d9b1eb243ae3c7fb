import { and, eq, gt, isNull, lte } from "drizzle-orm";
import { nanoid } from "nanoid";
import { affiliates } from "../../../affiliates/tables.ts";
import type { Database } from "../../../db/database.ts";
import { hashText } from "../../../lib/platform/vault.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../../../lib/time.ts";
import { sessions, signInLinks, signInMails } from "../tables.ts";

/** The merchant hands the link over, by mail or chat: a day is enough, and it works once. */
const SIGN_IN_LINK_LIFE_MS = MS_PER_DAY;
/** How long a session lasts, in seconds as cookies count: 30 days. */
export const SESSION_LIFE_SECONDS = 2_592_000;
/** How long a letter with a link is counted. */
export const MAIL_COUNT_MS = MS_PER_HOUR;
const TOKEN_CHARACTERS = 43; // 256 bits

/** Makes a one-time sign-in token for an affiliate, good for `life_ms`. Only its hash is stored. */
export async function createSignInLink(
  db: Database,
  affiliateId: number,
  now: number,
  life_ms = SIGN_IN_LINK_LIFE_MS,
): Promise<{ token: string; expires_at: number }> {
  const token = nanoid(TOKEN_CHARACTERS);
  const expires_at = now + life_ms;
  await db
    .insert(signInLinks)
    .values({ token_hash: await hashText(token), affiliate_id: affiliateId, expires_at: expires_at });
  return { token, expires_at };
}

/** Whose a one-time token is, which stays good; null where it is unknown, used or too old. */
export async function findSignInLink(
  db: Database,
  token: string,
  now: number,
): Promise<{ username: string; name: string } | null> {
  const row = await db
    .select({ username: affiliates.username, name: affiliates.name })
    .from(signInLinks)
    .innerJoin(affiliates, eq(affiliates.id, signInLinks.affiliate_id))
    .where(and(eq(signInLinks.token_hash, await hashText(token)), gt(signInLinks.expires_at, now)))
    .get();
  return row ?? null;
}

/** Trades a one-time token for a session; null where it is unknown, used or too old. */
export async function startSession(
  db: Database,
  token: string,
  now: number,
): Promise<{ token: string; affiliate_id: number } | null> {
  // The delete is the claim: of two requests with the same link, one gets the row.
  const [claimed] = await db
    .delete(signInLinks)
    .where(eq(signInLinks.token_hash, await hashText(token)))
    .returning({ affiliate_id: signInLinks.affiliate_id, expires_at: signInLinks.expires_at });
  if (claimed === undefined || claimed.expires_at <= now) return null;
  const session = nanoid(TOKEN_CHARACTERS);
  const expiresAt = now + SESSION_LIFE_SECONDS * 1_000;
  await db
    .insert(sessions)
    .values({ token_hash: await hashText(session), affiliate_id: claimed.affiliate_id, expires_at: expiresAt });
  return { token: session, affiliate_id: claimed.affiliate_id };
}

/** Who a session belongs to, null where it is unknown or over. */
export async function findSession(db: Database, token: string, now: number) {
  const row = await db
    .select({ id: affiliates.id, username: affiliates.username, name: affiliates.name })
    .from(sessions)
    .innerJoin(affiliates, eq(affiliates.id, sessions.affiliate_id))
    // A session that began while its affiliate was erased is nobody's.
    .where(
      and(eq(sessions.token_hash, await hashText(token)), gt(sessions.expires_at, now), isNull(affiliates.erased_at)),
    )
    .get();
  return row ?? null;
}

/** Ends a session. */
export async function endSession(db: Database, token: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.token_hash, await hashText(token)));
}

/** Ends every session of an affiliate, and takes back the links that nobody has used yet: somebody else may hold one. */
export async function endAllSessions(db: Database, affiliateId: number): Promise<void> {
  await db.batch([
    db.delete(sessions).where(eq(sessions.affiliate_id, affiliateId)),
    db.delete(signInLinks).where(eq(signInLinks.affiliate_id, affiliateId)),
  ]);
}

/** Deletes links, sessions and counts of letters that are over at `now`, ms. */
export async function deleteOldSessions(db: Database, now: number): Promise<void> {
  await db.batch([
    db.delete(signInMails).where(lte(signInMails.sent_at, now - MAIL_COUNT_MS)),
    db.delete(signInLinks).where(lte(signInLinks.expires_at, now)),
    db.delete(sessions).where(lte(sessions.expires_at, now)),
  ]);
}

/** The statements that delete an affiliate's sessions and unused sign-in links. */
export function deleteSignIns(db: Database, affiliateId: number) {
  return [
    db.delete(sessions).where(eq(sessions.affiliate_id, affiliateId)),
    db.delete(signInLinks).where(eq(signInLinks.affiliate_id, affiliateId)),
  ] as const;
}
