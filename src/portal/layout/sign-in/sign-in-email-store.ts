/** Sends sign-in links by email, if the deployment can send email. */

import { and, desc, eq, exists, isNotNull, sql } from "drizzle-orm";
import { enrollments } from "../../../affiliates/tables.ts";
import { type Database, openDatabase } from "../../../db/database.ts";
import { type Env, readMailSettings } from "../../../env.ts";
import { codeOf, logError } from "../../../lib/platform/log.ts";
import { MS_PER_MINUTE } from "../../../lib/time.ts";
import { canSendMail, sendEmail } from "../../../mail/mail-store.ts";
import { readBrandOfAffiliate } from "../../../programs/brand-queries.ts";
import { programs } from "../../../programs/tables.ts";
import { writeSignInEmail } from "./sign-in-email.ts";
import { EMAIL_COUNT_MS, newSignInLink } from "./sign-in-store.ts";

/** Shorter than the life of a merchant's link: more people may have access to a mailbox, and a new link is easy to get. */
export const EMAILED_LINK_MINUTES = 60;
const EMAILS_PER_HOUR = 3;

/** Whether the deployment can send email, and a host that emailed links may name. */
export async function canSendEmail(env: Env): Promise<boolean> {
  if (!canSendMail(env)) return false;
  return readMailSettings(env).portal_origin !== null || (await hasRedirectHost(openDatabase(env.DB)));
}

/**
 * Emails a sign-in link to the affiliate with this address or username. Sends nothing if the address is unknown, the affiliate was erased,
 * or {@link EMAILS_PER_HOUR} were sent in the last hour. `host` is the request's, which anybody can write, so that the link
 * names it only if it is a program's redirect host. Never throws and returns nothing: it runs after the response, which must
 * be the same for every address.
 */
export async function sendSignInLink(env: Env, name: string, host: string, now: number): Promise<void> {
  if (!canSendMail(env)) return;
  const { portal_origin } = readMailSettings(env);
  try {
    const db = openDatabase(env.DB);
    const affiliate = await countEmail(db, name, now);
    if (affiliate === null) return;
    const { id: affiliateId, email } = affiliate;
    const origin = portal_origin ?? (await findRedirectOrigin(db, affiliateId, host));
    if (origin === null) throw new Error("neither PORTAL_ORIGIN nor a program's redirect host is set");
    const { token, statement } = await newSignInLink(db, affiliateId, now, EMAILED_LINK_MINUTES * MS_PER_MINUTE);
    await statement;
    const url = `${origin}/app/sign-in?token=${token}`;
    const brand = await readBrandOfAffiliate(db, affiliateId);
    await sendEmail(env, writeSignInEmail("portal", { to: email, url, minutes: EMAILED_LINK_MINUTES, brand }));
  } catch (error) {
    // Log only the code: the platform's error messages contain addresses.
    logError("sign_in_email_not_sent", { code: codeOf(error) });
  }
}

async function hasRedirectHost(db: Database): Promise<boolean> {
  const row = await db
    .select({ id: programs.id })
    .from(programs)
    .where(isNotNull(programs.redirect_host))
    .limit(1)
    .get();
  return row !== undefined;
}

/**
 * The origin of a redirect host, over https: the one that was requested, else one of the affiliate's programs, else any. Null if
 * there is none. Without an affiliate, any host will do.
 */
export async function findRedirectOrigin(
  db: Database,
  affiliateId: number | null,
  host: string,
): Promise<string | null> {
  const isEnrolled = exists(
    db
      .select({ program_id: enrollments.program_id })
      .from(enrollments)
      .where(and(eq(enrollments.program_id, programs.id), eq(enrollments.affiliate_id, affiliateId ?? 0))),
  );
  const row = await db
    .select({ host: programs.redirect_host })
    .from(programs)
    .where(isNotNull(programs.redirect_host))
    .orderBy(desc(sql`${programs.redirect_host} = ${host}`), desc(isEnrolled), programs.id)
    .limit(1)
    .get();
  return row?.host ? `https://${row.host}` : null;
}

/** Checks the limit and counts an email in one statement, so that parallel requests can't exceed it. */
async function countEmail(db: Database, name: string, now: number): Promise<{ id: number; email: string } | null> {
  const row = await db.get<{ id: number; email: string } | undefined>(sql`
    INSERT OR IGNORE INTO sign_in_mails (affiliate_id, sent_at)
    SELECT id, ${now} FROM affiliates
    WHERE (email = ${name} OR username = ${name}) AND erased_at IS NULL AND ${EMAILS_PER_HOUR} >
      (SELECT count(*) FROM sign_in_mails WHERE affiliate_id = affiliates.id AND sent_at > ${now - EMAIL_COUNT_MS})
    RETURNING affiliate_id AS id, (SELECT email FROM affiliates WHERE id = affiliate_id) AS email`);
  return row ?? null;
}
