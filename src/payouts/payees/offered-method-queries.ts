/** The payout methods that an affiliate's programs offer. */

import { readAffiliatePrograms } from "../../affiliates/enrollment-queries.ts";
import type { Database } from "../../db/database.ts";
import type { Payout } from "../../programs/terms.ts";
import { loadTerms } from "../../programs/terms-queries.ts";

/** A program with its payout methods and requirements; null if its terms don't set any yet. */
export interface OfferedMethods {
  name: string;
  payout: Pick<Payout, "methods" | "gates"> | null;
}

/** Reads the programs the affiliate is enrolled in, with the terms in force at a time (ms). */
export async function readOfferedMethods(db: Database, affiliateId: number, at: number): Promise<OfferedMethods[]> {
  const programs = await readAffiliatePrograms(db, affiliateId);
  return Promise.all(
    programs
      .filter(({ status }) => status !== "rejected")
      .map(async ({ id, name }) => ({ name, payout: (await loadTerms(db, id, at)).terms.payout })),
  );
}
