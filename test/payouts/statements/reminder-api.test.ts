/** Reminders of what a payout waits for. */
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { command, makePayable, storyWithSales } from "../../support/payout-story.ts";
import { admin, eventually } from "../../support/story.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A drafted statement of an affiliate, by default without payment details. */
async function draft({ is_payable = false } = {}) {
  const { a, runs } = await storyWithSales("kartra", ["2026-01-03"]);
  if (is_payable) await makePayable(a.username);
  const { json: run } = await command(runs, { month: "2026-03" });
  const statements = `${runs}/${run.id}/statements`;
  const id = await eventually(async () => {
    const { json } = await admin("GET", statements);
    expect(json).toMatchObject({ complete: true });
    return json.data[0].id as string;
  });
  return { a, statements, remind: () => admin("POST", `${statements}/${id}/remind`) };
}

test("an affiliate is told what is missing, once in 7 days", async () => {
  const { a, remind } = await draft();
  const send = vi.spyOn(env.EMAIL as SendEmail, "send").mockResolvedValue({ messageId: "1" });
  const [one, other] = await Promise.all([remind(), remind()]);
  expect([one.status, other.status].toSorted()).toEqual([200, 409]);
  expect([one.json, other.json]).toContainEqual(expect.objectContaining({ code: "reminded_lately" }));
  expect(send.mock.calls).toEqual([
    [
      expect.objectContaining({
        to: `${a.username}@example.com`,
        text: expect.stringMatching(/payout method.*https:\/\/go\.example\.com\/app\/account/is),
      }),
    ],
  ]);
  await env.DB.prepare("UPDATE payout_reminders SET sent_at = sent_at - 7 * 86400000").run();
  expect((await remind()).status).toBe(200);
});

test("an email that isn't sent doesn't count, and nobody is reminded of nothing", async () => {
  const { remind } = await draft();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(env.EMAIL as SendEmail, "send")
    .mockRejectedValueOnce(new Error("refused"))
    .mockResolvedValue({ messageId: "1" });
  expect((await remind()).json).toMatchObject({ status: 503, code: "email_not_sent" });
  expect((await remind()).status).toBe(200);
  const payable = await draft({ is_payable: true });
  expect((await payable.remind()).json).toMatchObject({ status: 409, code: "nothing_to_remind" });
});
