/** Sends sign-in links by email, if the deployment has an email binding. */
import { sql } from "drizzle-orm";
import { type Database, openDatabase } from "../../../db/database.ts";
import { type Env, readMailSettings } from "../../../env.ts";
import { MS_PER_MINUTE } from "../../../lib/time.ts";
import { writeSignInEmail } from "./sign-in-email.ts";
import { createSignInLink, EMAIL_COUNT_MS } from "./sign-in-store.ts";

/** Shorter than the life of a merchant's link: more people may have access to a mailbox, and a new link is easy to get. */
export const EMAILED_LINK_MINUTES = 60;
const EMAILS_PER_HOUR = 3;

/** Whether the deployment has both an email binding and a sender address. */
export function canSendEmail(env: Env): boolean {
  return env.EMAIL !== undefined && readMailSettings(env).mail_from !== null;
}

/**
 * Emails a sign-in link for the portal at `origin` to the affiliate with this address. Sends nothing if the address is
 * unknown, the affiliate was erased, or {@link EMAILS_PER_HOUR} were sent in the last hour. Never throws and returns nothing:
 * it runs after the response, which must be the same for every address.
 */
export async function sendSignInLink(env: Env, email: string, origin: string, now: number): Promise<void> {
  const { mail_from: from } = readMailSettings(env);
  if (env.EMAIL === undefined || from === null) return;
  try {
    const db = openDatabase(env.DB);
    const affiliateId = await countEmail(db, email, now);
    if (affiliateId === null) return;
    const { token } = await createSignInLink(db, affiliateId, now, EMAILED_LINK_MINUTES * MS_PER_MINUTE);
    const url = `${origin}/app/sign-in?token=${token}`;
    await env.EMAIL.send(writeSignInEmail({ from, to: email, url, minutes: EMAILED_LINK_MINUTES }));
  } catch (error) {
    // Log only the code: the platform's error messages contain addresses.
    console.error("sign-in email not sent", readCode(error));
  }
}

/** Checks the limit and counts an email in one statement, so that parallel requests can't exceed it. */
async function countEmail(db: Database, email: string, now: number): Promise<number | null> {
  const row = await db.get<{ affiliate_id: number } | undefined>(sql`
    INSERT OR IGNORE INTO sign_in_mails (affiliate_id, sent_at)
    SELECT id, ${now} FROM affiliates
    WHERE email = ${email} AND erased_at IS NULL AND ${EMAILS_PER_HOUR} >
      (SELECT count(*) FROM sign_in_mails WHERE affiliate_id = affiliates.id AND sent_at > ${now - EMAIL_COUNT_MS})
    RETURNING affiliate_id`);
  return row?.affiliate_id ?? null;
}

function readCode(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === "string" ? code : String(name);
}
