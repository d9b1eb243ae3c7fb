/** Relays what the objects' alarms have missed. */
import { listAccountsOfMinute } from "../affiliates/enrollment-queries.ts";
import { accountKeyOf } from "../commissions/ledger.ts";
import { listUnrelayedAccounts, recordRelay } from "../commissions/unrelayed-account-store.ts";
import { openDatabase } from "../db/database.ts";
import type { Env } from "../env.ts";
import { logError } from "../lib/platform/log.ts";
import { MS_PER_MINUTE } from "../lib/time.ts";
import { listUnrelayed, markRelayed, type Relayed } from "../webhooks/identity/unrelayed-store.ts";

/** An alarm relays within seconds; an object that hasn't relayed for this long may have lost its alarm. */
const SWEEP_AFTER_MS = 10 * MS_PER_MINUTE;
const SWEEP_LIMIT = 50;
const MINUTES_PER_DAY = 1_440;

/**
 * Called by the minute cron at `now` (ms): relays customers that have had messages for too long, each account once a day, and
 * accounts that couldn't send everything.
 */
export async function sweepObjects(env: Env, now: number): Promise<void> {
  const db = openDatabase(env.DB);
  const relayed: Relayed[] = [];
  for (const customer of await listUnrelayed(db, now - SWEEP_AFTER_MS, SWEEP_LIMIT)) {
    if (await isRelayed(env.CUSTOMERS.getByName(customer.key))) relayed.push(customer);
  }
  await markRelayed(db, relayed);
  const minute = Math.floor(now / MS_PER_MINUTE) % MINUTES_PER_DAY;
  const unrelayed = await listUnrelayedAccounts(db, SWEEP_LIMIT);
  const known = new Set(unrelayed.map(accountKeyOf));
  const due = await listAccountsOfMinute(db, minute, MINUTES_PER_DAY);
  for (const account of [...unrelayed, ...due.filter((one) => !known.has(accountKeyOf(one)))]) {
    const key = accountKeyOf(account);
    const isDone = await isRelayed(env.ACCOUNTS.getByName(key));
    if (isDone === known.has(key)) await recordRelay(db, account, !isDone, now);
  }
}

/** Has an object send its messages; whether none is left. An object that doesn't answer may have some. */
async function isRelayed(object: { relay: () => Promise<number> }): Promise<boolean> {
  try {
    return (await object.relay()) === 0;
  } catch (error) {
    logError("object_not_swept", { error });
    return false;
  }
}
