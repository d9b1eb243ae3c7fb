/** Reads and judges everything that the status shows. */
import { findMissingMigrations } from "../db/schema-queries.ts";
import { type Env, listSettingFaults, readAlertSettings, readSettings } from "../env.ts";
import { dayOf } from "../lib/calendar.ts";
import { logError } from "../lib/platform/log.ts";
import { canNotify } from "../notifications/send-job.ts";
import { judgeRefusingEndpoints, judgeSilentEndpoints, judgeSpooled, judgeUnsent } from "./judge-checkouts.ts";
import { judgeClickChecks, judgeClickQueue, judgeDeadClicks } from "./judge-clicks.ts";
import {
  judgeAlerts,
  judgeDatabaseSize,
  judgeEmails,
  judgeMigrations,
  judgeRuns,
  judgeScheduledWork,
  judgeSettings,
} from "./judge-work.ts";
import { type StatusItem, unreadableItem } from "./status.ts";
import {
  readChecks,
  readEndpoints,
  readLastCheck,
  readQueues,
  readRefusedEmails,
  readSize,
  readSpooled,
  readUnreplayedClicks,
  readUnsent,
  readWorkingRuns,
} from "./status-queries.ts";

/** The items of the status at a time (ms). Never rejects: an item that can't be read is `failing`. */
export async function readStatus(env: Env, now: number): Promise<StatusItem[]> {
  const db = env.DB;
  const last = readLastCheck(db);
  const endpoints = readEndpoints(db);
  const items: Record<string, () => Promise<StatusItem>> = {
    settings: async () => judgeSettings(listSettingFaults(env)),
    migrations: async () => judgeMigrations(await findMissingMigrations(db)),
    scheduled_work: async () => judgeScheduledWork((await last).checked_at, now),
    click_queue: async () => judgeClickQueue(await readQueues(env), now),
    dead_clicks: async () =>
      judgeDeadClicks(await readUnreplayedClicks(db), readSettings(env).click_retention_days, now),
    click_checks: async () => judgeClickChecks(await readChecks(db), now),
    spooled_deliveries: async () => judgeSpooled(await readSpooled(db, now), now),
    silent_endpoints: async () => judgeSilentEndpoints(await endpoints, now),
    refusing_endpoints: async () => judgeRefusingEndpoints(await endpoints, now),
    unsent_results: async () => judgeUnsent(await readUnsent(db), now),
    database_size: async () => judgeDatabaseSize(await readSize(db, dayOf(now)), dayOf(now)),
    payout_runs: async () => judgeRuns(await readWorkingRuns(db), now),
    emails: async () => judgeEmails(await readRefusedEmails(db), canNotify(env)),
    alerts: async () => judgeAlerts(listChannels(env), (await last).failed_channels),
  };
  return Promise.all(Object.entries(items).map(([name, judge]) => judgeOrFail(name, judge)));
}

async function judgeOrFail(name: string, judge: () => Promise<StatusItem>): Promise<StatusItem> {
  try {
    return await judge();
  } catch (error) {
    logError("status_not_read", { item: name, error });
    return unreadableItem(name);
  }
}

function listChannels(env: Env): string[] {
  const { email, webhook_url } = readAlertSettings(env);
  return [...(email === null ? [] : ["email"]), ...(webhook_url === null ? [] : ["webhook"])];
}
