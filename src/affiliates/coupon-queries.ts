/** Reads the coupons of an affiliate. */
import { and, eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import type { AccountKey } from "./enrollment.ts";
import { coupons } from "./tables.ts";

const COUPONS_MAX = 200;

/** The codes of an affiliate's coupons in a program, in their order of creation; at most 200. */
export async function listOwnCoupons(db: Database, { program_id, affiliate_id }: AccountKey): Promise<string[]> {
  const rows = await db
    .select({ code: coupons.code })
    .from(coupons)
    .where(and(eq(coupons.affiliate_id, affiliate_id), eq(coupons.program_id, program_id)))
    .orderBy(coupons.created_at, coupons.code)
    .limit(COUPONS_MAX);
  return rows.map(({ code }) => code);
}
