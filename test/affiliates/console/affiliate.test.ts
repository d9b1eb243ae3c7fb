/** The console's page of one affiliate, and its changes. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../../console/session.ts";
import { signIn as signInAffiliate, submitSignIn } from "../../portal/session.ts";
import { storyWithSales } from "../../support/payout-story.ts";
import { admin, setUp } from "../../support/story.ts";

const asOwner = () => signIn({ key: env.ADMIN_TOKEN });
const pathOf = (program: string, username: string) => `/admin/programs/${program}/affiliates/${username}`;
const plain = (html: string) => html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");

test("the page has figures, links, sales, entries, coupons, payment details and history", async () => {
  const { program, a } = await storyWithSales("kartra-classic", ["2026-01-05", "2026-01-06"]);
  await admin("POST", "/v1/coupons", { program, affiliate: a.username, code: `${a.username}10` });
  await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "secret@example.com" });
  const session = await asOwner();
  const { status, html } = await session.open(pathOf(program, a.username));
  expect(status).toBe(200);
  expect(html.length).toBeLessThan(80_000);
  const text = plain(html);
  const account = (await admin("GET", `/v1/programs/${program}/enrollments/${a.username}`)).json;
  const { earned } = account.balances[0];
  expect(text).toContain(`USD $${(earned / 100).toFixed(2)}`);
  const { data } = (await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries?limit=1`)).json;
  expect(text).toContain(data[0].explanation);
  const [sale] = (await admin("GET", `/v1/conversions?program=${program}&limit=1`)).json.data;
  expect(html).toContain(`/admin/programs/${program}/sales/${sale.id}`);
  expect(html).toContain(`/admin/programs/${program}/sales?affiliate=${a.username}`);
  for (const shown of [a.slug, `${a.username}10`.toUpperCase(), "s•••@example.com", "enrollment.created"]) {
    expect(text).toContain(shown);
  }
  expect(html).not.toContain("secret@example.com");
  expect(plain((await session.open(`${pathOf(program, a.username)}/ledger`)).html)).toContain(data[0].explanation);
});

test("name and email are changed, and faults are shown beside them", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const session = await asOwner();
  const path = pathOf(program, a.username);
  const refused = await session.post(path, { name: "<b>Ada</b>", email: "nobody" });
  const html = bodyOf(await refused.text());
  expect([refused.status, html.includes('value="nobody"'), html.includes("Is not an email address")]).toEqual([
    422,
    true,
    true,
  ]);
  await session.post(path, { name: "<b>Ada</b>", email: `new-${a.username}@example.com` });
  expect((await admin("GET", `/v1/affiliates/${a.username}`)).json.email).toBe(`new-${a.username}@example.com`);
  expect((await session.open(path)).html).toContain("&lt;b&gt;Ada&lt;/b&gt;");
});

test("a suspension shows what is owed before it is made, and its reason after", async () => {
  const { program, a } = await storyWithSales("kartra-classic", ["2026-01-05"]);
  const session = await asOwner();
  const path = pathOf(program, a.username);
  const status = async () => (await admin("GET", `/v1/programs/${program}/enrollments/${a.username}`)).json;
  const asked = plain(await (await session.post(`${path}/status`, { action: "suspend", reason: "Spam" })).text());
  expect(asked).toMatch(/\$\d+\.\d\d due and \$\d+\.\d\d in reserve stay in the ledger/);
  expect((await status()).status).toBe("approved");
  const done = await session.post(`${path}/status`, { action: "suspend", reason: "Spam", confirmed: "yes" });
  expect(done.headers.get("location")).toBe(`${path}?done=suspend`);
  expect(await status()).toMatchObject({ status: "suspended", reason: "Spam" });
  expect(plain((await session.open(path)).html)).toContain("Reason, as the affiliate reads it: Spam");
  await session.post(`${path}/status`, { action: "approve", reason: "" });
  expect(await status()).toMatchObject({ status: "approved", reason: null });
});

test("own rates are shown in money before they are set, and end again", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const session = await asOwner();
  const path = `${pathOf(program, a.username)}/rates`;
  const rates = async () => (await admin("GET", `/v1/programs/${program}/enrollments/${a.username}/rates`)).json.data;
  const refused = await session.post(path, { percent: "101", form_key: "r0" });
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining("Must be from 0 to 100")]);
  const asked = await (await session.post(path, { percent: "52.5", form_key: "r1" })).text();
  expect(plain(asked)).toContain("earn 52.5%, whatever the terms say: $52.50 of $100.00.");
  expect(await rates()).toEqual([]);
  await session.post(path, { percent: "52.5", form_key: "r2", confirmed: "yes" });
  expect(await rates()).toMatchObject([{ in_force: true, rates: [{ rate_bps: 5_250 }] }]);
  expect(plain((await session.open(pathOf(program, a.username))).html)).toContain("52.5% of each payment");
  await session.post(path, { percent: "", form_key: "r3", confirmed: "yes" });
  expect((await rates())[0]).toMatchObject({ in_force: true, rates: null });
});

test("a coupon is added and removed, and a sign-in link is handed over", async () => {
  const { program, a, b } = await setUp({ affiliates: 2 });
  const session = await asOwner();
  const path = pathOf(program, a.username);
  const code = `SAVE-${a.username}`.toUpperCase();
  await session.post(`${path}/coupons`, { code: code.toLowerCase(), form_key: "c1" });
  const taken = await session.post(`${pathOf(program, b.username)}/coupons`, { code, form_key: "c2" });
  expect([taken.status, await taken.text()]).toEqual([422, expect.stringContaining(`has a coupon ${code} already`)]);
  expect((await session.open(path)).html).toContain(`/coupons/remove?code=${code}`);
  await session.post(`${path}/coupons/remove`, { code });
  expect((await admin("GET", `/v1/coupons?program=${program}`)).json.data).toEqual([]);
  const page = await (await session.post(`${path}/sign-in-link`, { form_key: "s1" })).text();
  const link = /https:\/\/[^"]*\/app\/sign-in\?token=[\w-]+/.exec(page)?.[0] ?? "";
  expect((await submitSignIn(link)).status).toBe(303);
});

test("an affiliate is erased only after a confirmation", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const session = await asOwner();
  const path = pathOf(program, a.username);
  expect((await session.open(`${path}/erase`)).html).toContain("This can’t be undone.");
  await session.post(`${path}/erase`);
  expect((await admin("GET", `/v1/affiliates/${a.username}`)).json.email).not.toBeNull();
  const erased = await session.post(`${path}/erase`, { confirmed: "yes" });
  expect(erased.headers.get("location")).toBe(`/admin/programs/${program}/affiliates?done=erased`);
  const { html } = await session.open(path);
  expect(html).toContain("the personal data was erased");
  expect(html).not.toContain(`${path}/erase`);
});

test("an affiliate that isn't in the program has no page", async () => {
  const [one, other] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
  expect((await (await asOwner()).open(pathOf(one.program, other.a.username))).status).toBe(404);
});

test("notes are written and removed by the team, and the affiliate never gets them", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const session = await asOwner();
  const path = pathOf(program, a.username);
  const notes = async () => (await admin("GET", `/v1/programs/${program}/enrollments/${a.username}/notes`)).json.data;
  expect((await session.post(`${path}/notes`, { text: " ", form_key: "n1" })).status).toBe(422);
  for (const _ of [1, 2])
    await session.post(`${path}/notes`, { text: "<b>Met</b>\r\nin June", form_key: `n2-${program}` });
  expect(await notes()).toMatchObject([{ text: "<b>Met</b>\nin June", author: null }]);
  expect((await session.open(path)).html).toContain("&lt;b&gt;Met&lt;/b&gt;\nin June");
  const affiliate = await signInAffiliate(a.username);
  for (const page of ["/app", "/app/program", "/app/account", "/app/account/data.json"]) {
    expect((await affiliate.open(page)).html).not.toContain("in June");
  }
  const [{ id }] = await notes();
  expect((await session.open(`${path}/notes/remove?note=${id}`)).html).toContain("Remove this note?");
  await session.post(`${path}/notes/remove`, { note: id });
  expect(await notes()).toEqual([]);
});

test("notes are erased with the affiliate, in the audit log too", async () => {
  const { program, a, b } = await setUp({ affiliates: 2 });
  const path = (username: string) => `/v1/programs/${program}/enrollments/${username}/notes`;
  await admin("POST", path(a.username), { text: "Lives in Springfield" });
  await admin("POST", path(b.username), { text: "Another one" });
  const [note] = (await admin("GET", path(a.username))).json.data;
  expect((await admin("DELETE", `${path(b.username)}/${note.id}`)).json.code).toBe("note_not_found");
  await admin("POST", `/v1/affiliates/${a.username}/erase`);
  expect((await admin("GET", path(a.username))).json.data).toEqual([]);
  expect((await admin("GET", path(b.username))).json.data).toHaveLength(1);
  expect((await admin("POST", path(a.username), { text: "More" })).json.code).toBe("affiliate_erased");
  expect(JSON.stringify((await admin("GET", `/v1/audit?subject=${a.username}`)).json)).not.toContain("Springfield");
});
