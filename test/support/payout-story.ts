/** Setup for payout tests: affiliates with sales on past days, and commands with idempotency keys. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Paying } from "../../src/payouts/statements/change-statement.ts";
import { admin, eventually, postEvent, sale, send, setUp } from "./story.ts";

/** What a run knows of an affiliate whose payments are all in a file of PayPal's. */
export const PAYING: Paying = { method: "paypal", has_details: true, downloaded: [], disputed: {} };

let keys = 0;

/** A command with a new idempotency key or the given one, optionally with another admin key. */
export async function command(path: string, body?: unknown, options: { key?: string; token?: string } = {}) {
  keys += 1;
  const response = await send(path, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${options.token ?? env.ADMIN_TOKEN}`,
      "Idempotency-Key": options.key ?? `key-${keys}`,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
  return { status: response.status, json: (await response.json()) as any };
}

/** Gives an affiliate everything that the gates require. */
export async function makePayable(username: string) {
  await admin("PUT", `/v1/affiliates/${username}/payee`, { method: "paypal", email: `${username}@pay.example` });
  await admin("PUT", `/v1/affiliates/${username}/tax-form`, { form: "w9" });
}

/** A program from a preset with an affiliate and its sales on these days at 09:00 UTC, each to a different customer. */
export async function storyWithSales(preset: string, days: readonly string[], options: { amount?: number } = {}) {
  const story = await setUp({ preset, affiliates: 1 });
  const sales: { event: Record<string, unknown>; conversion: string }[] = [];
  for (const [n, day] of days.entries()) {
    const customer = { id: `cus_${n}` };
    const event = sale({
      customer,
      occurred_at: `${day}T09:00:00Z`,
      amount: options.amount ?? 40_000,
      subscription: { id: `sub_${n}`, interval: "year" },
    });
    const referral = { type: "referral", affiliate: story.a.username, binding: true, customer };
    const occurred_at = `${day}T08:00:00Z`;
    const subscription = event.subscription;
    expect((await postEvent(story.endpoint, { ...referral, occurred_at, subscription })).status).toBe(200);
    const { json } = await postEvent(story.endpoint, event);
    expect(json).toMatchObject({ attributed_to: story.a.username });
    sales.push({ event, conversion: json.conversion });
  }
  const entries = `/v1/programs/${story.program}/affiliates/${story.a.username}/entries`;
  await eventually(async () => expect((await admin("GET", entries)).json.data).toHaveLength(days.length));
  const runs = `/v1/programs/${story.program}/payouts/runs`;
  return {
    ...story,
    sales,
    runs,
    statements: `/v1/programs/${story.program}/affiliates/${story.a.username}/statements`,
  };
}

/** Drafts, approves and pays a month's run. */
export async function payMonth(runs: string, month: string) {
  const { status, json: run } = await command(runs, { month });
  expect([status, run.status], JSON.stringify(run)).toEqual([201, "draft"]);
  expect((await command(`${runs}/${run.id}/approve`)).json.status).toBe("approved");
  const paid = await command(`${runs}/${run.id}/pay`);
  expect(paid.json.status).toBe("paid");
  return paid.json;
}

/** A refund of a sale, in minor units. */
export const refundOf = (event: Record<string, unknown>, amount: number, occurred_at: string) => ({
  ...{ type: "refund", occurred_at, customer: event.customer, payment: event.payment },
  ...{ refund: `re_${amount}`, amount, currency: "USD" },
});
