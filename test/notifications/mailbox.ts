/** A mailbox between the Worker and the platform's binding: emails are read, and passed on to the real one. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { runMinute } from "../support/run-cron.ts";
import type { SentEmail } from "../support/sent-email.ts";
import { admin, click, conversionThat, eventually, postEvent, sale } from "../support/story.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export interface Mailbox {
  EMAIL: { send: (email: SentEmail) => Promise<EmailSendResult> };
  emails: SentEmail[];
  /** Emails to these addresses are refused. */
  refused: Set<string>;
}

/** An empty mailbox. */
export function openMailbox(): Mailbox {
  const emails: SentEmail[] = [];
  const refused = new Set<string>();
  return {
    emails,
    refused,
    EMAIL: {
      async send(email) {
        if (refused.has(email.to))
          throw Object.assign(new Error(`refused for ${email.to}`), { code: "E_DELIVERY_FAILED" });
        emails.push(email);
        if (env.EMAIL === undefined) throw new Error("There is no EMAIL binding.");
        return env.EMAIL.send(email);
      },
    },
  };
}

/** Runs the minute's cron at a time (ms). Returns the emails that it sent. */
export async function mail(box: Mailbox, at: number, changes: Record<string, unknown> = {}): Promise<SentEmail[]> {
  const before = box.emails.length;
  await runMinute(at, { EMAIL: box.EMAIL, ...changes });
  return box.emails.slice(before);
}

/** A sale by an affiliate's click, once its commission is in the ledger; the conversion's id. */
export async function sell(
  story: { endpoint: { id: string; secret: string } },
  affiliate: { username: string; slug: string },
  changes: Record<string, unknown> = {},
): Promise<string> {
  const { token } = await click(affiliate.slug);
  const { json } = await postEvent(story.endpoint, sale({ click: token, ...changes }));
  await conversionThat(json.conversion, { attributed_to: affiliate.username, entries: [{ kind: "commission" }] });
  return json.conversion;
}

/** What is noted of an affiliate, once there are so many. */
export function notedOf(username: string, count: number) {
  const noted = env.DB.prepare(
    `SELECT n.* FROM notifications AS n JOIN affiliates AS a ON a.id = n.affiliate_id
     WHERE a.username = ? ORDER BY noted_at, subject`,
  ).bind(username);
  return eventually(async () => {
    const { results } = await noted.all<{ kind: string; subject: string; told_at: number | null }>();
    expect(results).toHaveLength(count);
    return results;
  });
}

/** Makes a program's projections again from its objects, as an admin does. */
export async function rebuild(program: string): Promise<void> {
  let body: Record<string, unknown> = { drop: true };
  for (let steps = 0; steps < 10; steps += 1) {
    const { status, json } = await admin("POST", `/v1/programs/${program}/rebuilds`, body);
    expect(status, JSON.stringify(json)).toBe(200);
    if (json.next === null) return;
    body = { cursor: json.next };
  }
  throw new Error("a rebuild did not end");
}
