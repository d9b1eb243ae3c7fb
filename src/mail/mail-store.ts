/** Sends emails, by the HTTP API or else by the platform's binding, and keeps which addresses get none. */
import { eq } from "drizzle-orm";
import { type Database, openDatabase } from "../db/database.ts";
import { type Env, readMailSettings, readSettings } from "../env.ts";
import { codeOf } from "../lib/platform/log.ts";
import { hashEmail, hashText } from "../lib/platform/vault.ts";
import type { Email } from "./compose-email.ts";
import { suppressedAddresses } from "./tables.ts";

/** `bounced`: it doesn't exist; `complained`: its owner marked an email as spam; `refused`: the service sends nothing to it. */
export type SuppressionReason = (typeof suppressedAddresses.$inferSelect)["reason"];

/** An address that no email is sent to. */
export interface Suppression {
  reason: SuppressionReason;
  /** In ms. */
  suppressed_at: number;
}

const API_TIMEOUT_MS = 10_000;
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
  const hash = await hashAddress(env, email.to);
  if ((await findSuppression(db, hash)) !== null) return "suppressed";
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
    await suppressAddress(env, email.to, "refused", Date.now());
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

/** Why an address gets no emails, by its hash; null if it does. */
export async function findSuppression(db: Database, address_hash: string): Promise<Suppression | null> {
  const { address_hash: column, reason, suppressed_at } = suppressedAddresses;
  const found = await db
    .select({ reason, suppressed_at })
    .from(suppressedAddresses)
    .where(eq(column, address_hash))
    .get();
  return found ?? null;
}

/** Sends nothing more to an address. Its first reason stays. */
export async function suppressAddress(env: Env, email: string, reason: SuppressionReason, now: number): Promise<void> {
  await openDatabase(env.DB)
    .insert(suppressedAddresses)
    .values({ address_hash: await hashAddress(env, email), reason, suppressed_at: now })
    .onConflictDoNothing();
}

/** A statement that allows emails to an address again. */
export function allowAddress(db: Database, address_hash: string) {
  return db.delete(suppressedAddresses).where(eq(suppressedAddresses.address_hash, address_hash));
}

/** The hash that an address is suppressed by. All spellings of a mailbox have the same. */
export function hashAddress(env: Env, email: string): Promise<string> {
  return hashEmail(readSettings(env).vault_key, email);
}
