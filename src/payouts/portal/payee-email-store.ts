/** Sends emails about changed payout methods, if the deployment sends emails. */

import { eq } from "drizzle-orm";
import { affiliates } from "../../affiliates/tables.ts";
import { openDatabase } from "../../db/database.ts";
import { type Env, readMailSettings } from "../../env.ts";
import { codeOf, logError } from "../../lib/platform/log.ts";
import { canSendMail, sendEmail } from "../../mail/mail-store.ts";
import { readBrandOfAffiliate } from "../../programs/brand-queries.ts";
import type { ChangedPayee } from "../payees/payee-store.ts";
import { writePayeeEmail } from "./payee-email.ts";

/**
 * Emails the affiliate, and the PayPal address that payouts went to, that the payout method was changed or removed. First
 * details are no change. Never throws: it runs after the response.
 */
export async function sendPayeeEmail(
  env: Env,
  affiliateId: number,
  change: ChangedPayee | null,
  wait_days: number,
): Promise<void> {
  const { portal_origin: origin } = readMailSettings(env);
  if (change === null || change.is_first || !canSendMail(env)) return;
  try {
    const db = openDatabase(env.DB);
    const affiliate = await db
      .select({ email: affiliates.email })
      .from(affiliates)
      .where(eq(affiliates.id, affiliateId))
      .get();
    const previous = change.before?.method === "paypal" ? [change.before.email] : [];
    const brand = await readBrandOfAffiliate(db, affiliateId);
    for (const to of new Set([...(affiliate === undefined ? [] : [affiliate.email]), ...previous])) {
      await sendEmail(env, writePayeeEmail(to, { ...change, wait_days, origin }, brand));
    }
  } catch (error) {
    // Without the message, which contains addresses.
    logError("payee_email_not_sent", { affiliate_id: affiliateId, code: codeOf(error) });
  }
}
