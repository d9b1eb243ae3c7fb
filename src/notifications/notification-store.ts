/** Stores notification settings, and which cron run handles which affiliate. */
import { and, eq, isNull, lt, type SQL, sql } from "drizzle-orm";
import { affiliates } from "../affiliates/tables.ts";
import { recordChange } from "../audit/audit-store.ts";
import { diffFields } from "../audit/diff-fields.ts";
import type { Database } from "../db/database.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../lib/time.ts";
import { type Choices, DEFAULT_CHOICES } from "./choices.ts";
import type { Waiting } from "./plan-email.ts";
import { notifications, notifiedAffiliates } from "./tables.ts";
import { readRecipient } from "./waiting-queries.ts";

/** Longer than one run takes to send its emails. */
const LEASE_MS = 10 * MS_PER_MINUTE;
/** Longer than a notification can be recorded again or an email delayed. */
const KEPT_MS = 4 * MS_PER_DAY;
const RETRY_FIRST_MS = 5 * MS_PER_MINUTE;
const RETRY_MAX_MS = 4 * MS_PER_HOUR;
/** The last attempt is after about nine hours. Anything still unsent is shown in the portal. */
export const ATTEMPTS_MAX = 8;

const { affiliate_id: affiliateId } = notifiedAffiliates;

/** An affiliate's notification settings. */
export async function readChoices(db: Database, id: number): Promise<Choices> {
  const { sales, payouts, zone } = notifiedAffiliates;
  const row = await db.select({ sales, payouts, zone }).from(notifiedAffiliates).where(eq(affiliateId, id)).get();
  return row ?? DEFAULT_CHOICES;
}

/**
 * Saves settings. Pending notifications are planned again, except that a refused email keeps its retry time. Nothing is
 * saved for an affiliate erased meanwhile.
 */
export async function saveChoices(
  db: Database,
  { id, username }: { id: number; username: string },
  { sales, payouts, zone }: Choices,
  now: number,
): Promise<void> {
  const before = await readChoices(db, id);
  const saving = db
    .insert(notifiedAffiliates)
    .select(sql`
      SELECT id, ${sales}, ${payouts ? 1 : 0}, ${zone}, NULL, 0, 0, NULL FROM affiliates
      WHERE id = ${id} AND erased_at IS NULL`)
    .onConflictDoUpdate({
      target: affiliateId,
      set: { sales, payouts, zone, due_at: dueAgain(now) },
    });
  await db.batch([saving, ...recordChoices(db, username, before, { sales, payouts, zone }, now)]);
}

/** The entry of the audit log for changed settings; none if they are as before. */
function recordChoices(db: Database, username: string, before: Choices, after: Choices, now: number) {
  const changed = diffFields({ ...before }, { ...after });
  if (Object.keys(changed.after).length === 0) return [];
  const by = { actor_kind: "affiliate", actor: username, key_id: null } as const;
  const subject = { program_id: null, subject_type: "affiliate", subject: username };
  return [recordChange(db, by, { action: "notifications.updated", ...subject, ...changed }, now)];
}

const dueAgain = (now: number) => sql`CASE WHEN attempts > 0 THEN due_at ELSE min(due_at, ${now}) END`;

/** Unsubscribes an affiliate from all emails at `now` (ms). The next run discards pending notifications. */
export async function unsubscribe(db: Database, id: number, now: number): Promise<void> {
  const [before, affiliate] = await Promise.all([
    readChoices(db, id),
    db.select({ username: affiliates.username }).from(affiliates).where(eq(affiliates.id, id)).get(),
  ]);
  if (affiliate === undefined) return;
  const saving = db
    .insert(notifiedAffiliates)
    .select(sql`
      SELECT id, 'never', 0, NULL, NULL, 0, 0, NULL FROM affiliates WHERE id = ${id} AND erased_at IS NULL`)
    .onConflictDoUpdate({
      target: affiliateId,
      set: { sales: "never", payouts: false, due_at: dueAgain(now) },
    });
  const after: Choices = { ...before, sales: "never", payouts: false };
  await db.batch([saving, ...recordChoices(db, affiliate.username, before, after, now)]);
}

/** An affiliate whose emails one cron run handles exclusively until `leased_until` (ms). */
export interface Claim {
  affiliate_id: number;
  leased_until: number;
  choices: Choices;
  attempts: number;
  sales_sent_at: number | null;
}

/**
 * Claims affiliates with notifications due at `now` (ms), in one statement, so that concurrent runs get different
 * affiliates.
 */
export async function claimDue(db: Database, now: number, limit: number): Promise<Claim[]> {
  const until = now + LEASE_MS;
  const due = sql`SELECT affiliate_id FROM notified_affiliates
    WHERE due_at IS NOT NULL AND due_at <= ${now} AND leased_until <= ${now} ORDER BY due_at LIMIT ${limit}`;
  const rows = await db
    .update(notifiedAffiliates)
    .set({ due_at: until, leased_until: until })
    .where(sql`${affiliateId} IN (${due})`)
    .returning();
  return rows.map((row) => ({
    affiliate_id: row.affiliate_id,
    leased_until: until,
    choices: { sales: row.sales, payouts: row.payouts, zone: row.zone },
    attempts: row.attempts,
    sales_sent_at: row.sales_sent_at,
  }));
}

/** A notification, by its key. */
export type Noted = Pick<Waiting, "kind"> & { subject: string };

