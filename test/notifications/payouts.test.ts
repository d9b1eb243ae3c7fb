/** Emails about payments. */
import { expect, test } from "vitest";
import { approveRun, command, setUpPayDay, statementsThat } from "../flow/pay-day.ts";
import { admin, ORIGIN } from "../support/story.ts";
import { HOUR, MINUTE, mail, notedOf, openMailbox, rebuild } from "./mailbox.ts";

/** A run that was paid, whose affiliate has read of its sale. */
async function pay() {
  const story = await setUpPayDay(1);
  const { a, runs } = story;
  await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "ada.payee@pay.example" });
  const run = `${runs}/${await approveRun(runs)}`;
  const box = openMailbox();
  expect(await mail(box, Date.now() + 2 * MINUTE)).toHaveLength(1);
  await command(`${run}/pay`);
  const statements = await statementsThat(run, { [a.username]: { status: "paid" } });
  await notedOf(a.username, 2);
  return { ...story, run, box, statement: statements[a.username] as { id: string; number: number } };
}

test("a payment is emailed once, at once, even within an hour of an email about sales", async () => {
  const { a, program, run, box, statement } = await pay();
  // Paid is to what was approved, whatever the affiliate has changed since.
  await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "new@other.example" });
  const emails = await mail(box, Date.now() + 3 * MINUTE);
  expect(emails.map(({ to, subject }) => [to, subject])).toEqual([
    [`${a.username}@example.com`, "Payout of $40.00 sent"],
  ]);
  const [email] = emails;
  expect(email?.text).toMatch(
    /^Statement 1 from Program \d+\nYour payout of \$40\.00 was sent by PayPal to a•••@pay\.example\.$/m,
  );
  expect(email?.text.split("\n")).toContain(`${ORIGIN}/app/payouts/${statement.number}?program=${program}`);
  await command(`${run}/pay`);
  await rebuild(program);
  await statementsThat(run, { [a.username]: { status: "paid" } });
  await notedOf(a.username, 2);
  expect(await mail(box, Date.now() + 2 * HOUR)).toEqual([]);
});

test("a returned payment is emailed with its reason, alone if it was returned before the email", async () => {
  const { a, run, box, statement } = await pay();
  await command(`${run}/statements/${statement.id}/fail`, { reason: "Account\u2028closed" });
  await statementsThat(run, { [a.username]: { status: "returned" } });
  await notedOf(a.username, 3);
  const [email, ...others] = await mail(box, Date.now() + 3 * MINUTE);
  expect([email?.subject, others]).toEqual(["Payout of $40.00 returned", []]);
  expect(email?.text).toContain("Your payout of $40.00 by PayPal to a•••@pay.example was returned: Account closed\n");
  expect(await mail(box, Date.now() + 2 * HOUR)).toEqual([]);
});

test("a payment that was not made is emailed as failed", async () => {
  const { a, runs } = await setUpPayDay(1);
  await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "ada.payee@pay.example" });
  const run = `${runs}/${await approveRun(runs)}`;
  const statements = await statementsThat(run, { [a.username]: { status: "drafted" } });
  await command(`${run}/statements/${statements[a.username].id}/fail`, { reason: "Account closed" });
  await statementsThat(run, { [a.username]: { status: "failed" } });
  await notedOf(a.username, 2);
  const [email, ...others] = await mail(openMailbox(), Date.now() + 2 * MINUTE);
  expect([email?.subject, others]).toEqual(["Payout of $40.00 failed; 1 new sale: $40.00 in commission", []]);
});

test("drafted and carried-over statements aren't emailed", async () => {
  const { a, runs } = await setUpPayDay(1);
  const run = `${runs}/${await approveRun(runs)}`; // nothing is paid, for want of payment details
  await statementsThat(run, { [a.username]: { status: "drafted" } });
  await command(`${run}/pay`);
  await statementsThat(run, { [a.username]: { status: "carried" } });
  expect(await notedOf(a.username, 1)).toMatchObject([{ kind: "sale" }]);
});
