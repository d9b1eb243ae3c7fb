/**
 * Sends notification emails from the minute cron. A notification is marked as sent before its email goes out, and put
 * back if the platform refuses it. If the Worker stops in between, the email is lost, which is better than sending
 * twice: the portal has the same information, and a duplicate would make one sale look like two. A duplicate is still
 * possible if the platform accepted an email but returned an error.
 */

import { type Database, openDatabase } from "../db/database.ts";
import { type Env, readMailSettings, readSettings } from "../env.ts";
import { codeOf, logError } from "../lib/platform/log.ts";
import { importTokenKeys } from "../lib/signed-text.ts";
import type { Brand } from "../mail/brand.ts";
import { canSendMail, sendEmail as deliverEmail } from "../mail/mail-store.ts";
import { readBrand } from "../programs/brand-queries.ts";
import { type Claim, claimDue, type Outcome, prepareSending, releaseClaim } from "./notification-store.ts";
import { planEmail } from "./plan-email.ts";
import { signUnsubscribeToken } from "./unsubscribe-token.ts";
import { readRecipient, readWaiting, type WaitingNotice } from "./waiting-queries.ts";
import { writeEmail } from "./write-email.ts";

/** Each email takes seven calls. The same invocation also processes payout runs and may make 1,000 calls. */
const EMAILS_AT_ONCE = 10;

/** Whether notifications can be sent: email, and a URL to link to, must be configured. */
export function canNotify(env: Env): boolean {
  return canSendMail(env) && readMailSettings(env).portal_origin !== null;
}

/**
 * Sends one email to each affiliate with notifications due at `now` (ms). A failure is logged and doesn't affect the
 * others.
 */
export async function sendEmails(env: Env, now: number): Promise<void> {
  if (!canNotify(env)) return;
  for (const claim of await claimDue(openDatabase(env.DB), now, EMAILS_AT_ONCE)) {
    try {
      await sendEmail(env, claim, now);
    } catch (error) {
      logError("email_not_written", { affiliate_id: claim.affiliate_id, code: codeOf(error) });
      // If this fails too, the lease expires and another run retries.
      await releaseClaim(openDatabase(env.DB), claim, {
        outcome: { result: "refused", things: [] },
        next_at: null,
        now,
      }).catch((again) =>
        logError("email_claim_not_released", { affiliate_id: claim.affiliate_id, code: codeOf(again) }),
      );
    }
  }
}

async function sendEmail(env: Env, claim: Claim, now: number): Promise<void> {
  const db = openDatabase(env.DB);
  const [recipient, waiting] = await Promise.all([
    readRecipient(db, claim.affiliate_id),
    readWaiting(db, claim.affiliate_id),
  ]);
  const plan = planEmail(waiting, claim.choices, { sales_sent_at: claim.sales_sent_at, now });
  if (!(await prepareSending(db, claim, plan, now)) || recipient === null) return;
  const outcome = await post(env, claim, { recipient, notices: plan.send, now });
  await releaseClaim(db, claim, { outcome, next_at: plan.next_at, now });
}

async function post(
  env: Env,
  claim: Claim,
  email: { recipient: { name: string; email: string }; notices: readonly WaitingNotice[]; now: number },
): Promise<Outcome> {
  const { recipient, notices, now } = email;
  const { portal_origin: origin } = readMailSettings(env);
  const { token_keys } = readSettings(env);
  const [key] = importTokenKeys(token_keys);
  if (notices.length === 0 || origin === null || key === undefined) return { result: "none" };
  const sales = notices.flatMap((notice) => (notice.kind === "sale" && notice.notice !== null ? [notice.notice] : []));
  const payouts = notices.flatMap((notice) =>
    notice.kind !== "sale" && notice.notice !== null ? [notice.notice] : [],
  );
  const unsubscribe_token = signUnsubscribeToken(key, claim.affiliate_id);
  const { name, email: to } = recipient;
  try {
    const brand = await findBrand(openDatabase(env.DB), [...sales, ...payouts]);
    // An address that gets no emails is no failure to repeat.
    await deliverEmail(env, writeEmail({ to, name, origin, unsubscribe_token, sales, payouts, now, brand }));
    return { result: "sent", with_sales: sales.length > 0 };
  } catch (error) {
    logError("email_not_sent", { affiliate_id: claim.affiliate_id, code: codeOf(error) });
    return { result: "refused", things: [...notices] };
  }
}

/** The brand of the only program that an email is about. */
async function findBrand(db: Database, notices: readonly { program_slug: string }[]): Promise<Brand | null> {
  const [slug, ...others] = new Set(notices.map(({ program_slug }) => program_slug));
  return slug === undefined || others.length > 0 ? null : readBrand(db, slug);
}
