/** Ends enrollments that nothing has happened in for long, where the program's form says so. */
import { and, eq, isNotNull, sql } from "drizzle-orm";
import { joinProgram } from "../affiliates/joining-store.ts";
import { affiliates, enrollmentStatuses, enrollments } from "../affiliates/tables.ts";
import { recordChange } from "../audit/audit-store.ts";
import { clickDays } from "../clicks/tables.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { days } from "../lib/messages/en/english.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import { links } from "../links/tables.ts";
import { COUNTED } from "../redirect/click.ts";
import { applicationForms } from "./tables.ts";

/** More are ended in the next hours. */
const ENDED_AT_ONCE = 50;

/** Called hourly at `now` (ms). Enrollments with a sale never end by themselves. */
export async function endInactiveEnrollments(db: Database, now: number): Promise<void> {
  const after = sql<number>`${applicationForms.form} ->> '$.inactive_days'`;
  const forms = await db
    .select({ program_id: applicationForms.program_id, inactive_days: after })
    .from(applicationForms)
    .where(isNotNull(after));
  for (const { program_id, inactive_days } of forms) {
    const since = now - inactive_days * MS_PER_DAY;
    const reason = `No clicks for ${days(inactive_days)}`;
    for (const { affiliate_id, username } of await listInactive(db, program_id, since)) {
      const change = {
        ...{ action: "enrollment.updated", program_id, subject_type: "affiliate", subject: username },
        ...{ before: { status: "approved" }, after: { status: "left", reason } },
      };
      const by = { actor_kind: "system" as const, actor: "inactive_enrollments", key_id: null };
      await db.batch([
        ...joinProgram(db, { program_id, affiliate_id }, "left", now, reason),
        recordChange(db, by, change, now),
      ]);
    }
  }
}

/** Approved since before a time (ms), without a counted click since then, and without a sale ever. */
async function listInactive(db: Database, programId: number, since: number) {
  const { program_id, affiliate_id, status, created_at } = enrollments;
  const changed = sql`SELECT 1 FROM ${enrollmentStatuses} AS s WHERE s.program_id = ${programId}
    AND s.affiliate_id = ${affiliate_id} AND s.at > ${since}`;
  const clicked = sql`SELECT 1 FROM ${links} AS l JOIN ${clickDays} AS d ON d.link_id = l.id
    WHERE l.affiliate_id = ${affiliate_id} AND l.program_id = ${programId} AND d.verdict = ${COUNTED}
      AND d.day >= ${Math.floor(since / MS_PER_DAY)}`;
  const sold = sql`SELECT 1 FROM ${conversions} AS c WHERE c.affiliate_id = ${affiliate_id}
    AND c.program_id = ${programId} AND c.type = 'sale'`;
  return db
    .select({ affiliate_id, username: affiliates.username })
    .from(enrollments)
    .innerJoin(affiliates, eq(affiliates.id, affiliate_id))
    .where(
      and(
        eq(program_id, programId),
        eq(status, "approved"),
        sql`${created_at} <= ${since}`,
        sql`NOT EXISTS (${changed}) AND NOT EXISTS (${sold}) AND NOT EXISTS (${clicked})`,
      ),
    )
    .limit(ENDED_AT_ONCE);
}
