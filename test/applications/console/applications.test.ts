/** The console's pages of applications, invitations and the form. */
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../../console/session.ts";
import { admin, setUp } from "../../support/story.ts";
import { createUser } from "../../support/users.ts";
import { confirm, visit } from "../applicant.ts";

const EVIL = `<img src=x onerror=alert(1)>`;

const asManager = async () => signIn({ key: (await createUser("manager")).key });

let people = 0;

/** Someone whose application is in review. */
async function apply(program: string) {
  people += 1;
  const person = { name: `Eve ${EVIL}`, email: `eve${people}@people.example`, username: `eve${people}` };
  const fields = { ...person, q_why: EVIL };
  await confirm((await visit(`/app/join/${program}`, { fields })).emails[0]);
  const { data } = (await admin("GET", `/v1/programs/${program}/applications`)).json;
  return { ...person, id: data[0].id as string };
}

const idOf = (html: string) => /name="form_key" value="([^"]+)"/.exec(html)?.[1] ?? "";

test("applications wait in a queue and on the overview, and are approved or rejected with their answers as text", async () => {
  const { program } = await setUp({ affiliates: 1 });
  await admin("PUT", `/v1/programs/${program}/application`, {
    questions: [{ key: "why", label: "Why?", type: "long_text" }],
  });
  const [first, second] = [await apply(program), await apply(program)];
  const session = await asManager();
  const path = `/admin/programs/${program}/applications`;
  const list = (await session.open(path)).html;
  expect(list).toContain(first.email);
  expect(list).toContain("Eve &lt;img");
  expect(list).not.toContain("<img");
  expect((await session.open()).html).toContain("2 applications wait for your decision.");
  const page = await session.open(`${path}/${first.id}`);
  expect(page.html).toContain("Why?");
  expect(page.html).not.toContain("<img");
  const approved = await session.post(`${path}/${first.id}/approve`, { form_key: idOf(page.html), group: "default" });
  expect([approved.status, approved.headers.get("location")]).toEqual([303, `${path}?done=approved`]);
  const enrollment = await admin("GET", `/v1/programs/${program}/enrollments/${first.username}`);
  expect(enrollment.json).toMatchObject({ status: "approved" });
  const asked = await session.post(`${path}/${second.id}/reject`, { reason: "No site", may_reapply: "on" });
  expect(bodyOf(await asked.text())).toContain("gets an email with the reason: No site");
  await session.post(`${path}/${second.id}/reject`, { reason: "No site", may_reapply: "on", confirmed: "yes" });
  const { json } = await admin("GET", `/v1/programs/${program}/applications/${second.id}`);
  expect(json).toMatchObject({ status: "rejected", reason: "No site", may_reapply: true });
  expect((await session.open(path)).html).toContain("No applications here.");
});

test("the sponsor of an enrollment, and whether it may apply again, are changed on the affiliate's page", async () => {
  const { program, a, b } = await setUp();
  const session = await asManager();
  const page = `/admin/programs/${program}/affiliates/${b.username}`;
  const saved = await session.post(`${page}/sponsor`, { sponsor: a.username });
  expect([saved.status, saved.headers.get("location")]).toEqual([303, `${page}?done=saved`]);
  const enrollment = async () => (await admin("GET", `/v1/programs/${program}/enrollments/${b.username}`)).json;
  expect(await enrollment()).toMatchObject({ sponsor: a.username, may_reapply: false });
  expect((await session.open(page)).html).toContain(`value="${a.username}"`);
  const circle = await session.post(`/admin/programs/${program}/affiliates/${a.username}/sponsor`, {
    sponsor: b.username,
  });
  expect([circle.status, bodyOf(await circle.text())]).toEqual([
    422,
    expect.stringContaining("Must not be the affiliate itself"),
  ]);
  await session.post(`${page}/sponsor`, { sponsor: "", may_reapply: "on" });
  expect(await enrollment()).toMatchObject({ sponsor: null, may_reapply: true });
});

test("the form is edited in rows, and its faults are beside them", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const session = await asManager();
  const path = `/admin/programs/${program}/applications/form`;
  const fields = {
    ...{ mode: "open", review_days: "3", countries: "us, de", coupon_suffix: "x5", inactive_days: "" },
    "questions.0.label": "Where will you promote us?",
    "questions.0.type": "choice",
    "questions.0.options": "Blog\r\nYouTube",
    "questions.0.required": "on",
    "rules.0.question": "where_will_you_promote_us",
    "rules.0.any_of": "Blog",
    "rules.0.decision": "review",
  };
  expect((await session.post(path, fields)).headers.get("location")).toBe(`${path}?done=saved`);
  const { json } = await admin("GET", `/v1/programs/${program}/application`);
  expect(json).toMatchObject({
    ...{ mode: "open", review_days: 3, countries: ["US", "DE"], coupon_suffix: "X5", inactive_days: null },
    questions: [{ key: "where_will_you_promote_us", type: "choice", options: ["Blog", "YouTube"], required: true }],
    rules: [{ question: "where_will_you_promote_us", any_of: ["Blog"], group: null, decision: "review" }],
  });
  const shown = (await session.open(path)).html;
  expect(shown).toContain(">Blog\nYouTube</textarea>");
  const wrong = await session.post(path, { ...fields, review_days: "0", "questions.0.options": "One" });
  const html = bodyOf(await wrong.text());
  expect(wrong.status).toBe(422);
  expect(html).toContain("Must be 1–60");
  const alone = await session.post(path, { ...fields, "questions.0.options": "One" });
  expect(bodyOf(await alone.text())).toContain("Must name at least two options");
});

test("an invitation is created with its link, and revoked", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const session = await asManager();
  const path = `/admin/programs/${program}/applications/invitations`;
  const { html } = await session.open(path);
  const made = await session.post(path, { form_key: idOf(html), email: "new@people.example", name: EVIL });
  const page = bodyOf(await made.text());
  expect(page).toContain("invitation=");
  expect(page).not.toContain("<img");
  const [invitation] = (await admin("GET", `/v1/programs/${program}/invitations`)).json.data;
  await session.post(`${path}/${invitation.id}/revoke`);
  expect((await session.open(`${path}?done=revoked`)).html).toContain("Revoked");
  expect((await admin("GET", `/v1/programs/${program}/invitations`)).json.data[0].status).toBe("revoked");
  expect((await session.post(path, { email: "x" })).status).toBe(422);
});
