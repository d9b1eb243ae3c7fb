import { and, eq, gt, isNull, lte } from "drizzle-orm";
import { nanoid } from "nanoid";
import { noteSignedOut } from "../../../affiliates/identifier-store.ts";
import { affiliates } from "../../../affiliates/tables.ts";
import { recordChange } from "../../../audit/audit-store.ts";
import type { Database } from "../../../db/database.ts";
import { hashText } from "../../../lib/platform/vault.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../../../lib/time.ts";
import { auditActorOf } from "../audit-actor.ts";
import { portalViews, sessions, signInLinks, signInMails } from "../tables.ts";

/** For links that the merchant passes on: one day, single use. */
const SIGN_IN_LINK_LIFETIME_MS = MS_PER_DAY;
/** 30 days. */
export const SESSION_LIFETIME_SECONDS = 2_592_000;
/** The window of the email limit. */
export const EMAIL_COUNT_MS = MS_PER_HOUR;
const TOKEN_CHARACTERS = 43; // 256 bits

/**
 * A new one-time sign-in token for an affiliate that is valid for `life_ms`, with the statement that stores it. Only its hash is
 * stored.
 */
export async function newSignInLink(
  db: Database,
  affiliateId: number,
  now: number,
  life_ms = SIGN_IN_LINK_LIFETIME_MS,
) {
  const token = nanoid(TOKEN_CHARACTERS);
  const expires_at = now + life_ms;
  const row = { token_hash: await hashText(token), affiliate_id: affiliateId, expires_at };
  return { token, expires_at, statement: db.insert(signInLinks).values(row) };
}

/** The affiliate of a one-time token, without using it. Null if the token is unknown, used or expired. */
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

/** Exchanges a one-time token for a session. Null if the token is unknown, used or expired. */
export async function startSession(
  db: Database,
  token: string,
  now: number,
): Promise<{ token: string; affiliate_id: number } | null> {
  // Deleting the row uses the token: of two concurrent requests, only one gets the row back.
  const [link] = await db
    .delete(signInLinks)
    .where(eq(signInLinks.token_hash, await hashText(token)))
    .returning({ affiliate_id: signInLinks.affiliate_id, expires_at: signInLinks.expires_at });
  if (link === undefined || link.expires_at <= now) return null;
  const session = nanoid(TOKEN_CHARACTERS);
  const expiresAt = now + SESSION_LIFETIME_SECONDS * 1_000;
  await db
    .insert(sessions)
    .values({ token_hash: await hashText(session), affiliate_id: link.affiliate_id, expires_at: expiresAt });
  return { token: session, affiliate_id: link.affiliate_id };
}

/** The affiliate of a session. Null if the session is unknown or expired. */
export async function findSession(db: Database, token: string, now: number) {
  const row = await db
    .select({ id: affiliates.id, username: affiliates.username, name: affiliates.name })
    .from(sessions)
    .innerJoin(affiliates, eq(affiliates.id, sessions.affiliate_id))
    // A session that started while its affiliate was being erased is invalid.
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

/**
 * Ends all sessions of an affiliate and deletes its unused sign-in links, which others may have. Browsers that it signed in
 * with no longer count as its own.
 */
export async function endAllSessions(
  db: Database,
  { id, username }: { id: number; username: string },
  now: number,
): Promise<void> {
  const change = { action: "affiliate.signed_out_everywhere", subject_type: "affiliate", subject: username };
  await db.batch([
    noteSignedOut(db, id, now),
    recordChange(db, auditActorOf({ username }), { ...change, program_id: null, before: {}, after: null }, now),
    ...deleteSignIns(db, id),
  ]);
}

/** Deletes sign-in links, sessions, merchants' views and email counts that have expired at `now` (ms). */
export async function deleteOldSessions(db: Database, now: number): Promise<void> {
  await db.batch([
    db.delete(signInMails).where(lte(signInMails.sent_at, now - EMAIL_COUNT_MS)),
    db.delete(signInLinks).where(lte(signInLinks.expires_at, now)),
    db.delete(sessions).where(lte(sessions.expires_at, now)),
    db.delete(portalViews).where(lte(portalViews.expires_at, now)),
  ]);
}

/** The statements that delete an affiliate's sessions and unused sign-in links. */
export function deleteSignIns(db: Database, affiliateId: number) {
  return [
    db.delete(sessions).where(eq(sessions.affiliate_id, affiliateId)),
    db.delete(signInLinks).where(eq(signInLinks.affiliate_id, affiliateId)),
  ] as const;
}
