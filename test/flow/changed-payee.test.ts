/** An affiliate changes its payout method: who is told, and which payouts wait. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { signIn } from "../portal/session.ts";
import worker from "../support/current-worker.ts";
import type { SentEmail } from "../support/sent-email.ts";
import { admin, ORIGIN, setUp } from "../support/story.ts";
import { approveRun, command, download, filesOf, setUpPayDay, statementsThat } from "./pay-day.ts";

const fetchBy = worker.fetch as (request: Request, bindings: unknown, ctx: ExecutionContext) => Promise<Response>;

/** Submits a form of the account page. Returns the emails that were sent. */
async function submit(username: string, path: string, fields: Record<string, string>, fails = false) {
  const { cookie } = await signIn(username);
  const emails: SentEmail[] = [];
  const EMAIL = {
    async send(mail: SentEmail) {
      if (fails) throw new Error(`cannot send to ${mail.to}`);
      emails.push(mail);
      return { messageId: "1" };
    },
  };
  const headers = { Cookie: cookie, Origin: ORIGIN, "Content-Type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(fields).toString();
  const request = new Request(`${ORIGIN}${path}`, { method: "POST", redirect: "manual", headers, body });
  const ctx = createExecutionContext();
  const { status } = await fetchBy(request, { ...env, EMAIL, MAIL_FROM: "portal@example.com" }, ctx);
  await waitOnExecutionContext(ctx);
  expect(status).toBe(303);
  return emails;
}

const change = (username: string, email: string, fails = false) =>
  submit(username, "/app/account", { method: "paypal", email }, fails);

describe("an email about a changed payout method", () => {
  test("goes to the affiliate and to the previous PayPal address; first details are no change", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const address = `${a.username}@example.com`;
    expect(await change(a.username, "first@pay.example")).toEqual([]);
    expect(await change(a.username, "first@pay.example")).toEqual([]);
    const emails = await change(a.username, "second@pay.example");
    expect(emails.map(({ to }) => to).sort()).toEqual([address, "first@pay.example"].sort());
    expect(emails[0]?.text).toContain("changed to PayPal s•••@pay.example. Before, it was PayPal f•••@pay.example.");
    const removed = await submit(a.username, "/app/account/erase", {});
    expect(removed.map(({ to, subject }) => `${to}: ${subject}`).sort()).toEqual(
      [address, "second@pay.example"].map((to) => `${to}: Your payout method was removed`).sort(),
    );
    // After a removal, new details are a change.
    expect((await change(a.username, "third@pay.example")).map(({ to }) => to)).toEqual([address]);
  });

  test("that can't be sent doesn't keep the change from being saved", async () => {
    const { a } = await setUp({ affiliates: 1 });
    await change(a.username, "first@pay.example");
    expect(await change(a.username, "second@pay.example", true)).toEqual([]);
    const { json } = await admin("GET", `/v1/affiliates/${a.username}/payee`);
    expect(json.details.email).toBe("s•••@pay.example");
  });
});

describe("a payout", () => {
  test("to first details doesn't wait", async () => {
    const { a, runs } = await setUpPayDay(1);
    await change(a.username, "first@pay.example");
    const run = `${runs}/${await approveRun(runs)}`;
    expect((await filesOf(run)).data).toMatchObject([{ name: "paypal-usd-1.csv", rows: 1 }]);
  });

  test("to details that the affiliate changed three days before the approval or later isn't in a file, or paid", async () => {
    const { a, runs } = await setUpPayDay(1);
    await change(a.username, "first@pay.example");
    await change(a.username, "second@pay.example");
    const run = `${runs}/${await approveRun(runs)}`;
    const expected = { data: [], left_out: [{ amount: 4_000, currency: "USD", reason: "payment_details_new" }] };
    expect(await filesOf(run)).toMatchObject(expected);
    // What a file contains is decided by the approval: time that passes, or another change, adds nothing to it.
    await env.DB.prepare("UPDATE payees SET changed_at = changed_at - 1").run();
    await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "third@pay.example" });
    expect(await filesOf(run)).toMatchObject(expected);
    expect((await command(`${run}/pay`)).json.status).toBe("paid");
    const reason = expect.stringContaining("changed the payment details shortly before");
    const statements = await statementsThat(run, { [a.username]: { status: "unpaid", reason } });
    // The merchant can pay it by hand, after checking with the affiliate.
    const paid = await command(`${run}/statements/${statements[a.username].id}/pay`, {
      ...{ method: "paypal", reference: "by hand", paid_on: new Date().toISOString().slice(0, 10) },
    });
    expect([paid.status, paid.json.status]).toEqual([200, "paid"]);
  });

  test("to details changed earlier, or by the merchant, doesn't wait", async () => {
    const { a, b, runs } = await setUpPayDay(2);
    for (const { username } of [a, b]) await change(username, `${username}@first.example`);
    await change(a.username, "a@second.example");
    await env.DB.prepare(
      "UPDATE payees SET changed_at = changed_at - 259200001 WHERE affiliate_id = (SELECT id FROM affiliates WHERE username = ?)",
    )
      .bind(a.username)
      .run();
    await change(b.username, "b@second.example");
    await admin("PUT", `/v1/affiliates/${b.username}/payee`, { method: "paypal", email: "b@merchant.example" });
    const run = `${runs}/${await approveRun(runs)}`;
    expect(await filesOf(run)).toMatchObject({ data: [{ rows: 2 }], left_out: [] });
    const { text } = await download(`${run}/files/paypal-usd-1.csv`);
    expect(text).toContain("a@second.example");
    expect(text).toContain("b@merchant.example");
  });

  test("of a run that an earlier release approved doesn't wait", async () => {
    const { a, runs } = await setUpPayDay(1);
    await change(a.username, "first@pay.example");
    await change(a.username, "second@pay.example");
    const id = await approveRun(runs);
    await env.DB.prepare(
      "UPDATE payout_runs SET approvals = json_remove(approvals, '$[0].details_wait_days') WHERE id = ?",
    )
      .bind(id)
      .run();
    expect(await filesOf(`${runs}/${id}`)).toMatchObject({ data: [{ rows: 1 }], left_out: [] });
  });
});
