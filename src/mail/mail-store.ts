/** Sends emails, by the HTTP API or else by the platform's binding, and keeps which addresses get none. */
import { and, eq, gt } from "drizzle-orm";
import { type Database, openDatabase } from "../db/database.ts";
import { type Env, readMailSettings, readSettings } from "../env.ts";
import { codeOf } from "../lib/platform/log.ts";
import { hashEmail, hashText } from "../lib/platform/vault.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import type { Email } from "./compose-email.ts";
import { suppressedAddresses } from "./tables.ts";

const API_TIMEOUT_MS = 10_000;
/** After this time an address is tried again: it may have been taken off the service's suppression list. */
const SUPPRESSED_MS = 7 * MS_PER_DAY;
/** What Cloudflare's binding throws for an address on the account's suppression list. */
const SUPPRESSED_CODE = "E_RECIPIENT_SUPPRESSED";

/** Whether the deployment can send emails: a sender address, and the HTTP API or the binding. */
export function canSendMail(env: Env): boolean {
  const { mail_from, api } = readMailSettings(env);
  return mail_from !== null && (api !== null || env.EMAIL !== undefined);
}

/**
 * Sends an email. `suppressed` if its address gets none. Throws if the service refuses the email or can't be reached; the error's
 * `code` contains no address.
 */
export async function sendEmail(env: Env, email: Email): Promise<"sent" | "suppressed"> {
  const { mail_from: from, api } = readMailSettings(env);
  if (from === null) throw new Error("MAIL_FROM isn't set");
  const db = openDatabase(env.DB);
  const address_hash = await hashEmail(readSettings(env).vault_key, email.to);
  if (await isSuppressed(db, address_hash, Date.now())) return "suppressed";
  if (api !== null) {
    await postEmail(api, from, email);
    return "sent";
  }
  if (env.EMAIL === undefined) throw new Error("there is no EMAIL binding");
  const { from_name, reply_to, to, subject, text, html, headers } = email;
  try {
    await env.EMAIL.send({
      from: from_name === null ? from : { email: from, name: from_name },
      ...{ to, subject, text, html, headers: { ...headers } },
      ...(reply_to !== null && { replyTo: reply_to }),
    });
    return "sent";
  } catch (error) {
    if (codeOf(error) !== SUPPRESSED_CODE) throw error;
    await suppressAddress(db, address_hash, Date.now());
    return "suppressed";
  }
}

/**
 * The form of Resend's API (https://resend.com/docs/api-reference/emails/send-email). The idempotency key is made of the email,
 * so that one whose response was lost isn't sent twice.
 */
async function postEmail(api: { url: string; key: string }, from: string, email: Email): Promise<void> {
  const { from_name, reply_to, to, subject, text, html, headers } = email;
  const name = from_name?.replaceAll(/["\\]/g, "") ?? null;
  const response = await fetch(api.url, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${api.key}`,
      "Content-Type": "application/json",
      "Idempotency-Key": await hashText(JSON.stringify([to, subject, text])),
    },
    body: JSON.stringify({
      from: name === null ? from : `"${name}" <${from}>`,
      ...{ to: [to], subject, text, html, headers },
      ...(reply_to !== null && { reply_to }),
    }),
    redirect: "manual",
    signal: AbortSignal.timeout(API_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (response.ok) return;
  throw Object.assign(new Error("the mail API refused the email"), { code: `status_${response.status}` });
}

async function isSuppressed(db: Database, address_hash: string, now: number): Promise<boolean> {
  const { address_hash: hash, suppressed_at } = suppressedAddresses;
  const isFound = and(eq(hash, address_hash), gt(suppressed_at, now - SUPPRESSED_MS));
  return (await db.select({ hash }).from(suppressedAddresses).where(isFound).get()) !== undefined;
}

async function suppressAddress(db: Database, address_hash: string, now: number): Promise<void> {
  await db
    .insert(suppressedAddresses)
    .values({ address_hash, suppressed_at: now })
    .onConflictDoUpdate({ target: suppressedAddresses.address_hash, set: { suppressed_at: now } });
}
