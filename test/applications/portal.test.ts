/** The sign-up page against those who misuse it, and affiliates who leave and return. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { endInactiveEnrollments } from "../../src/applications/inactive-job.ts";
import { openDatabase } from "../../src/db/database.ts";
import { signIn } from "../portal/session.ts";
import { admin, click, eventually, postEvent, sale, setUp } from "../support/story.ts";
import { confirm, linkIn, visit } from "./applicant.ts";

const DAY = 86_400_000;
let people = 0;

function newPerson() {
  people += 1;
  return { name: "Ada", email: `portal${people}@people.example`, username: `portal${people}` };
}

const applicationsOf = async (program: string) =>
  (await admin("GET", `/v1/programs/${program}/applications`)).json.data;

test("the response is the same whether the address is known or not, and an account stays one account", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const other = await setUp({ affiliates: 1 });
  const path = `/app/join/${other.program}`;
  const known = { ...newPerson(), email: `${a.username}@example.com` };
  const [first, second] = [await visit(path, { fields: known }), await visit(path, { fields: newPerson() })];
  for (const each of [first, second])
    expect([each.status, each.location, each.cookie]).toEqual([303, `${path}?done=sent`, ""]);
  await confirm(first.emails[0]);
  const [application] = await applicationsOf(other.program);
  expect(application).toMatchObject({ email: known.email, affiliate: a.username });
  // One who is in the program learns it only with the mailbox.
  const again = await visit(`/app/join/${program}`, { fields: known });
  expect([again.status, again.location]).toEqual([303, `/app/join/${program}?done=sent`]);
  expect((await confirm(again.emails[0])).html).toContain("You’re in this program already");
});

test("robots that fill the hidden field are ignored, and a network can't send forms without end", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const path = `/app/join/${program}`;
  const robot = await visit(path, { fields: { ...newPerson(), website: "https://spam.example" } });
  expect([robot.status, robot.emails]).toEqual([303, []]);
  const statuses: number[] = [];
  for (let n = 0; n < 12; n += 1)
    statuses.push((await visit(path, { fields: newPerson(), network: "192.0.2.9" })).status);
  expect(statuses).toContain(429);
  // One address gets three emails, whoever enters it.
  const person = newPerson();
  const sent = [];
  for (let n = 0; n < 5; n += 1) sent.push(...(await visit(path, { fields: person })).emails);
  expect(sent).toHaveLength(3);
  // From another site.
  const foreign = await visit(path, { fields: person, headers: { "Sec-Fetch-Site": "cross-site" } });
  expect(foreign.status).toBe(403);
});

test("a username is checked as one types", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const check = async (username: string) =>
    JSON.parse((await visit(`/app/join/${program}/username?username=${encodeURIComponent(username)}`)).html).fault;
  expect(await check(a.username.toUpperCase())).toBe("This username is taken.");
  expect(await check("a b")).toContain("must be 1–39");
  expect(await check("support-team")).toContain("must not contain");
  expect(await check("nobody-has-this")).toBeNull();
  await visit(`/app/join/${program}`, { fields: { ...newPerson(), username: "asked-for" } });
  expect(await check("asked-for")).toBe("This username is taken.");
});

test("a program's logo and color are on its page, and nothing else of another host may load", async () => {
  const brand = { logo_url: "https://cdn.shop.example/logo.png", color: "#5b21b6", headline: "Earn <b>40%</b>" };
  const { program } = await setUp({ affiliates: 1, program: brand });
  const { html, policy } = await visit(`/app/join/${program}`);
  expect(html).toContain("Earn &lt;b&gt;40%&lt;/b&gt;");
  expect(html).toContain("--accent: #5b21b6");
  expect(html).toContain(`src="/app/join/${program}/logo"`);
  expect(html).not.toContain("cdn.shop.example");
  expect(policy).toContain("img-src 'self' data:;");
});

test("a country that the program isn't open to is refused", async () => {
  const { program } = await setUp({ affiliates: 1 });
  await admin("PUT", `/v1/programs/${program}/application`, { countries: ["DE"] });
  const path = `/app/join/${program}`;
  const refused = await visit(path, { fields: { ...newPerson(), country: "US" } });
  expect([refused.status, refused.html]).toEqual([422, expect.stringContaining("isn’t open to affiliates from this")]);
  expect((await visit(path, { fields: { ...newPerson(), country: "DE" } })).status).toBe(303);
});

test("an affiliate leaves, keeps what is due, and joins again with the same account", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  await admin("PUT", `/v1/programs/${program}/application`, { mode: "open" });
  await postEvent(endpoint, sale({ click: (await click(a.slug)).token }));
  const { cookie, open } = await signIn(a.username);
  expect((await open(`/app/program/leave?program=${program}`)).html).toContain("is still paid");
  const left = await visit(`/app/program/leave?program=${program}`, { fields: {}, cookie });
  expect(left.status).toBe(303);
  expect((await open(`/app/program?program=${program}`)).html).toContain("Join again");
  const enrollment = () => admin("GET", `/v1/programs/${program}/enrollments/${a.username}`);
  expect((await enrollment()).json).toMatchObject({ status: "left", sales: 1 });
  const form = await visit(`/app/join/${program}`, { cookie });
  expect(form.html).toContain("signed in as");
  const joined = await visit(`/app/join/${program}`, { fields: { intro: "x" }, cookie });
  expect(joined.status).toBe(303);
  expect((await enrollment()).json).toMatchObject({ status: "approved" });
  expect(await applicationsOf(program)).toMatchObject([
    { id: expect.stringMatching(/^apl_/), status: "approved", affiliate: a.username },
  ]);
  const banned = await admin("PATCH", `/v1/programs/${program}/enrollments/${a.username}`, { status: "banned" });
  expect(banned.status).toBe(200);
  const refused = await visit(`/app/join/${program}`, { fields: { intro: "x" }, cookie });
  expect([refused.status, /<main[\s\S]*<\/main>/.exec(refused.html)?.[0]]).toEqual([
    409,
    expect.stringContaining("doesn’t accept another"),
  ]);
});

test("inactive enrollments end by rule, unless they have sales or clicks", async () => {
  const { program, affiliates, endpoint } = await setUp({ affiliates: 3 });
  await admin("PUT", `/v1/programs/${program}/application`, { inactive_days: 30 });
  const [idle, busy, seller] = affiliates;
  const sold = await postEvent(endpoint, sale({ click: (await click(seller?.slug ?? "")).token }));
  expect(sold.json.attributed_to).toBe(seller?.username);
  await click(busy?.slug ?? "");
  const statusOf = async (name: string | undefined) =>
    (await admin("GET", `/v1/programs/${program}/enrollments/${name}`)).json;
  await eventually(async () => expect(await statusOf(seller?.username)).toMatchObject({ sales: 1 }));
  await eventually(async () => expect(await statusOf(busy?.username)).toMatchObject({ clicks: 1 }));
  const later = Date.now() + 40 * DAY;
  await env.DB.prepare("UPDATE click_days SET day = day + 39 WHERE link_id = (SELECT id FROM links WHERE slug = ?)")
    .bind(busy?.slug)
    .run();
  await endInactiveEnrollments(openDatabase(env.DB), later);
  expect(await statusOf(idle?.username)).toMatchObject({
    status: "left",
    reason: "No clicks for 30 days",
    may_reapply: true,
  });
  expect(await statusOf(seller?.username)).toMatchObject({ status: "approved" });
  expect(await statusOf(busy?.username)).toMatchObject({ status: "approved" });
});

test("one signs in with the username too, and the link goes to the address of the account", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const sent = await visit("/app/sign-in", { fields: { email: a.username.toUpperCase() } });
  expect(sent).toMatchObject({ status: 303, location: "/app/sign-in?done=sent" });
  expect(sent.emails).toMatchObject([{ to: `${a.username}@example.com` }]);
  expect(linkIn(sent.emails[0])).toContain("/app/sign-in?token=");
  const unknown = await visit("/app/sign-in", { fields: { email: "nobody-is-this" } });
  expect([unknown.status, unknown.location, unknown.emails]).toEqual([303, "/app/sign-in?done=sent", []]);
  expect((await visit("/app/sign-in?help")).html).toContain("Can’t sign in?");
});

test("an affiliate's own change of address is confirmed at both, and signs it out", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const { cookie, open } = await signIn(a.username);
  expect((await open("/app/account")).html).toContain(`${a.username}@example.com`);
  const email = `${a.username}@new.example`;
  const asked = await visit("/app/account/email", { fields: { email: email.toUpperCase() }, cookie });
  expect(asked).toMatchObject({ status: 303, location: "/app/account?done=email" });
  expect(asked.emails.map(({ to }) => to)).toEqual([`${a.username}@example.com`, email]);
  const [old, fresh] = asked.emails;
  const addressOf = async () => (await admin("GET", `/v1/affiliates/${a.username}`)).json.email;
  expect((await visit(linkIn(fresh))).html).toContain("once it is");
  expect((await confirm(fresh)).html).toContain("Now open the link");
  // The same address again is not both.
  await confirm(fresh);
  expect(await addressOf()).toBe(`${a.username}@example.com`);
  expect((await confirm(old)).html).toContain("is changed");
  expect(await addressOf()).toBe(email);
  expect((await open("/app")).status).toBe(401);
  expect((await confirm(old)).status).toBe(410);
  // An address of another account is refused only where both mailboxes are read.
  const other = await setUp({ affiliates: 1 });
  const session = await signIn(other.a.username);
  const taken = await visit("/app/account/email", { fields: { email }, cookie: session.cookie });
  expect([taken.status, taken.location]).toEqual([asked.status, asked.location]);
  for (const [n, sent] of taken.emails.entries()) expect((await confirm(sent)).status).toBe(n === 0 ? 200 : 409);
});

test("an affiliate's applications are in its data, and are erased with it", async () => {
  const { program } = await setUp({ affiliates: 1 });
  await admin("PUT", `/v1/programs/${program}/application`, {
    mode: "open",
    questions: [{ key: "why", label: "Why?", type: "short_text" }],
  });
  const person = { ...newPerson(), name: "Zoe Secretname" };
  const { cookie } = await confirm(
    (await visit(`/app/join/${program}`, { fields: { ...person, q_why: "My secret reason" } })).emails[0],
  );
  const data = JSON.parse((await visit("/app/account/data.json", { cookie })).html);
  expect(data.applications).toMatchObject([
    { program, email: person.email, status: "approved", answers: [{ label: "Why?", values: ["My secret reason"] }] },
  ]);
  expect((await admin("POST", `/v1/affiliates/${person.username}/erase`)).status).toBe(200);
  const { results } = await env.DB.prepare("SELECT * FROM applications").all();
  const { results: entries } = await env.DB.prepare("SELECT * FROM audit_entries").all();
  for (const secret of ["Secretname", "secret reason", person.email]) {
    expect(JSON.stringify([results, entries])).not.toContain(secret);
  }
});

test("an application that is approved twice at once, or rejected meanwhile, is decided once", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const { program } = await setUp({ affiliates: 1 });
  // Of an account that exists, nothing but the application itself could be there already.
  const entered = { name: "A", email: `${a.username}@example.com`, username: "not-used" };
  const { json } = await admin("POST", `/v1/programs/${program}/applications`, entered);
  const path = `/v1/programs/${program}/applications/${json.id}`;
  const answers = await Promise.all([1, 2, 3].map(() => admin("POST", `${path}/approve`, {})));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  const { data } = (await admin("GET", `/v1/links?program=${program}&affiliate=${a.username}`)).json;
  expect(data).toHaveLength(1);
  expect((await admin("POST", `${path}/reject`, {})).json.code).toBe("application_decided");
});

test("an affiliate that is in the program, or has applied, sees that instead of the form", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const path = `/app/join/${program}`;
  const member = await (await signIn(a.username)).open(path);
  expect(member.status).toBe(409);
  expect(member.html).toContain("You’re in this program already");
  expect(member.html).not.toContain('name="terms"');
  const other = await setUp({ affiliates: 1 });
  const { open, cookie } = await signIn(other.a.username);
  expect((await open(path)).html).toContain("Send application");
  expect((await visit(path, { fields: {}, cookie })).status).toBe(303);
  const waiting = await open(path);
  expect([waiting.status, waiting.html.includes("Back to the form")]).toEqual([409, false]);
  expect(waiting.html).toContain("Your application is in review");
});
