/** Queries for payout windows that are already drafted. Throws if D1 is unavailable. */
import { and, eq, gte, inArray } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { defineQuery, type Query } from "../../db/query-batch.ts";
import { monthOf } from "../../lib/calendar.ts";
import { nameWindow } from "../payout-window.ts";
import { payoutRuns } from "../tables.ts";

/** Defines a query for the names of the windows, from the month of `now` (ms) on, whose runs are fully drafted. */
export function defineMonthsRunQuery(db: Database, programId: number, now: number): Query<string[]> {
  const { month, window_number: window, status } = payoutRuns;
  const isDrafted = inArray(status, ["draft", "approved", "paying", "paid"]);
  const months = db
    .selectDistinct({ month, window })
    .from(payoutRuns)
    .where(and(eq(payoutRuns.program_id, programId), gte(month, monthOf(now)), isDrafted));
  return defineQuery([months], ([rows]) => rows.map(nameWindow));
}
