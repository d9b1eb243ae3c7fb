/** The console's list of a program's affiliates: filters, the file, changes of several at once, and adding one. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readPercent } from "../../../src/affiliates/console/percent.ts";
import { affiliateHref } from "../../../src/affiliates/console/views.ts";
import { bodyOf, signIn } from "../../console/session.ts";
import { storyWithSales } from "../../support/payout-story.ts";
import { admin, send, setUp } from "../../support/story.ts";
import { createKey } from "../../support/users.ts";

const asOwner = () => signIn({ key: env.ADMIN_TOKEN });
const enrollment = async (program: string, username: string) =>
  (await admin("GET", `/v1/programs/${program}/enrollments/${username}`)).json;

test("the list shows each affiliate's figures, and is filtered", async () => {
  const { program, a } = await storyWithSales("kartra-classic", ["2026-01-05"]);
  const b = { username: `idle-${a.username}` };
  await admin("POST", "/v1/affiliates", { ...b, name: "Idle", email: `${b.username}@example.com` });
  await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: b.username });
  const session = await asOwner();
  const path = `/admin/programs/${program}/affiliates`;
  const { html } = await session.open(path);
  const { balances } = await enrollment(program, a.username);
  const earned = `$${(balances[0].earned / 100).toFixed(2)}`;
  expect(balances[0].earned).toBeGreaterThan(0);
  const row = html.split(`/affiliates/${a.username}"`)[1]?.split("</tr>")[0] ?? "";
  expect(row).toContain("Approved");
  expect(row.replaceAll(/<[^>]+>/g, " ")).toContain(earned);
  const found = (await session.open(`${path}?q=${b.username}&status=approved`)).html;
  expect([found.includes(`/affiliates/${a.username}"`), found.includes(`/affiliates/${b.username}"`)]).toEqual([
    false,
    true,
  ]);
  expect((await session.open(`${path}?status=rejected`)).html).toContain("No affiliate matches the filter.");
});

test("the file has all that match, and no formulas", async () => {
  const { program, a, b } = await setUp({ affiliates: 2 });
  await admin("PATCH", `/v1/affiliates/${a.username}`, { name: '=HYPERLINK("https://evil.example")' });
  const { cookie } = await asOwner();
  const path = `/admin/programs/${program}/affiliates.csv`;
  const file = await send(`${path}?sort=username`, { headers: { Cookie: cookie } });
  expect(file.headers.get("content-disposition")).toBe(`attachment; filename="${program}-affiliates.csv"`);
  const [header, first, second, ...rest] = (await file.text()).split("\r\n");
  expect(header).toContain("username,name,status");
  expect(first).toMatch(new RegExp(`^${a.username},"'=HYPERLINK`));
  expect(second).toMatch(new RegExp(`^${b.username},Affiliate b,approved,,default,,0,0,USD,0.00,0.00,0.00,0.00,`));
  expect(rest).toEqual([""]);
});

test("several are suspended with a reason after a confirmation, each with its result", async () => {
  const { program, a, b } = await setUp({ affiliates: 2 });
  const session = await asOwner();
  const path = `/admin/programs/${program}/affiliates/bulk`;
  const fields = { action: "suspend", affiliate: [a.username, b.username, "nobody"], form_key: "k1" };
  const asked = await (await session.post(path, fields)).text();
  expect(asked).toContain("Suspend 3 affiliates?");
  expect((await enrollment(program, a.username)).status).toBe("approved");
  for (const _ of [1, 2]) {
    const done = await session.post(path, { ...fields, reason: "<i>Spam</i>", confirmed: "yes" });
    const html = bodyOf(await done.text());
    expect(html).toContain("Suspended 2 affiliates");
    expect(html).toContain("There is no affiliate &quot;nobody&quot;.");
  }
  expect(await enrollment(program, b.username)).toMatchObject({ status: "suspended", reason: "<i>Spam</i>" });
  const page = (await session.open(`/admin/programs/${program}/affiliates/${b.username}`)).html;
  expect(page).toContain("&lt;i&gt;Spam&lt;/i&gt;");
});

test("a viewer sees no forms", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const session = await signIn({ key: (await createKey({ role: "viewer" })).key });
  for (const path of ["", `/${a.username}`]) {
    const { status, html } = await session.open(`/admin/programs/${program}/affiliates${path}`);
    expect([status, html.match(/method="post"/g)?.length]).toEqual([200, 1]); // signing out
    expect([html.includes("Payment details"), html.includes("History")]).toEqual([false, false]);
  }
});

test("one form adds an affiliate with its enrollment and link, once", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const session = await asOwner();
  const path = `/admin/programs/${program}/affiliates/new`;
  const { html } = await session.open(path);
  expect(html).toContain('value="https://shop.example/"');
  const form_key = /name="form_key" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const fields = {
    form_key,
    name: "New One",
    email: `one@${program}.example`,
    username: "one.new",
    sponsor: "",
  };
  const link = { status: "approved", group: "default", destination: "https://shop.example/a", slug: "" };
  for (const _ of [1, 2]) {
    const { status, headers } = await session.post(path, { ...fields, ...link });
    expect([status, headers.get("location")]).toEqual([
      303,
      `/admin/programs/${program}/affiliates/one.new?done=added`,
    ]);
  }
  const { json } = await admin("GET", `/v1/links?program=${program}&affiliate=one.new`);
  expect(json.data).toMatchObject([{ slug: "one-new", destination: "https://shop.example/a" }]);
});

test("what couldn't be done is said beside its field, and the rest can be completed", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const session = await asOwner();
  const path = `/admin/programs/${program}/affiliates/new`;
  const fields = { form_key: "k2", name: "", email: "nobody", username: "two-new", group: "default" };
  const refused = await session.post(path, { ...fields, status: "approved", destination: "" });
  expect([refused.status, bodyOf(await refused.text()).match(/aria-invalid="true"/g)?.length]).toEqual([422, 2]);
  const whole = { ...fields, form_key: "k3", name: "Two", email: `two@${program}.example`, status: "approved" };
  const half = await session.post(path, { ...whole, destination: "https://elsewhere.example/", slug: a.slug });
  const html = bodyOf(await half.text());
  expect([half.status, html.includes(`two-new is enrolled, but the link couldn’t be created.`)]).toEqual([422, true]);
  expect(html).toContain("destination_hosts (shop.example)");
  expect((await enrollment(program, "two-new")).status).toBe("approved");
  const other = await setUp({ affiliates: 1 });
  const enrolled = await session.post(`/admin/programs/${other.program}/affiliates/enroll`, {
    ...{ form_key: "k4", affiliate: "two-new", status: "pending", group: "default", destination: "" },
  });
  expect(enrolled.status).toBe(303);
  expect((await enrollment(other.program, "two-new")).status).toBe("pending");
});

test("an affiliate whose username is the name of a page has a page of its own", () => {
  expect(affiliateHref("p", "new")).toBe("/admin/programs/p/affiliates/NEW");
  expect(affiliateHref("p", "maya", "/erase")).toBe("/admin/programs/p/affiliates/maya/erase");
});

test.each([
  ["", null],
  ["33.33", 3_333],
  ["33,3 %", 3_330],
  ["100", 10_000],
])("the percentage %o is %o basis points", (text, rate_bps) => {
  expect(readPercent(text)).toEqual({ ok: true, rate_bps });
});

test.each(["100.01", "-1", "1.234", "ten"])("the percentage %o is refused", (text) => {
  expect(readPercent(text)).toMatchObject({ ok: false, problem: { field: "percent" } });
});
