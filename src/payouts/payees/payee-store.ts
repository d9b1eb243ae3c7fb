/** Affiliates' payment details and tax forms: stored sealed, read masked, erased on request. */
import { and, count, desc, eq, gt, inArray, isNotNull, isNull, lte, ne, sql } from "drizzle-orm";
import { deleteIdentifiers, insertIdentifiers } from "../../affiliates/identifier-store.ts";
import { affiliates, enrollments } from "../../affiliates/tables.ts";
import { type AuditActor, type Change, forgetValues, recordChange } from "../../audit/audit-store.ts";
import type { Database } from "../../db/database.ts";
import { nameCountry } from "../../lib/messages/name-country.ts";
import { hashPaymentDetails, openSealer, type Sealer } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { payees, taxForms } from "../tables.ts";
import { type MaskedDetails, maskDetails, summariseDetails } from "./mask-details.ts";
import { accountOf, type PaymentDetails, packDetails, unpackDetails } from "./payment-details.ts";

/** Limits the history, since every change is kept. */
const CHANGES_A_DAY = 20;
const CHANGES_SHOWN = 50;

type VaultKey = Uint8Array<ArrayBuffer>;
type PayeeRow = typeof payees.$inferSelect;

/** Who made a change: the affiliate, or the merchant on their behalf. */
export type ChangedBy = PayeeRow["changed_by"];

/** A change as shown to the affiliate. `masked` is null if the details were removed, or have been erased since. */
export interface PayeeChange {
  changed_at: number;
  changed_by: ChangedBy;
  method: PayeeRow["method"];
  masked: string | null;
}

/** An affiliate's payment details as shown. */
export interface Payee {
  details: MaskedDetails | null;
  changed_at: number | null;
  tax_form: { form: (typeof taxForms.$inferSelect)["form"]; received_at: number } | null;
  /** Newest first. */
  changes: PayeeChange[];
}

/** The sealing context, which binds sealed details to one affiliate. */
const contextOf = (affiliateId: number) => `payee ${affiliateId}`;

/** Opens sealed details from a row of `payees`. */
export async function openDetails(sealer: Sealer, affiliateId: number, sealed: string): Promise<PaymentDetails> {
  return unpackDetails(await sealer.unseal(contextOf(affiliateId), sealed));
}

/** Reads an affiliate's payment details, masked. */
export async function readPayee(db: Database, vaultKey: VaultKey, affiliateId: number): Promise<Payee> {
  const [rows, [form]] = await db.batch([
    db
      .select()
      .from(payees)
      .where(eq(payees.affiliate_id, affiliateId))
      .orderBy(desc(payees.version))
      .limit(CHANGES_SHOWN),
    db.select().from(taxForms).where(eq(taxForms.affiliate_id, affiliateId)),
  ]);
  const [latest] = rows;
  const details = await openLatest(vaultKey, latest);
  return {
    details: details && maskDetails(details),
    changed_at: latest?.changed_at ?? null,
    tax_form: form === undefined ? null : { form: form.form, received_at: form.received_at },
    changes: rows.map(({ changed_at: changedAt, changed_by: changedBy, method, masked }) => ({
      changed_at: changedAt,
      changed_by: changedBy,
      method,
      masked,
    })),
  };
}

/**
 * The lines of an affiliate's postal address at a time (ms), as their payment details have it; null if they have none or
 * were erased.
 */
export async function readPostalAddress(
  db: Database,
  vaultKey: VaultKey,
  affiliateId: number,
  at: number,
): Promise<string[] | null> {
  const row = await db
    .select()
    .from(payees)
    .where(and(eq(payees.affiliate_id, affiliateId), lte(payees.changed_at, at)))
    .orderBy(desc(payees.version))
    .get();
  // A statement is readable even if the VAULT_KEY that sealed the details is lost.
  const details = await openLatest(vaultKey, row).catch(() => null);
  if (details?.address == null) return null;
  const { street, city, state, postcode, country } = details.address;
  const place = [city, state, postcode].filter((part) => part !== null && part !== "").join(", ");
  return [street, place, nameCountry(country)];
}

async function openLatest(vaultKey: VaultKey, latest: PayeeRow | undefined): Promise<PaymentDetails | null> {
  if (latest === undefined || latest.sealed_details === null) return null;
  return openDetails(await openSealer(vaultKey, "payment details"), latest.affiliate_id, latest.sealed_details);
}

/** The details before and after a change; null where there were none. */
export interface ChangedPayee {
  before: PaymentDetails | null;
  after: PaymentDetails | null;
  /** Whether the affiliate never had any before. */
  is_first: boolean;
}

