import { and, eq, inArray, sql } from "drizzle-orm";
import { eraseApplications, listApplicationIds } from "../applications/application-store.ts";
import { type AuditActor, forgetValues, recordChange } from "../audit/audit-store.ts";
import type { Database } from "../db/database.ts";
import { deleteNotifications } from "../notifications/notification-store.ts";
import { erasePayee } from "../payouts/payees/payee-store.ts";
import { deleteSignIns } from "../portal/layout/sign-in/sign-in-store.ts";
import { deleteEmailChange } from "./email-change-store.ts";
import { affiliateMarks, affiliateNotes, affiliates, enrollmentStatuses, enrollments } from "./tables.ts";

/** RFC 2606: a host that nobody will ever have. */
const ERASED_HOST = "erased.invalid";

/**
 * Erases the person behind an affiliate: name and email address (in the audit log too), payment details, identifiers,
 * notifications and sessions go, and every enrollment is suspended, because no one could be paid. The username stays with the
 * links, conversions and ledger that refer to it; it is public in every link. Erasing again finds nothing more. Gives when it
 * first was, ms.
 */
export async function eraseAffiliate(
  db: Database,
  vaultKey: Uint8Array<ArrayBuffer>,
  { id, username, erased_at, by }: { id: number; username: string; erased_at: number | null; by: AuditActor },
  now: number,
): Promise<number> {
  const isOpen = and(eq(enrollments.affiliate_id, id), inArray(enrollments.status, ["approved", "pending"]));
  const open = await db.select({ program_id: enrollments.program_id }).from(enrollments).where(isOpen);
  const applied = await listApplicationIds(db, id);
  const { program_id: programId, affiliate_id: affiliateId, at } = enrollmentStatuses;
  const change = { action: "affiliate.erased", program_id: null, subject_type: "affiliate", subject: username };
  const [erased] = await db.batch([
    db
      .update(affiliates)
      .set({
        name: "Erased affiliate",
        email: `erased-${id}@${ERASED_HOST}`,
        erased_at: sql`coalesce(${affiliates.erased_at}, ${now})`,
      })
      .where(eq(affiliates.id, id))
      .returning({ erased_at: affiliates.erased_at }),
    ...(erased_at === null ? [recordChange(db, by, { ...change, before: {}, after: null }, now)] : []),
    db.delete(affiliateMarks).where(eq(affiliateMarks.affiliate_id, id)),
    // The merchant's reasons may say who it was.
    db.update(enrollmentStatuses).set({ reason: null }).where(eq(affiliateId, id)),
    db.delete(affiliateNotes).where(eq(affiliateNotes.affiliate_id, id)),
    eraseApplications(db, id),
    deleteEmailChange(db, id),
    ...applied.map((subject) =>
      forgetValues(db, { subject_type: "application", subject }, ["name", "email", "reason"]),
    ),
    forgetValues(db, { subject_type: "affiliate", subject: username }, ["name", "email", "masked", "reason", "text"]),
    ...deleteSignIns(db, id),
    ...deleteNotifications(db, id),
    db.update(enrollments).set({ status: "suspended" }).where(isOpen),
    ...open.map((enrollment) =>
      db
        .insert(enrollmentStatuses)
        .values({ program_id: enrollment.program_id, affiliate_id: id, at: now, status: "suspended" })
        .onConflictDoUpdate({ target: [programId, affiliateId, at], set: { status: "suspended" } }),
    ),
  ]);
  // Last: from here on nobody can set new ones.
  await erasePayee(db, vaultKey, { affiliate_id: id, by: "merchant", audit: null }, now);
  return erased[0]?.erased_at ?? now;
}
