/**
 * Cloudflare Access in front of the console: a visitor who has passed it is signed in as the user with the same email address. Access signs
 * each request (https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/).
 */
import { and, eq, isNull } from "drizzle-orm";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { type Database, openDatabase } from "../../db/database.ts";
import { type AccessSettings, type Env, readAccessSettings } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../../lib/time.ts";
import { users } from "../../users/tables.ts";
import type { Session } from "./sign-in-store.ts";

/** The header with the signed token. */
const HEADER = "Cf-Access-Jwt-Assertion";
/** Cloudflare changes its keys every six weeks, and signs with the new one at once. */
const KEYS_KEPT_MS = MS_PER_HOUR;
/** A token with an unknown key asks for the keys again, but not each time. */
const KEYS_RETRY_MS = MS_PER_MINUTE;
const FETCH_TIMEOUT_MS = 5_000;

/** The id of a session that Access keeps. It is not stored, so it ends with Access's own. */
export const ACCESS_SESSION = "access";

/** The team's public keys, with when they were read. Values only: no promise is shared between requests. */
let known: { team: string; keys: JSONWebKeySet; at: number } | null = null;

/** The session of a visitor who has passed Access, or null if it isn't set up, the request has no valid token, or no user has the address. */
export async function findAccessSession(env: Env, headers: Headers, now: number): Promise<Session | null> {
  const settings = readAccessSettings(env);
  const token = headers.get(HEADER);
  if (settings.access === null || token === null) return null;
  const email = await verifyToken(settings.access, token, now);
  return email === null ? null : findUser(openDatabase(env.DB), email);
}

/** The email address of a valid token. */
async function verifyToken(access: NonNullable<AccessSettings["access"]>, token: string, now: number) {
  const issuer = `https://${access.team}`;
  for (const max_age_ms of [KEYS_KEPT_MS, KEYS_RETRY_MS]) {
    const keys = await readKeys(issuer, now, max_age_ms);
    if (keys === null) return null;
    try {
      const options = { issuer, audience: access.audience, algorithms: ["RS256"], currentDate: new Date(now) };
      const { payload } = await jwtVerify(token, createLocalJWKSet(keys), options);
      return typeof payload.email === "string" ? payload.email.toLowerCase() : null;
    } catch (error) {
      // A key that isn't known yet is looked up once more.
      if ((error as { code?: string }).code !== "ERR_JWKS_NO_MATCHING_KEY") return null;
    }
  }
  return null;
}

async function readKeys(issuer: string, now: number, maxAge: number): Promise<JSONWebKeySet | null> {
  if (known?.team === issuer && now - known.at < maxAge) return known.keys;
  try {
    const response = await fetch(`${issuer}/cdn-cgi/access/certs`, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`Cloudflare Access answered ${response.status}`);
    known = { team: issuer, keys: await response.json(), at: now };
    return known.keys;
  } catch (error) {
    logError("access_keys_not_read", { error });
    return known?.team === issuer ? known.keys : null;
  }
}

async function findUser(db: Database, email: string): Promise<Session | null> {
  const isThis = and(eq(users.email, email), isNull(users.removed_at));
  const user = await db.select().from(users).where(isThis).get();
  if (user === undefined) return null;
  const { id: user_id, role, program_ids, name } = user;
  return { id: ACCESS_SESSION, actor: { user_id, key_id: null, role, program_ids }, name };
}