/**
 * Sets an affiliate's payment details. Setting the same details again is not a change. From now on purchases with the
 * same PayPal address count as the affiliate's own and earn nothing. Returns null if nothing changed. Throws 429 for more than {@link CHANGES_A_DAY}
 * changes.
 */
export async function changePayee(
  db: Database,
  vaultKey: VaultKey,
  change: { affiliate_id: number; details: PaymentDetails; by: ChangedBy; audit: PayeeAudit },
  now: number,
): Promise<ChangedPayee | null> {
  const { affiliate_id: affiliateId, details, by, audit } = change;
  const isOwn = eq(payees.affiliate_id, affiliateId);
  const [[latest], [recent]] = await db.batch([
    db.select().from(payees).where(isOwn).orderBy(desc(payees.version)).limit(1),
    db
      .select({ changes: count() })
      .from(payees)
      .where(and(isOwn, gt(payees.changed_at, now - MS_PER_DAY))),
  ]);
  const before = await openLatest(vaultKey, latest);
  const packed = packDetails(details);
  if (before !== null && packDetails(before) === packed) return null;
  if ((recent?.changes ?? 0) >= CHANGES_A_DAY) {
    throw new Problem(
      429,
      "too_many_changes",
      "Payment details were changed too often in the last 24 hours. Try again later.",
    );
  }
  const sealed = await (await openSealer(vaultKey, "payment details")).seal(contextOf(affiliateId), packed);
  const row = {
    affiliate_id: affiliateId,
    changed_at: now,
    changed_by: by,
    method: details.method,
    masked: summariseDetails(details),
    account_hash: await hashPaymentDetails(vaultKey, accountOf(details)),
  };
  await db.batch([
    addVersion(db, { ...row, sealed_details: sealed }),
    record(
      db,
      audit,
      { action: "payee.updated", before: before && auditedDetails(before), after: auditedDetails(details) },
      now,
    ),
    ...(await ownMarks(db, vaultKey, change, now)),
  ]);
  return { before, after: details, is_first: latest === undefined };
}

/** Who changes payment details, and the username of the affiliate whose they are. */
export interface PayeeAudit {
  by: AuditActor;
  username: string;
}

/** As the audit log shows details: masked. */
function auditedDetails(details: PaymentDetails) {
  return { method: details.method, masked: summariseDetails(details) };
}

/** The statement that adds an entry to the audit log, if the statement before it changed something. */
function record(
  db: Database,
  { by, username }: PayeeAudit,
  change: Pick<Change, "action" | "before" | "after">,
  now: number,
) {
  return recordChange(db, by, { ...change, program_id: null, subject_type: "affiliate", subject: username }, now);
}

/**
 * Adds the next version in one statement, so that concurrent changes are both kept and nothing is stored for an erased
 * affiliate.
 */
function addVersion(db: Database, row: Omit<PayeeRow, "version">) {
  const { affiliate_id, changed_at, changed_by, method, masked, sealed_details, account_hash } = row;
  const values = sql`${changed_at}, ${changed_by}, ${method}, ${masked}, ${sealed_details}, ${account_hash}`;
  return db.insert(payees).select(sql`
    SELECT ${affiliate_id}, coalesce(max(version), 0) + 1, ${values} FROM payees WHERE affiliate_id = ${affiliate_id}
    HAVING ${sealed_details} IS NULL OR (SELECT erased_at FROM affiliates WHERE id = ${affiliate_id}) IS NULL`);
}

async function ownMarks(
  db: Database,
  vaultKey: VaultKey,
  { affiliate_id: affiliateId, details }: { affiliate_id: number; details: PaymentDetails },
  now: number,
) {
  if (details.method !== "paypal") return [];
  const hash = await hashPaymentDetails(vaultKey, details.email);
  return [insertIdentifiers(db, { affiliate_id: affiliateId, kind: "payment_details", hashes: [hash] }, now)];
}

/**
 * Erases all payment details, including earlier ones, and the identifiers derived from them. When they existed, and
 * with which method, stays on record. Does nothing, and returns null, if there are none. Without `audit`, the caller records it.
 */
