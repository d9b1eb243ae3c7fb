/** Checks the status every few minutes, and sends alerts about what is not ok. */
import { openDatabase } from "../db/database.ts";
import { type Env, readAlertSettings } from "../env.ts";
import { dayOf } from "../lib/calendar.ts";
import { codeOf, logError } from "../lib/platform/log.ts";
import { MS_PER_MINUTE } from "../lib/time.ts";
import type { Email } from "../mail/compose-email.ts";
import { sendEmail } from "../mail/mail-store.ts";
import { readStates, recordSize, saveStates, startCheck } from "./alert-store.ts";
import { type Alert, decideAlerts, type ItemState } from "./decide-alerts.ts";
import { readStatus } from "./status-handler.ts";
import { readSize } from "./status-queries.ts";
import { writeAlertEmail, writeAlertWebhook } from "./write-alert.ts";

/** Crons come a little early or late. */
const INTERVAL_MS = 5 * MS_PER_MINUTE - 10_000;
const WEBHOOK_TIMEOUT_MS = 10_000;

/** Called by the minute cron at `now` (ms). An alert that no channel takes is tried again by the next check. */
export async function checkStatus(env: Env, now: number): Promise<void> {
  const db = openDatabase(env.DB);
  if (!(await startCheck(db, now, INTERVAL_MS))) return;
  const items = await readStatus(env, now);
  const day = dayOf(now);
  await recordSize(db, { day, bytes: (await readSize(env.DB, day)).bytes });
  const states = await readStates(db);
  const { alerts, if_sent, if_unsent } = decideAlerts(items, states, now);
  const results = alerts.length === 0 ? [] : await sendAlerts(env, alerts);
  const failed = results.filter(({ is_sent }) => !is_sent).map(({ channel }) => channel);
  const left = results.length > failed.length || alerts.length === 0 ? if_sent : if_unsent;
  const hasChanged = JSON.stringify(sorted(left)) !== JSON.stringify(sorted(states));
  if (hasChanged || results.length > 0) await saveStates(db, left, results.length === 0 ? null : failed);
}

/** Sends the alerts by each channel that is set up. Never rejects. */
async function sendAlerts(env: Env, alerts: readonly Alert[]): Promise<{ channel: string; is_sent: boolean }[]> {
  const { email, webhook_url } = readAlertSettings(env);
  const sending: Record<string, () => Promise<unknown>> = {
    ...(email !== null && { email: () => emailAlerts(env, writeAlertEmail(email.to, alerts)) }),
    ...(webhook_url !== null && { webhook: () => postWebhook(webhook_url, writeAlertWebhook(webhook_url, alerts)) }),
  };
  const channels = Object.keys(sending);
  const results = await Promise.allSettled(Object.values(sending).map((send) => send()));
  return results.map((result, place) => {
    const channel = channels[place] ?? "";
    if (result.status === "rejected") logError("alert_not_sent", { channel, code: codeOf(result.reason) });
    return { channel, is_sent: result.status === "fulfilled" };
  });
}

async function emailAlerts(env: Env, email: Email): Promise<void> {
  if ((await sendEmail(env, email)) === "sent") return;
  throw Object.assign(new Error("the address gets no emails"), { code: "suppressed" });
}

async function postWebhook(url: string, body: Record<string, unknown>): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    redirect: "manual",
    signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok)
    throw Object.assign(new Error("the receiver refused the alert"), { code: `status_${response.status}` });
}

function sorted(states: readonly ItemState[]): ItemState[] {
  const ordered = states.map(({ name, status, since, ok_since, alerted_at, alerted_as }) => ({
    ...{ name, status, since, ok_since, alerted_at, alerted_as },
  }));
  return ordered.sort((a, b) => (a.name < b.name ? -1 : 1));
}
