import { and, count, eq, inArray } from "drizzle-orm";
import { enrollments } from "../affiliates/tables.ts";
import { openDatabase } from "../db/database.ts";
import { nameWindow } from "../payouts/payout-window.ts";
import { payoutRuns } from "../payouts/tables.ts";
import { readEventTypes } from "../webhooks/deliveries/queries.ts";
import { listEventTypes } from "../webhooks/expected-events.ts";
import type { ProgramState } from "./attention.ts";
import { readEndpoints } from "./status-queries.ts";

/** Reads what may wait for a program's merchant. */
export async function readProgramState(d1: D1Database, programId: number): Promise<ProgramState> {
  const db = openDatabase(d1);
  const { id, month, window_number: window, status } = payoutRuns;
  const isOpen = inArray(status, ["draft", "approved", "paying"]);
  const [[waiting], runs, endpoints] = await Promise.all([
    db
      .select({ pending: count() })
      .from(enrollments)
      .where(and(eq(enrollments.program_id, programId), eq(enrollments.status, "pending"))),
    db
      .select({ id, month, window, status })
      .from(payoutRuns)
      .where(and(eq(payoutRuns.program_id, programId), isOpen)),
    readEndpoints(d1, programId),
  ]);
  const watched = endpoints.map(async (endpoint) => ({
    ...endpoint,
    types: listEventTypes(endpoint.source, await readEventTypes(db, endpoint.id)),
  }));
  return {
    pending: waiting?.pending ?? 0,
    runs: runs.map((run) => ({ id: run.id, window: nameWindow(run), status: run.status })),
    endpoints: await Promise.all(watched),
  };
}
