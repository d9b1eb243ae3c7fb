/** Changes of affiliates' own email addresses, which are confirmed at both addresses. */
import { and, eq, gt, isNull, lte, or } from "drizzle-orm";
import { nanoid } from "nanoid";
import { type AuditActor, recordChange } from "../audit/audit-store.ts";
import type { Database } from "../db/database.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { hashEmail, hashText } from "../lib/platform/vault.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import { keepEmailAsIdentifier } from "./identifier-store.ts";
import { affiliates, emailChanges } from "./tables.ts";

const CHANGE_MS = MS_PER_DAY;
const TOKEN_CHARACTERS = 43; // 256 bits

/** Asks for a new address, in place of an earlier request. Returns the tokens of the links to both addresses. */
export async function requestEmailChange(
  db: Database,
  { affiliate_id, email }: { affiliate_id: number; email: string },
  now: number,
): Promise<{ old: string; new: string }> {
  const tokens = { old: nanoid(TOKEN_CHARACTERS), new: nanoid(TOKEN_CHARACTERS) };
  const [old_token_hash, new_token_hash] = await Promise.all([hashText(tokens.old), hashText(tokens.new)]);
  const fields = { email, old_token_hash, new_token_hash, created_at: now };
  const open = { old_confirmed_at: null, new_confirmed_at: null };
  await db
    .insert(emailChanges)
    .values({ affiliate_id, ...fields, ...open })
    .onConflictDoUpdate({ target: emailChanges.affiliate_id, set: { ...fields, ...open } });
  return tokens;
}

/** The request of a link, and which address the link was sent to. Null if it is unknown or older than a day. */
export async function findEmailChange(db: Database, token: string, now: number) {
  const hash = await hashText(token);
  const { affiliate_id, email, old_token_hash, new_token_hash, old_confirmed_at, new_confirmed_at } = emailChanges;
  const row = await db
    .select({
      ...{ affiliate_id, email, new_token_hash, old_confirmed_at, new_confirmed_at },
      ...{ username: affiliates.username, old_email: affiliates.email },
    })
    .from(emailChanges)
    .innerJoin(affiliates, eq(affiliates.id, affiliate_id))
    .where(
      and(
        or(eq(old_token_hash, hash), eq(new_token_hash, hash)),
        gt(emailChanges.created_at, now - CHANGE_MS),
        isNull(affiliates.erased_at),
      ),
    )
    .get();
  if (row === undefined) return null;
  const { new_token_hash: of_new, ...found } = row;
  return { ...found, side: of_new === hash ? ("new" as const) : ("old" as const) };
}

/** A request with the address that its link was sent to. */
export type EmailChange = NonNullable<Awaited<ReturnType<typeof findEmailChange>>>;

/** Confirms a request at one address. `waiting` for the other one, `changed`, or `taken` by another account. */
export async function confirmEmailChange(
  db: Database,
  {
    vault_key,
    by,
    ends,
  }: { vault_key: Uint8Array<ArrayBuffer>; by: AuditActor; ends: Parameters<Database["batch"]>[0] },
  { affiliate_id, username, email, old_email, side, old_confirmed_at, new_confirmed_at }: EmailChange,
  now: number,
): Promise<"waiting" | "changed" | "taken"> {
  const isThis = eq(emailChanges.affiliate_id, affiliate_id);
  const isOtherDone = side === "new" ? old_confirmed_at !== null : new_confirmed_at !== null;
  if (!isOtherDone) {
    const done = side === "new" ? { new_confirmed_at: now } : { old_confirmed_at: now };
    await db.update(emailChanges).set(done).where(isThis);
    return "waiting";
  }
  const change = { action: "affiliate.updated", program_id: null, subject_type: "affiliate", subject: username };
  try {
    await db.batch([
      // Another person may read the mailbox that sign-in links were sent to.
      ...ends,
      keepEmailAsIdentifier(db, affiliate_id, await hashEmail(vault_key, old_email), now),
      db.delete(emailChanges).where(isThis),
      db.update(affiliates).set({ email }).where(eq(affiliates.id, affiliate_id)),
      recordChange(db, by, { ...change, before: { email: old_email }, after: { email } }, now),
    ]);
    return "changed";
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    return "taken";
  }
}

/** Deletes requests that were not confirmed in time, at `now` (ms). */
export async function deleteOldEmailChanges(db: Database, now: number): Promise<void> {
  await db.delete(emailChanges).where(lte(emailChanges.created_at, now - CHANGE_MS));
}

/** The statement that deletes an affiliate's request. */
export function deleteEmailChange(db: Database, affiliateId: number) {
  return db.delete(emailChanges).where(eq(emailChanges.affiliate_id, affiliateId));
}
