/** Emails about sales, from the checkout's webhook to the platform's binding. */
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { runCron } from "../support/run-cron.ts";
import { admin, click, conversionThat, eventually, ORIGIN, postEvent, sale, send, setUp } from "../support/story.ts";
import { HOUR, MINUTE, mail, notedOf, openMailbox, rebuild, sell } from "./mailbox.ts";

const DAY = 24 * HOUR;
const at = (ms: number) => new Date(ms).toISOString();
const subjects = (emails: readonly { subject: string }[]) => emails.map(({ subject }) => subject);

describe("a sale", () => {
  test("is emailed once, with its commission and hold period, and nothing about its customer", async () => {
    const story = await setUp({ affiliates: 1 });
    const { a } = story;
    const customer = { id: "cus_secret", email: "buyer@secret.example" };
    const conversion = await sell(story, a, { customer, product: "Pro", payment: "pay_secret" });
    const box = openMailbox();
    expect(await mail(box, Date.now())).toEqual([]); // its commission may still be on its way
    const [email, ...others] = await mail(box, Date.now() + 2 * MINUTE);
    expect(others).toEqual([]);
    expect(email).toMatchObject({
      from: { email: "portal@example.com", name: story.program.replace("prog", "Program ") },
      to: `${a.username}@example.com`,
      subject: "1 new sale: $39.60 in commission",
    });
    const name = await env.DB.prepare("SELECT name FROM programs WHERE slug = ?").bind(story.program).first("name");
    expect(email?.text).toContain(`Sale of $99.00 in ${name}: “Pro”\nYour commission: $39.60, on hold until `);
    expect(email?.text.split("\n")).toContain(`${ORIGIN}/app/conversions/${conversion}`);
    expect(email?.text).not.toMatch(/secret|buyer|cus_|pay_/);
    for (const later of [3 * MINUTE, 2 * HOUR, 30 * HOUR]) expect(await mail(box, Date.now() + later)).toEqual([]);
  });

  test("isn't emailed again if its webhook repeats or it is rebuilt", async () => {
    const story = await setUp({ affiliates: 1 });
    const { a, program, endpoint } = story;
    const event = sale({ click: (await click(a.slug)).token });
    const { json } = await postEvent(endpoint, event);
    const box = openMailbox();
    await notedOf(a.username, 1);
    expect(await mail(box, Date.now() + 2 * MINUTE)).toHaveLength(1);
    await postEvent(endpoint, event);
    await rebuild(program);
    await conversionThat(json.conversion, { attributed_to: a.username, entries: [{ kind: "commission" }] });
    expect(await notedOf(a.username, 1)).toMatchObject([{ subject: json.conversion, told_at: expect.any(Number) }]);
    expect(await mail(box, Date.now() + 2 * HOUR)).toEqual([]);
  });

  test("isn't emailed if it is over a day old, a lead or from test mode, not even after a rebuild", async () => {
    const story = await setUp({ affiliates: 1 });
    const { a, program, endpoint } = story;
    const old = Date.now() - DAY - MINUTE;
    const referral = { type: "referral", affiliate: a.username, binding: true };
    const customer = { id: "cus_old" };
    await postEvent(endpoint, { ...referral, customer, occurred_at: at(old - HOUR) });
    const first = await postEvent(endpoint, sale({ customer, occurred_at: at(old) }));
    const lead = { ...sale({ click: (await click(a.slug)).token }), type: "lead", payment: null, amount: null };
    const second = await postEvent(endpoint, lead);
    const inTest = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "standard", test: true });
    const third = await postEvent(inTest.json, sale({ click: (await click(a.slug)).token }));
    for (const { json } of [first, second, third]) await conversionThat(json.conversion, { attributed_to: a.username });
    await rebuild(program);
    for (const { json } of [first, second, third]) await conversionThat(json.conversion, { attributed_to: a.username });
    expect(await notedOf(a.username, 0)).toEqual([]);
    expect(await mail(openMailbox(), Date.now() + 2 * HOUR)).toEqual([]);
  });

  test("isn't emailed if it was fully refunded before; a partial refund is mentioned", async () => {
    const story = await setUp({ affiliates: 1 });
    const { a, endpoint } = story;
    const customer = { id: "cus_1" };
    const whole = await sell(story, a, { customer, payment: "pay_whole" });
    const part = await sell(story, a, { customer, payment: "pay_part" });
    const refund = { type: "refund", occurred_at: at(Date.now()), customer, currency: "USD" };
    await postEvent(endpoint, { ...refund, payment: "pay_whole", refund: "re_1", amount: 9_900 });
    await postEvent(endpoint, { ...refund, payment: "pay_part", refund: "re_2", amount: 4_950 });
    const entries = [{ kind: "commission" }, { kind: "reversal" }];
    for (const conversion of [whole, part]) await conversionThat(conversion, { status: "refunded", entries });
    const box = openMailbox();
    const [email, ...others] = await mail(box, Date.now() + 2 * MINUTE);
    expect(others).toEqual([]);
    expect(email?.subject).toBe("1 new sale: $19.80 in commission");
    expect(email?.text).toMatch(/^Sale of \$99\.00 in Program \d+ \(\$49\.50 refunded\)$/m);
    expect(email?.text).not.toContain(whole);
    expect(await mail(box, Date.now() + 2 * HOUR)).toEqual([]);
  });

  test("is emailed only to the affiliate who is credited when the email is sent", async () => {
    const story = await setUp({ program: { terms: { binds_to: "subscription", dispute_days: 30 } } });
    const { a, b } = story;
    const conversion = await sell(story, a, { subscription: { id: "sub_1", interval: "month" } });
    const moved = await send(`/v1/conversions/${conversion}/disputes`, {
      method: "POST",
      headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}`, "Idempotency-Key": "key-1" },
      body: JSON.stringify({ affiliate: b.username, reason: "B held the demo" }),
    });
    expect(moved.status).toBe(200);
    await conversionThat(conversion, { attributed_to: b.username });
    await notedOf(b.username, 1);
    const emails = await mail(openMailbox(), Date.now() + 2 * MINUTE);
    expect(emails.map(({ to }) => to)).toEqual([`${b.username}@example.com`]);
  });
});

describe("several sales", () => {
  test("in a burst are one email at once and one an hour later", async () => {
    const story = await setUp({ affiliates: 1 });
    const start = Date.now();
    const box = openMailbox();
    await sell(story, story.a);
    expect(subjects(await mail(box, start + 2 * MINUTE))).toEqual(["1 new sale: $39.60 in commission"]);
    for (let n = 0; n < 3; n += 1) await sell(story, story.a);
    for (const minutes of [3, 4, 30, 61]) expect(await mail(box, start + minutes * MINUTE)).toEqual([]);
    expect(subjects(await mail(box, start + 62 * MINUTE))).toEqual(["3 new sales: $118.80 in commission"]);
    expect(await mail(box, start + 3 * HOUR)).toEqual([]);
  });

  test("of two affiliates are two emails", async () => {
    const story = await setUp();
    for (const affiliate of [story.a, story.a, story.b]) await sell(story, affiliate);
    const emails = await mail(openMailbox(), Date.now() + 2 * MINUTE);
    expect(emails.map(({ to, subject }) => [to, subject]).sort()).toEqual([
      [`${story.a.username}@example.com`, "2 new sales: $79.20 in commission"],
      [`${story.b.username}@example.com`, "1 new sale: $39.60 in commission"],
    ]);
  });

  test("are one email for two crons at once", async () => {
    const story = await setUp();
    for (const affiliate of [story.a, story.b, story.b]) await sell(story, affiliate);
    const box = openMailbox();
    const now = Date.now() + 2 * MINUTE;
    await Promise.all([mail(box, now), mail(box, now), mail(box, now + 1)]);
    expect(box.emails.map(({ to }) => to).sort()).toEqual([
      `${story.a.username}@example.com`,
      `${story.b.username}@example.com`,
    ]);
  });
});

describe("the platform", () => {
  test("that refuses an email is asked again, later each time, without delaying others", async () => {
    const story = await setUp();
    for (const affiliate of [story.a, story.b]) await sell(story, affiliate);
    const box = openMailbox();
    const [mine, others] = [`${story.a.username}@example.com`, `${story.b.username}@example.com`];
    box.refused.add(mine);
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const start = Date.now() + 2 * MINUTE;
    expect((await mail(box, start)).map(({ to }) => to)).toEqual([others]);
    expect(logged.mock.calls).toEqual([
      [{ event: "email_not_sent", affiliate_id: expect.any(Number), code: "E_DELIVERY_FAILED" }],
    ]);
    for (const minutes of [1, 4, 5, 14, 15]) await mail(box, start + minutes * MINUTE);
    expect(logged.mock.calls).toHaveLength(3); // at once, after 5 minutes, after 10 more
    box.refused.clear();
    expect((await mail(box, start + 35 * MINUTE)).map(({ to, subject }) => [to, subject])).toEqual([
      [mine, "1 new sale: $39.60 in commission"],
    ]);
    expect(await mail(box, start + 3 * HOUR)).toEqual([]);
    logged.mockRestore();
  });

  test("that always refuses is asked eight times, until there is something new", async () => {
    const story = await setUp({ affiliates: 1 });
    await sell(story, story.a);
    const box = openMailbox();
    box.refused.add(`${story.a.username}@example.com`);
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const start = Date.now() + 2 * MINUTE;
    for (let hours = 0; hours < 40; hours += 1) await mail(box, start + hours * HOUR);
    expect(logged.mock.calls).toHaveLength(8);
    logged.mockRestore();
    box.refused.clear();
    expect(await mail(box, start + 41 * HOUR)).toEqual([]);
    await sell(story, story.a);
    expect(await mail(box, start + 42 * HOUR)).toHaveLength(1);
  });

  test.each([
    ["no binding", { EMAIL: undefined }],
    ["no sender", { MAIL_FROM: "" }],
    ["no origin of the portal", { PORTAL_ORIGIN: "" }],
  ])("with %s is asked for nothing", async (_, changes) => {
    const story = await setUp({ affiliates: 1 });
    await sell(story, story.a);
    const box = openMailbox();
    expect(await mail(box, Date.now() + 2 * MINUTE, changes)).toEqual([]);
    expect(await mail(box, Date.now() + 2 * MINUTE)).toHaveLength(1);
  });
});

test("an erased affiliate has no notifications and gets none", async () => {
  const story = await setUp({ affiliates: 1 });
  const { a, program } = story;
  const conversion = await sell(story, a);
  await notedOf(a.username, 1);
  await admin("POST", `/v1/affiliates/${a.username}/erase`);
  await rebuild(program);
  await conversionThat(conversion, { attributed_to: a.username, entries: [{ kind: "commission" }] });
  expect(await notedOf(a.username, 0)).toEqual([]);
  const chosen = `SELECT count(*) AS n FROM notified_affiliates JOIN affiliates AS a ON a.id = affiliate_id WHERE username = ?`;
  expect(await env.DB.prepare(chosen).bind(a.username).first("n")).toBe(0);
  expect(await mail(openMailbox(), Date.now() + 2 * HOUR)).toEqual([]);
});

test("sent notifications are deleted after four days", async () => {
  const story = await setUp({ affiliates: 1 });
  await sell(story, story.a);
  await mail(openMailbox(), Date.now() + 2 * MINUTE);
  const night = Math.floor(Date.now() / DAY) * DAY + 3 * HOUR;
  await runCron(night + 3 * DAY);
  await runCron(night + 5 * DAY - HOUR);
  await notedOf(story.a.username, 1);
  await runCron(night + 5 * DAY);
  await eventually(() => notedOf(story.a.username, 0));
});
