/** Sign-in links by e-mail, where the account has the platform's binding for it. */
import { sql } from "drizzle-orm";
import { type Database, openDatabase } from "../../../db/database.ts";
import { type Env, readMailSettings } from "../../../env.ts";
import { MS_PER_MINUTE } from "../../../lib/time.ts";
import { writeSignInEmail } from "./sign-in-email.ts";
import { createSignInLink, MAIL_COUNT_MS } from "./sign-in-store.ts";

/** Whoever reads the letter late asks again; a letter box is read by more people than a chat with the merchant. */
export const MAILED_LINK_MINUTES = 60;
const MAILS_AN_HOUR = 3;

/** Whether links can be sent at all: there is the binding, and an address to send from. */
export function canMail(env: Env): boolean {
  return env.EMAIL !== undefined && readMailSettings(env).mail_from !== null;
}

/**
 * Sends the affiliate with this address a link to the portal at `origin`. Nobody is sent one for an address that is not
 * known or whose person was erased, nor more than {@link MAILS_AN_HOUR} an hour. Never throws and gives nothing back: it
 * runs after the answer, which so says the same, as quickly, to all.
 */
export async function mailSignInLink(env: Env, email: string, origin: string, now: number): Promise<void> {
  const { mail_from: from } = readMailSettings(env);
  if (env.EMAIL === undefined || from === null) return;
  try {
    const db = openDatabase(env.DB);
    const affiliateId = await takeMail(db, email, now);
    if (affiliateId === null) return;
    const { token } = await createSignInLink(db, affiliateId, now, MAILED_LINK_MINUTES * MS_PER_MINUTE);
    const url = `${origin}/app/sign-in?token=${token}`;
    await env.EMAIL.send(writeSignInEmail({ from, to: email, url, minutes: MAILED_LINK_MINUTES }));
  } catch (error) {
    // The platform's errors have a code; their texts name addresses.
    console.error("a sign-in link was not sent", readCode(error));
  }
}

/** Counts a letter to whoever has this address, in one statement: of many requests at once no more get through. */
async function takeMail(db: Database, email: string, now: number): Promise<number | null> {
  const taken = await db.get<{ affiliate_id: number } | undefined>(sql`
    INSERT OR IGNORE INTO sign_in_mails (affiliate_id, sent_at)
    SELECT id, ${now} FROM affiliates
    WHERE email = ${email} AND erased_at IS NULL AND ${MAILS_AN_HOUR} >
      (SELECT count(*) FROM sign_in_mails WHERE affiliate_id = affiliates.id AND sent_at > ${now - MAIL_COUNT_MS})
    RETURNING affiliate_id`);
  return taken?.affiliate_id ?? null;
}

function readCode(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === "string" ? code : String(name);
}
