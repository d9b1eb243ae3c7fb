/** Sign-in links and sessions of the console. Only hashes of their tokens are stored. */
import { and, desc, eq, exists, gt, isNull, lte, ne, type SQL } from "drizzle-orm";
import { nanoid } from "nanoid";
import type { Database } from "../../db/database.ts";
import { hashText } from "../../lib/platform/vault.ts";
import { MS_PER_DAY, MS_PER_HOUR } from "../../lib/time.ts";
import { type Actor, FIRST_KEY } from "../../users/actor.ts";
import { findActorOfKey, findActorOfKeyId, type KeyActor } from "../../users/key-queries.ts";
import { users } from "../../users/tables.ts";
import { userSessions, userSignInLinks } from "./tables.ts";

/** Of a link that an owner creates: one day, single use. */
export const LINK_LIFETIME_MS = MS_PER_DAY;
/** Shorter than an affiliate's: a user may change what everybody is paid. */
const SESSION_LIFETIME_MS = 14 * MS_PER_DAY;
/** A key isn't a person's, and is kept elsewhere. */
const KEY_SESSION_LIFETIME_MS = 12 * MS_PER_HOUR;
export const TOKEN_CHARACTERS = 43; // 256 bits
const BROWSER_MAX_CHARACTERS = 300;
const SESSIONS_SHOWN = 50;

/** Who is signed in. `name` is a user's name, null for a key without a user. */
export interface Session {
  id: string;
  actor: Actor;
  name: string | null;
}

/** A new session: its secret token, and when it ends (ms). */
export interface StartedSession {
  token: string;
  expires_at: number;
}

/**
 * A one-time sign-in token for a user, with the statement that stores it. `by` creates it, and could sign in with it; null if only
 * the user gets it.
 */
export async function newSignInLink(db: Database, userId: string, by: Actor | null, now: number) {
  const token = nanoid(TOKEN_CHARACTERS);
  const expires_at = now + LINK_LIFETIME_MS;
  const opened_by = by === null ? [] : listOpeners(by).filter((opener) => opener !== userId);
  const row = { token_hash: await hashText(token), user_id: userId, expires_at, opened_by: emptyToNull(opened_by) };
  return { token, expires_at, statement: db.insert(userSignInLinks).values(row) };
}

/** The user of a one-time token, without using it. Null if the token is unknown, used or expired, or the user was removed. */
export async function findSignInLink(
  db: Database,
  token: string,
  now: number,
): Promise<{ name: string; email: string } | null> {
  const row = await db
    .select({ name: users.name, email: users.email })
    .from(userSignInLinks)
    .innerJoin(users, eq(users.id, userSignInLinks.user_id))
    .where(
      and(
        eq(userSignInLinks.token_hash, await hashText(token)),
        gt(userSignInLinks.expires_at, now),
        isNull(users.removed_at),
      ),
    )
    .get();
  return row ?? null;
}

/** Exchanges a one-time token for a session. Null if the token is unknown, used or expired. */
export async function startSession(
  db: Database,
  token: string,
  browser: string,
  now: number,
): Promise<StartedSession | null> {
  // Deleting the row uses the token: of two concurrent requests, only one gets the row back.
  const [link] = await db
    .delete(userSignInLinks)
    .where(eq(userSignInLinks.token_hash, await hashText(token)))
    .returning();
  if (link === undefined || link.expires_at <= now) return null;
  const { user_id, opened_by } = link;
  const session = { user_id, key_id: null, key_hash: null, browser, opened_by };
  return addSession(db, { ...session, expires_at: now + SESSION_LIFETIME_MS }, now);
}

/** Starts a session with an API key. Null if the key isn't valid. `firstKey` is the value of `ADMIN_TOKEN`. */
export async function startKeySession(
  db: Database,
  { key, first_key }: { key: string; first_key: string },
  browser: string,
  now: number,
): Promise<StartedSession | null> {
  const actor = await findActorOfKey(() => db, first_key, key);
  if (actor === null) return null;
  const key_hash = actor.key_id === FIRST_KEY ? await hashText(first_key) : null;
  const session = { user_id: actor.user_id, key_id: actor.key_id, key_hash, browser };
  return addSession(db, { ...session, expires_at: now + KEY_SESSION_LIFETIME_MS }, now);
}

async function addSession(
  db: Database,
  session: Pick<
    typeof userSessions.$inferInsert,
    "user_id" | "key_id" | "key_hash" | "browser" | "expires_at" | "opened_by"
  >,
  now: number,
): Promise<StartedSession> {
  const token = nanoid(TOKEN_CHARACTERS);
  const browser = session.browser.slice(0, BROWSER_MAX_CHARACTERS);
  const row = { ...session, browser, token_hash: await hashText(token), id: `ses_${nanoid(12)}`, created_at: now };
  await db.insert(userSessions).values(row);
  return { token, expires_at: session.expires_at };
}

