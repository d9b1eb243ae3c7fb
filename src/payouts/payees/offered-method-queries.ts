/** By what means the programs of an affiliate pay. */

import { readAffiliatePrograms } from "../../affiliates/enrollment-queries.ts";
import type { Database } from "../../db/database.ts";
import type { Payout } from "../../programs/terms.ts";
import { loadTerms } from "../../programs/terms-queries.ts";

/** A program with how it pays, and what it asks for first; null where its terms do not say yet. */
export interface OfferedMethods {
  name: string;
  payout: Pick<Payout, "methods" | "gates"> | null;
}

/** Those of the programs that the affiliate is in, by the terms in force at a time (ms). */
export async function readOfferedMethods(db: Database, affiliateId: number, at: number): Promise<OfferedMethods[]> {
  const programs = await readAffiliatePrograms(db, affiliateId);
  return Promise.all(
    programs
      .filter(({ status }) => status !== "rejected")
      .map(async ({ id, name }) => ({ name, payout: (await loadTerms(db, id, at)).terms.payout })),
  );
}
