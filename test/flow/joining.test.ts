/** From the sign-up page to the first commission. */
import { expect, test } from "vitest";
import { confirm, decide, linkIn, visit } from "../applications/applicant.ts";
import { admin, click, eventually, ORIGIN, postEvent, sale, setUp } from "../support/story.ts";

let people = 0;

function newPerson() {
  people += 1;
  const username = `joiner${people}`;
  return { name: `Ada ${people}`, email: `${username}@people.example`, username };
}

const applicationsOf = async (program: string, query = "") =>
  (await admin("GET", `/v1/programs/${program}/applications${query}`)).json.data;

test("someone applies, confirms the address, is approved, and earns by the link of the welcome email", async () => {
  const brand = {
    home_url: "https://shop.example/start",
    terms_url: "https://shop.example/terms",
    terms_version: "2026-01",
  };
  const { program, endpoint } = await setUp({ affiliates: 1, program: brand });
  await admin("POST", `/v1/programs/${program}/groups`, { slug: "video", name: "Video" });
  const form = {
    questions: [
      { key: "channel", label: "Where?", type: "choice", required: true, options: ["Blog", "YouTube"] },
      { key: "site", label: "Your site", type: "url" },
    ],
    rules: [{ question: "channel", any_of: ["YouTube"], group: "video" }],
    coupon_suffix: "10",
  };
  const set = await admin("PUT", `/v1/programs/${program}/application`, form);
  expect(set).toMatchObject({ status: 200, json: { mode: "application", review_days: 5, coupon_suffix: "10" } });
  const person = newPerson();
  const page = await visit(`/app/join/${program}`);
  expect(page.html).toContain("Where?");
  expect(page.html).toContain("terms of service (version 2026-01)");
  const path = `/app/join/${program}`;
  const wrong = await visit(path, { fields: { ...person, username: "a b", q_site: "ftp://x" } });
  expect(wrong.status).toBe(422);
  expect(wrong.html).toContain("Answer this question.");
  expect(wrong.html).toContain("Enter a web address");
  expect(wrong.html).toContain("Accept the terms of service");
  expect(wrong.html).toContain(`value="${person.email}"`);
  expect(wrong.emails).toEqual([]);
  const fields = { ...person, q_channel: "YouTube", q_site: "https://ada.example/", terms: "on" };
  const sent = await visit(path, { fields });
  expect(sent).toMatchObject({ status: 303, location: `${path}?done=sent` });
  expect(sent.emails).toMatchObject([{ to: person.email, subject: expect.stringContaining("Confirm your email") }]);
  // The merchant sees nothing before the address is confirmed, and opening the link alone confirms nothing.
  expect(await applicationsOf(program)).toEqual([]);
  const opened = await visit(linkIn(sent.emails[0]));
  expect(opened.html).toContain("Confirm email address");
  expect(await applicationsOf(program)).toEqual([]);
  const confirmed = await confirm(sent.emails[0]);
  expect(confirmed.status).toBe(303);
  expect(confirmed.emails).toMatchObject([{ to: person.email, subject: expect.stringContaining("has received") }]);
  expect((await visit(confirmed.location ?? "")).html).toContain("usually decided within 5 days");
  const [application] = await applicationsOf(program, "?status=in_review");
  expect(application).toMatchObject({
    ...person,
    ...{ status: "in_review", group: "video", terms_version: "2026-01", affiliate: null },
    answers: [
      { question: "channel", label: "Where?", values: ["YouTube"] },
      { question: "site", label: "Your site", values: ["https://ada.example/"] },
    ],
  });
  const approved = await decide(`/v1/programs/${program}/applications/${application.id}/approve`, {});
  const coupon = `${person.username.toUpperCase()}10`;
  expect(approved).toMatchObject({
    status: 200,
    json: { status: "approved", affiliate: person.username, coupon, link: `${ORIGIN}/${person.username}` },
  });
  expect(approved.emails[0]?.text).toContain(`${ORIGIN}/${person.username}\n`);
  expect(approved.emails[0]?.text).toContain(coupon);
  const again = await decide(`/v1/programs/${program}/applications/${application.id}/approve`, {});
  expect(again).toMatchObject({ status: 409, json: { code: "application_decided" } });
  const enrollment = await admin("GET", `/v1/programs/${program}/enrollments/${person.username}`);
  expect(enrollment.json).toMatchObject({
    status: "approved",
    group: "video",
    groups: [{ group: "video", from: null }],
  });
  const clicked = await click(person.username);
  expect(clicked.location).toContain("https://shop.example/start?");
  const sold = await postEvent(endpoint, sale({ click: clicked.token }));
  expect(sold.json.attributed_to).toBe(person.username);
  const byCoupon = await postEvent(endpoint, sale({ coupon }));
  expect(byCoupon.json.attributed_to).toBe(person.username);
  expect((await visit(confirmed.location ?? "")).html).toContain("Open your portal");
});

