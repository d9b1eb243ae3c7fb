/** The statements by which an affiliate joins a program. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import type { EnrollmentStatus } from "./enrollment.ts";
import { affiliates, coupons, enrollmentStatuses, enrollments } from "./tables.ts";

/** A program, and an affiliate's id or, of one that the batch creates, a subquery. */
export interface JoiningAccount {
  program_id: number;
  affiliate_id: number | SQL<number>;
}

/** The id of an affiliate that the batch creates before. */
export function idOfUsername(username: string): SQL<number> {
  return sql<number>`(SELECT id FROM affiliates WHERE username = ${username})`;
}

/** The statement that creates an affiliate. */
export function createAffiliate(
  db: Database,
  row: Pick<typeof affiliates.$inferInsert, "username" | "name" | "email" | "created_at">,
) {
  return db.insert(affiliates).values(row);
}

/** The statements that enroll an affiliate, or give its enrollment another status, and note when. */
export function joinProgram(
  db: Database,
  account: JoiningAccount,
  status: EnrollmentStatus,
  now: number,
  reason: string | null = null,
) {
  const { program_id: p, affiliate_id: a, at } = enrollmentStatuses;
  return [
    db
      .insert(enrollments)
      .values({ ...account, status, created_at: now })
      .onConflictDoUpdate({ target: [enrollments.program_id, enrollments.affiliate_id], set: { status } }),
    db
      .insert(enrollmentStatuses)
      .values({ ...account, at: now, status, reason })
      .onConflictDoUpdate({ target: [p, a, at], set: { status, reason } }),
  ] as const;
}

/** The statement that assigns a coupon. */
export function assignCoupon(db: Database, account: JoiningAccount, code: string, now: number) {
  return db.insert(coupons).values({ ...account, code, created_at: now });
}

/** Whether a program has a coupon with this code, in its normal form. */
export async function isCouponTaken(db: Database, programId: number, code: string): Promise<boolean> {
  const row = await db
    .select({ code: coupons.code })
    .from(coupons)
    .where(and(eq(coupons.program_id, programId), eq(coupons.code, code)))
    .get();
  return row !== undefined;
}