const isOneOf = (things: readonly Noted[]) =>
  sql`(${notifications.kind} || ' ' || ${notifications.subject}) IN
    (SELECT value FROM json_each(${JSON.stringify(things.map(({ kind, subject }) => `${kind} ${subject}`))}))`;

/**
 * Deletes outdated notifications, discards unwanted ones and marks those about to be sent. Does none of this if another
 * run has the affiliate by now, the settings changed, or the person was erased. Returns whether this run may send.
 */
export async function prepareSending(
  db: Database,
  claim: Claim,
  things: { send: readonly Noted[]; outdated: readonly Noted[]; unwanted: readonly Noted[] },
  now: number,
): Promise<boolean> {
  const isOurs = and(
    eq(notifications.affiliate_id, claim.affiliate_id),
    isNull(notifications.told_at),
    isLeased(claim),
    isStillChosen(claim),
  );
  const [marked] = await db.batch([
    db
      .update(notifications)
      .set({ told_at: now })
      .where(and(isOurs, isOneOf([...things.send, ...things.unwanted]))),
    db.delete(notifications).where(and(isOurs, isOneOf(things.outdated), isStillOutdated(claim.affiliate_id))),
  ]);
  return marked.meta.changes > 0 || things.send.length === 0;
}

/** An affiliate who has unsubscribed gets no more emails, whichever run had claimed them. */
function isStillChosen({ affiliate_id, choices }: Claim): SQL {
  return sql`EXISTS (SELECT 1 FROM notified_affiliates AS chosen
    WHERE chosen.affiliate_id = ${affiliate_id} AND chosen.sales = ${choices.sales}
      AND chosen.payouts = ${choices.payouts ? 1 : 0})`;
}

/** A credit may have come back since it was looked at. */
function isStillOutdated(affiliate_id: number): SQL {
  return sql`NOT (${notifications.kind} = 'sale' AND EXISTS (SELECT 1 FROM conversions AS c
    WHERE c.id = ${notifications.subject} AND c.affiliate_id = ${affiliate_id}
      AND (c.status <> 'refunded' OR c.refunded < coalesce(c.amount, 0))))`;
}

function isLeased({ affiliate_id, leased_until }: Claim): SQL {
  return sql`EXISTS (SELECT 1 FROM notified_affiliates AS had
    WHERE had.affiliate_id = ${affiliate_id} AND had.leased_until = ${leased_until})`;
}

/** The result of a send: none was due, it was sent (`with_sales` or without), or it was refused. */
export type Outcome =
  | { result: "none" }
  | { result: "sent"; with_sales: boolean }
  | { result: "refused"; things: Noted[] };

/**
 * Releases an affiliate at `now` (ms). If notifications are pending, the next look is at `next_at`, or earlier if a new
 * one was recorded. After a refusal the delay grows with each attempt, up to {@link ATTEMPTS_MAX}.
 */
export async function releaseClaim(
  db: Database,
  claim: Claim,
  { outcome, next_at, now }: { outcome: Outcome; next_at: number | null; now: number },
): Promise<void> {
  const { affiliate_id, leased_until } = claim;
  const attempts = outcome.result === "refused" ? claim.attempts + 1 : outcome.result === "sent" ? 0 : claim.attempts;
  const isGivenUp = attempts >= ATTEMPTS_MAX;
  const isRetried = outcome.result === "refused" && !isGivenUp;
  const next = isRetried ? now + waitAfter(attempts) : (next_at ?? now);
  const isWaiting = sql`EXISTS (SELECT 1 FROM notifications
    WHERE affiliate_id = ${affiliate_id} AND told_at IS NULL)`;
  const isOurs = and(eq(affiliateId, affiliate_id), eq(notifiedAffiliates.leased_until, leased_until));
  const isThis = and(eq(notifications.affiliate_id, affiliate_id), isLeased(claim));
  const free = db
    .update(notifiedAffiliates)
    .set({
      due_at: sql`CASE WHEN due_at <> ${leased_until} THEN due_at WHEN ${isWaiting} THEN ${next} END`,
      leased_until: 0,
      attempts: isGivenUp ? 0 : attempts,
      ...(outcome.result === "sent" && outcome.with_sales && { sales_sent_at: now }),
    })
    .where(isOurs);
  if (!isRetried) await free;
  else {
    const wait = db.update(notifications).set({ told_at: null });
    await db.batch([wait.where(and(isThis, isOneOf(outcome.things))), free]);
  }
}

/** The delay before the next attempt, by the number of refusals, in ms. */
export function waitAfter(attempts: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** (attempts - 1), RETRY_MAX_MS);
}

/**
 * Deletes notifications that can no longer be recorded or sent, at `now` (ms). The table is too small to need an index
 * for this.
 */
export async function deleteOldNotifications(db: Database, now: number): Promise<void> {
  await db.delete(notifications).where(lt(notifications.happened_at, now - KEPT_MS));
}

/** An affiliate's email address, or null, and their notification settings. */
export async function readReach(db: Database, id: number): Promise<{ email: string | null; choices: Choices }> {
  const [recipient, choices] = await Promise.all([readRecipient(db, id), readChoices(db, id)]);
  return { email: recipient?.email || null, choices };
}

/** The statements that delete an affiliate's notifications and notification settings. */
export function deleteNotifications(db: Database, affiliateId: number) {
  return [
    db.delete(notifications).where(eq(notifications.affiliate_id, affiliateId)),
    db.delete(notifiedAffiliates).where(eq(notifiedAffiliates.affiliate_id, affiliateId)),
  ] as const;
}