/** Who is signed in by a session's token. Null if the session is unknown or expired, or its user or key is no longer active. */
export async function findSession(db: Database, token: string, firstKey: string, now: number): Promise<Session | null> {
  const row = await db
    .select({ session: userSessions, user: users })
    .from(userSessions)
    .leftJoin(users, eq(users.id, userSessions.user_id))
    .where(
      and(
        eq(userSessions.token_hash, await hashText(token)),
        gt(userSessions.expires_at, now),
        isNull(users.removed_at),
      ),
    )
    .get();
  if (row === undefined) return null;
  const { session, user } = row;
  const name = user?.name ?? null;
  if (session.key_id !== null) {
    const actor = await findSessionKey(db, session.key_id, session.key_hash, firstKey);
    return actor && { id: session.id, actor, name };
  }
  if (user === null) return null;
  return {
    id: session.id,
    actor: {
      ...{ user_id: user.id, key_id: null, role: user.role, program_ids: user.program_ids },
      opened_by: session.opened_by ?? [],
    },
    name,
  };
}

/** The users that could sign in with what an actor creates: its own user, and those that had the link to its session. */
function listOpeners({ user_id, opened_by = [] }: Actor): string[] {
  return [...new Set([...(user_id === null ? [] : [user_id]), ...opened_by])];
}

function emptyToNull(list: string[]): string[] | null {
  return list.length === 0 ? null : list;
}

/** The actor of the key that started a session. */
async function findSessionKey(
  db: Database,
  keyId: string,
  keyHash: string | null,
  firstKey: string,
): Promise<KeyActor | null> {
  if (keyId !== FIRST_KEY) return findActorOfKeyId(db, keyId);
  return keyHash === (await hashText(firstKey)) ? findActorOfKey(() => db, firstKey, firstKey) : null;
}

/** A session as its user sees it. */
export type OwnSession = Pick<typeof userSessions.$inferSelect, "id" | "browser" | "created_at" | "expires_at">;

/** The sessions of a session's user, or of its key if it has none, newest first. */
export async function listOwnSessions(db: Database, { actor }: Session, now: number): Promise<OwnSession[]> {
  const { id, browser, created_at, expires_at } = userSessions;
  return db
    .select({ id, browser, created_at, expires_at })
    .from(userSessions)
    .where(and(isOwn(actor), gt(expires_at, now)))
    .orderBy(desc(created_at))
    .limit(SESSIONS_SHOWN);
}

/** Ends one of the sessions of an actor. An unknown id, or another user's, changes nothing. */
export async function endOwnSession(db: Database, { actor }: Session, id: string): Promise<void> {
  await db.delete(userSessions).where(and(isOwn(actor), eq(userSessions.id, id)));
}

/** Ends all other sessions of an actor, and deletes its unused sign-in links, which others may have. */
export async function endOtherSessions(db: Database, { actor, id }: Session): Promise<void> {
  const { user_id } = actor;
  await db.batch([
    db.delete(userSessions).where(and(isOwn(actor), ne(userSessions.id, id))),
    ...(user_id === null ? [] : [db.delete(userSignInLinks).where(eq(userSignInLinks.user_id, user_id))]),
  ]);
}

function isOwn({ user_id, key_id }: Actor) {
  return user_id === null
    ? and(isNull(userSessions.user_id), eq(userSessions.key_id, key_id ?? ""))
    : eq(userSessions.user_id, user_id);
}

/** Ends a session by its token. */
export async function endSession(db: Database, token: string): Promise<void> {
  await db.delete(userSessions).where(eq(userSessions.token_hash, await hashText(token)));
}

/** The statements that delete a user's sessions and unused sign-in links, if the user's row fulfills a condition. */
export function deleteUserSignIns(db: Database, userId: string, condition: SQL | undefined) {
  const isMet = exists(db.select({ id: users.id }).from(users).where(condition));
  return [
    db.delete(userSessions).where(and(eq(userSessions.user_id, userId), isMet)),
    db.delete(userSignInLinks).where(and(eq(userSignInLinks.user_id, userId), isMet)),
  ] as const;
}

/** Deletes sign-in links and sessions that have expired at `now` (ms). */
export async function deleteOldUserSessions(db: Database, now: number): Promise<void> {
  await db.batch([
    db.delete(userSignInLinks).where(lte(userSignInLinks.expires_at, now)),
    db.delete(userSessions).where(lte(userSessions.expires_at, now)),
  ]);
}
