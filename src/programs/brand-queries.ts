/** Reads whose brand an email has. */
import { and, eq, inArray } from "drizzle-orm";
import { enrollments } from "../affiliates/tables.ts";
import type { Database } from "../db/database.ts";
import type { Brand } from "../mail/brand.ts";
import { programs } from "./tables.ts";

const { name, color, logo_url, support_email } = programs;
const columns = { name, color, logo_url, support_email };

/** The brand of a program by its slug; null if there is none. */
export async function readBrand(db: Database, slug: string): Promise<Brand | null> {
  return (await db.select(columns).from(programs).where(eq(programs.slug, slug)).get()) ?? null;
}

/** The brand of the only program that an affiliate is in; null if it is in several, or none. */
export async function readBrandOfAffiliate(db: Database, affiliateId: number): Promise<Brand | null> {
  const isMember = and(
    eq(enrollments.affiliate_id, affiliateId),
    inArray(enrollments.status, ["approved", "pending", "suspended"]),
  );
  const brands = await db
    .select(columns)
    .from(programs)
    .innerJoin(enrollments, eq(enrollments.program_id, programs.id))
    .where(isMember)
    .limit(2);
  return brands.length === 1 ? (brands[0] ?? null) : null;
}