export async function erasePayee(
  db: Database,
  vaultKey: VaultKey,
  { affiliate_id: affiliateId, by, audit }: { affiliate_id: number; by: ChangedBy; audit: PayeeAudit | null },
  now: number,
): Promise<ChangedPayee | null> {
  const isOwn = eq(payees.affiliate_id, affiliateId);
  const held = await db
    .select()
    .from(payees)
    .where(and(isOwn, isNotNull(payees.sealed_details)))
    .orderBy(payees.version);
  if (held.length === 0) return null;
  // Erasing must work even if the VAULT_KEY that sealed the details is lost.
  const before = await openLatest(vaultKey, held.at(-1)).catch(() => null);
  const removal = {
    ...{ affiliate_id: affiliateId, changed_at: now, changed_by: by },
    ...{ method: null, masked: null, sealed_details: null, account_hash: null },
  };
  const hashes = await hashesOf(vaultKey, held);
  await db.batch([
    db.update(payees).set({ masked: null, sealed_details: null, account_hash: null }).where(isOwn),
    addVersion(db, removal),
    // What was removed isn't kept in the log, nor are earlier details.
    ...(audit === null
      ? []
      : [
          record(db, audit, { action: "payee.removed", before: {}, after: null }, now),
          forgetValues(db, { subject_type: "affiliate", subject: audit.username }, ["masked"]),
        ]),
    deleteIdentifiers(db, { affiliate_id: affiliateId, kind: "payment_details", hashes }),
  ]);
  return { before, after: null, is_first: false };
}

/** Of more affiliates with one account, the rest isn't listed. */
const SHARING_MAX = 50;

/**
 * The usernames of other affiliates in these programs, or in any for null, whose current payment details lead to the same account, in
 * alphabetical order.
 */
export async function listSharing(
  db: Database,
  affiliateId: number,
  programIds: readonly number[] | null,
): Promise<string[]> {
  const current = sql`SELECT account_hash FROM payees WHERE affiliate_id = ${affiliateId} ORDER BY version DESC LIMIT 1`;
  const enrolled = db
    .select({ affiliate_id: enrollments.affiliate_id })
    .from(enrollments)
    .where(inArray(enrollments.program_id, [...(programIds ?? [])]));
  const newest = sql`(SELECT max(version) FROM payees AS own WHERE own.affiliate_id = payees.affiliate_id)`;
  const rows = await db
    .select({ username: affiliates.username })
    .from(payees)
    .innerJoin(affiliates, eq(affiliates.id, payees.affiliate_id))
    .where(
      and(
        sql`${payees.account_hash} = (${current}) AND ${payees.account_hash} <> ''`,
        ne(payees.affiliate_id, affiliateId),
        sql`${payees.version} = ${newest}`,
        programIds === null ? undefined : inArray(payees.affiliate_id, enrolled),
      ),
    )
    .orderBy(affiliates.username)
    .limit(SHARING_MAX);
  return rows.map(({ username }) => username);
}

/** Adds the account's hash to details that an earlier release stored, some at a time. */
export async function hashOldAccounts(db: Database, vaultKey: VaultKey, limit: number): Promise<void> {
  const rows = await db
    .select()
    .from(payees)
    .where(and(isNotNull(payees.sealed_details), isNull(payees.account_hash)))
    .limit(limit);
  const sealer = await openSealer(vaultKey, "payment details");
  for (const { affiliate_id, version, sealed_details } of rows) {
    const details = await openDetails(sealer, affiliate_id, sealed_details ?? "").catch(() => null);
    // Details that can't be opened any more are in no payment file either; any value keeps them from being tried again.
    const account_hash = details === null ? "" : await hashPaymentDetails(vaultKey, accountOf(details));
    await db
      .update(payees)
      .set({ account_hash })
      .where(and(eq(payees.affiliate_id, affiliate_id), eq(payees.version, version), isNotNull(payees.sealed_details)));
  }
}

/** The identifiers derived from the details. Erasing must work even if the VAULT_KEY that sealed them is lost. */
async function hashesOf(vaultKey: VaultKey, rows: readonly PayeeRow[]): Promise<string[]> {
  const sealer = await openSealer(vaultKey, "payment details");
  const hashes = rows.map(async ({ affiliate_id, sealed_details }) => {
    const details = await openDetails(sealer, affiliate_id, sealed_details ?? "").catch(() => null);
    return details?.method === "paypal" ? [await hashPaymentDetails(vaultKey, details.email)] : [];
  });
  return [...new Set((await Promise.all(hashes)).flat())];
}

/** The statement that records that the merchant has received a tax form, replacing an earlier one; null removes it. */
export function setTaxForm(db: Database, affiliateId: number, form: Payee["tax_form"]) {
  const isOwn = eq(taxForms.affiliate_id, affiliateId);
  if (form === null) return db.delete(taxForms).where(isOwn);
  const row = { form: form.form, received_at: form.received_at };
  return db
    .insert(taxForms)
    .values({ affiliate_id: affiliateId, ...row })
    .onConflictDoUpdate({ target: taxForms.affiliate_id, set: row });
}

/** The tax form that an affiliate has now; null for none. */
export async function readTaxForm(db: Database, affiliateId: number): Promise<Payee["tax_form"]> {
  const { form, received_at } = taxForms;
  const row = await db.select({ form, received_at }).from(taxForms).where(eq(taxForms.affiliate_id, affiliateId)).get();
  return row ?? null;
}
