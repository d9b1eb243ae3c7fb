/** Alerts in words. They hold no personal data: names of programs, ids and figures only. */
import { composeEmail, type Email } from "../mail/compose-email.ts";
import type { Alert } from "./decide-alerts.ts";
import { countOf, type Status, worstOf } from "./status.ts";

/** Discord refuses longer messages. */
const CHAT_MAX_CHARACTERS = 1_900;
/** Chats that refuse a message with fields they don't know, or need another name for the text. */
const TEXT_ONLY_HOST = /^(?:hooks\.slack\.com|chat\.googleapis\.com)$/;
const DISCORD_HOST = /(?:^|\.)discord(?:app)?\.com$/;

const KINDS = {
  new: (status: Status) => (status === "failing" ? "Failing" : "Warning"),
  worse: () => "Now failing",
  still: (status: Status) => (status === "failing" ? "Still failing" : "Still a warning"),
  resolved: () => "Resolved",
} as const;

/** The email's text and subject. Replies go nowhere, and mail servers must not answer it (RFC 3834). */
export function writeAlertEmail(to: string, alerts: readonly Alert[]): Email {
  const paragraphs = [...describeAll(alerts).split("\n\n"), "All items: GET /v1/status"];
  const headers = { "Auto-Submitted": "auto-generated" };
  return composeEmail({ to, subject: writeSubject(alerts), paragraphs, links: [], brand: null, headers });
}

/** The body of the webhook: for Slack, Google Chat and Discord what they take, for others also the alerts as data. */
export function writeAlertWebhook(url: string, alerts: readonly Alert[]): Record<string, unknown> {
  const { hostname } = new URL(url);
  const text = cut(`${writeSubject(alerts)}\n\n${describeAll(alerts)}`);
  if (DISCORD_HOST.test(hostname)) return { content: text, allowed_mentions: { parse: [] } };
  if (TEXT_ONLY_HOST.test(hostname)) return { text };
  const data = alerts.map(({ kind, item, since }) => ({ kind, since: new Date(since).toISOString(), ...item }));
  return { text, status: worstOf(alerts.map(({ item }) => item)), alerts: data };
}

function writeSubject(alerts: readonly Alert[]): string {
  const bad = alerts.filter(({ kind }) => kind !== "resolved");
  const resolved = alerts.length - bad.length;
  if (bad.length === 0) return `Lastclick: ${countOf(resolved, "problem")} resolved`;
  const names = bad.map(({ item }) => item.name.replaceAll("_", " ")).join(", ");
  return `Lastclick: ${worstOf(bad.map(({ item }) => item))}: ${names}`;
}

function describeAll(alerts: readonly Alert[]): string {
  return alerts.map(describe).join("\n\n");
}

function describe({ kind, item, since }: Alert): string {
  const { name, status, detail, fix } = item;
  const lines = [`${KINDS[kind](status)}: ${name}`, detail];
  if (fix !== null) lines.push(`What to do: ${fix}`);
  lines.push(`Since ${new Date(since).toISOString().slice(0, 16).replace("T", " ")} UTC`);
  return lines.join("\n");
}

function cut(text: string): string {
  return text.length <= CHAT_MAX_CHARACTERS ? text : `${text.slice(0, CHAT_MAX_CHARACTERS - 1)}…`;
}
