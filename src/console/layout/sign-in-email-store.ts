/** Emails sign-in links to users of the console, if the deployment can send email. */
import { and, eq, isNull, sql } from "drizzle-orm";
import { nanoid } from "nanoid";
import { type Database, openDatabase } from "../../db/database.ts";
import { type Env, readMailSettings } from "../../env.ts";
import { codeOf, logError } from "../../lib/platform/log.ts";
import { hashText } from "../../lib/platform/vault.ts";
import { MS_PER_MINUTE } from "../../lib/time.ts";
import { canSendMail, sendEmail } from "../../mail/mail-store.ts";
import { writeSignInEmail } from "../../portal/layout/sign-in/sign-in-email.ts";
import {
  canSendEmail,
  EMAILED_LINK_MINUTES,
  findRedirectOrigin,
} from "../../portal/layout/sign-in/sign-in-email-store.ts";
import { users } from "../../users/tables.ts";
import { LINK_LIFETIME_MS, TOKEN_CHARACTERS } from "./sign-in-store.ts";

/** Unused emailed links that a user can have. A link that was used was wanted. */
const EMAILED_LINKS_MAX = 3;

/**
 * Emails a sign-in link to the user with this address. Sends nothing if the address is unknown, the user was removed, or
 * {@link EMAILED_LINKS_MAX} links of the last hour are unused. Never throws and returns nothing: it runs after the response, which
 * must be the same for every address. `host` is the request's, which anybody can write.
 */
export async function emailSignInLink(env: Env, email: string, host: string, now: number): Promise<void> {
  if (!canSendMail(env)) return;
  try {
    const db = openDatabase(env.DB);
    const token = nanoid(TOKEN_CHARACTERS);
    if (!(await addEmailedLink(db, { email, token_hash: await hashText(token) }, now))) return;
    const url = `${await requireOrigin(env, db, host)}/admin/sign-in?token=${token}`;
    await sendEmail(env, writeSignInEmail("console", { to: email, url, minutes: EMAILED_LINK_MINUTES, brand: null }));
  } catch (error) {
    // Log only the code: the platform's error messages contain addresses.
    logError("user_sign_in_email_not_sent", { code: codeOf(error) });
  }
}

/** Emails a link that an owner creates. `not_set_up` if the deployment can't send email, `failed` if it wasn't sent. */
export async function emailInvitation(
  env: Env,
  { email, token, host }: { email: string; token: string; host: string },
): Promise<"sent" | "not_set_up" | "failed"> {
  if (!(await canSendEmail(env))) return "not_set_up";
  const url = `${await requireOrigin(env, openDatabase(env.DB), host)}/admin/sign-in?token=${token}`;
  try {
    const minutes = LINK_LIFETIME_MS / MS_PER_MINUTE;
    const result = await sendEmail(env, writeSignInEmail("console", { to: email, url, minutes, brand: null }));
    return result === "sent" ? "sent" : "failed";
  } catch (error) {
    logError("user_invitation_not_sent", { code: codeOf(error) });
    return "failed";
  }
}

async function requireOrigin(env: Env, db: Database, host: string): Promise<string> {
  const origin = readMailSettings(env).portal_origin ?? (await findRedirectOrigin(db, null, host));
  if (origin === null) throw new Error("neither PORTAL_ORIGIN nor a program's redirect host is set");
  return origin;
}

/** Checks the limit and stores the link in one statement, so that parallel requests can't exceed it. */
async function addEmailedLink(
  db: Database,
  { email, token_hash }: { email: string; token_hash: string },
  now: number,
): Promise<boolean> {
  const expires_at = now + EMAILED_LINK_MINUTES * MS_PER_MINUTE;
  const isUser = and(eq(users.email, email), isNull(users.removed_at));
  const row = await db.get<{ user_id: string } | undefined>(sql`
    INSERT INTO user_sign_in_links (token_hash, user_id, expires_at)
    SELECT ${token_hash}, id, ${expires_at} FROM users
    WHERE ${isUser} AND ${EMAILED_LINKS_MAX} > (SELECT count(*) FROM user_sign_in_links AS other
      WHERE other.user_id = users.id AND other.expires_at > ${now} AND other.expires_at <= ${expires_at})
    RETURNING user_id`);
  return row !== undefined;
}