test("a rejected applicant reads why, and applies again only if allowed", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const path = `/app/join/${program}`;
  const person = newPerson();
  const apply = async () => confirm((await visit(path, { fields: person })).emails[0]);
  const page = (await apply()).location ?? "";
  const [first] = await applicationsOf(program);
  const rejected = await decide(`/v1/programs/${program}/applications/${first.id}/reject`, {
    reason: "No <b>site</b> yet",
  });
  expect(rejected.json).toMatchObject({ status: "rejected", reason: "No <b>site</b> yet", may_reapply: true });
  expect(rejected.emails).toMatchObject([{ to: person.email, text: expect.stringContaining("No <b>site</b> yet") }]);
  expect((await visit(page)).html).toContain("No &lt;b&gt;site&lt;/b&gt; yet");
  expect((await apply()).status).toBe(303);
  // Not twice at once.
  const twice = await apply();
  expect([twice.status, twice.html]).toEqual([409, expect.stringContaining("is in review")]);
  const [second] = await applicationsOf(program, "?status=in_review");
  await decide(`/v1/programs/${program}/applications/${second.id}/reject`, { may_reapply: false });
  const never = await apply();
  expect([never.status, never.html]).toEqual([409, expect.stringContaining("doesn’t accept another application")]);
});

test("an invitation works once, without the merchant's approval, and also in a program by invitation only", async () => {
  const { program } = await setUp({ affiliates: 1 });
  await admin("PUT", `/v1/programs/${program}/application`, { mode: "invitation" });
  const path = `/app/join/${program}`;
  expect(await visit(path)).toMatchObject({ status: 403, html: expect.stringContaining("by invitation only") });
  const person = newPerson();
  const invited = await decide(`/v1/programs/${program}/invitations`, { email: person.email, name: person.name });
  expect(invited).toMatchObject({ status: 201, json: { status: "open", url: expect.stringContaining("invitation=") } });
  expect(linkIn(invited.emails[0])).toBe(invited.json.url);
  const invitation = new URL(invited.json.url).searchParams.get("invitation") ?? "";
  expect((await visit(`${path}?invitation=${invitation}`)).html).toContain(`value="${person.email}"`);
  // Also where the deployment sends no emails.
  const joined = await visit(path, { fields: { ...person, invitation }, sends_emails: false });
  expect(joined.status).toBe(303);
  expect(joined.cookie).toContain("__Host-lc_session=");
  const portal = await visit("/app", { cookie: joined.cookie });
  expect(portal.html).toContain(person.username);
  const other = newPerson();
  expect((await visit(path, { fields: { ...other, invitation } })).status).toBe(410);
  expect((await admin("GET", `/v1/programs/${program}/invitations`)).json.data).toMatchObject([{ status: "used" }]);
  const next = await admin("POST", `/v1/programs/${program}/invitations`, { email: other.email });
  await admin("DELETE", `/v1/programs/${program}/invitations/${next.json.id}`);
  expect((await visit(next.json.url)).status).toBe(410);
});

test("a recruiting link makes the affiliate the sponsor, who earns and sees the email of those who agreed", async () => {
  const story = await setUp({
    affiliates: 1,
    program: { terms: { second_tier: { rate_bps: 1_000, payments: "every" } } },
  });
  const { program, a, endpoint } = story;
  await admin("PUT", `/v1/programs/${program}/application`, { mode: "open" });
  const path = `/app/join/${program}`;
  const page = await visit(`${path}?by=${a.username}`);
  expect(page.html).toContain("may see my email address");
  const [open, silent] = [newPerson(), newPerson()];
  const first = await visit(path, { fields: { ...open, by: a.username, shares_email: "on" } });
  const joined = await confirm(first.emails[0]);
  expect(joined.cookie).toContain("__Host-lc_session=");
  await confirm((await visit(path, { fields: { ...silent, by: a.username } })).emails[0]);
  const enrollment = await admin("GET", `/v1/programs/${program}/enrollments/${open.username}`);
  expect(enrollment.json).toMatchObject({ status: "approved", sponsor: a.username });
  await postEvent(endpoint, sale({ click: (await click(open.username)).token }));
  const entries = async () =>
    (await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`)).json.data;
  await eventually(async () =>
    expect(await entries()).toMatchObject([{ kind: "override", amount: 990, from: open.username }]),
  );
  const { signIn } = await import("../portal/session.ts");
  const { html } = await (await signIn(a.username)).open("/app/referred");
  expect(html).toContain(open.email);
  expect(html).toContain(silent.username);
  expect(html).not.toContain(silent.email);
  expect(html).toContain("$9.90");
});
