/** Completes merges of customers. */

import { openDatabase } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { closeMerges, listOpenMerges } from "./customer-merge-store.ts";

const MERGES_PER_RUN = 20;

/** Has a merged customer's object hand over its history to another customer's object. */
export async function handOverCustomer(env: Env, from: string, into: string): Promise<void> {
  await env.CUSTOMERS.getByName(from).handOver(into);
  await closeMerges(openDatabase(env.DB), [from]);
}

/** Every minute: completes merges that a crash or an unavailable object interrupted. */
export async function finishMerges(env: Env): Promise<void> {
  for (const { from, into } of await listOpenMerges(openDatabase(env.DB), MERGES_PER_RUN)) {
    await handOverCustomer(env, from, into).catch((error) => logError("merge_not_completed", { error }));
  }
}
