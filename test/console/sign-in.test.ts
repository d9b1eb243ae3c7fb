/** The console's sign-in, sessions and first page. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { nameBrowser } from "../../src/console/layout/name-browser.ts";
import { runCron } from "../support/run-cron.ts";
import { admin, BROWSER, ORIGIN, send, setUp } from "../support/story.ts";
import { createKey, createUser } from "../support/users.ts";
import { bodyOf, signIn, submit } from "./session.ts";

async function createLink(user: { id: string }) {
  const { status, json } = await admin("POST", `/v1/users/${user.id}/sign-in-link`);
  expect(status).toBe(201);
  const url = new URL(json.url);
  expect(url.origin + url.pathname).toBe(`${ORIGIN}/admin/sign-in`);
  return url.searchParams.get("token") ?? "";
}

describe("a sign-in link", () => {
  test("signs in once, and only by its button", async () => {
    const user = await createUser("manager");
    const token = await createLink(user);
    for (const _ of [1, 2]) {
      const page = await send(`/admin/sign-in?token=${token}`);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(`Sign in as ${user.name}`)]);
    }
    const { response, open } = await signIn({ token });
    expect(response.headers.get("set-cookie")).toMatch(
      /^__Host-lc_admin=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(await open()).toMatchObject({ status: 200, html: expect.stringContaining("manager") });
    expect((await submit("/admin/sign-in", { token })).status).toBe(410);
    expect((await send(`/admin/sign-in?token=${token}`)).status).toBe(410);
  });

  test("expires after a day, and ends when the email address changes", async () => {
    const user = await createUser("viewer");
    const [old, other] = [await createLink(user), await createLink(user)];
    await env.DB.prepare("UPDATE user_sign_in_links SET expires_at = ?").bind(Date.now()).run();
    for (const token of [old, other]) expect((await submit("/admin/sign-in", { token })).status).toBe(410);
    const fresh = await createLink(user);
    const { open } = await signIn({ token: await createLink(user) });
    expect((await open()).status).toBe(200);
    await admin("PATCH", `/v1/users/${user.id}`, { email: `new-${user.email}` });
    expect((await submit("/admin/sign-in", { token: fresh })).status).toBe(410);
    expect((await open()).status).toBe(401);
  });
});

describe("an API key", () => {
  test("signs in with what the key may do", async () => {
    const { open } = await signIn({ key: env.ADMIN_TOKEN });
    expect(await open()).toMatchObject({ status: 200, html: expect.stringMatching(/Admin key[\s\S]*owner/) });
    const { program } = await setUp({ affiliates: 1 });
    const viewer = await createKey({ role: "viewer", programs: [program] });
    const { html } = await (await signIn({ key: viewer.key })).open("/admin/programs");
    expect(html).toContain("viewer");
    expect(html.match(/<th scope="row"/g)).toHaveLength(1);
    await admin("DELETE", `/v1/keys/${viewer.id}`);
    expect((await signIn({ key: env.ADMIN_TOKEN })).cookie).not.toBe("");
  });

  test("that isn't valid doesn't", async () => {
    for (const key of ["", "lca_nothing", `${env.ADMIN_TOKEN}x`]) {
      const response = await submit("/admin/sign-in", { key });
      expect([response.status, response.headers.get("set-cookie")]).toEqual([422, null]);
    }
  });

  test("ends its session when it is revoked, and ADMIN_TOKEN when it is replaced", async () => {
    const key = await createKey({ role: "viewer" });
    const session = await signIn({ key: key.key });
    expect((await session.open()).status).toBe(200);
    await admin("DELETE", `/v1/keys/${key.id}`);
    expect((await session.open()).status).toBe(401);
    const first = await signIn({ key: env.ADMIN_TOKEN });
    await env.DB.prepare("UPDATE user_sessions SET key_hash = 'of the earlier token' WHERE key_id = 'first'").run();
    expect((await first.open()).status).toBe(401);
  });
});

describe("a session", () => {
  test("ends with its user", async () => {
    const user = await createUser("viewer");
    const { open } = await signIn({ token: await createLink(user) });
    await admin("DELETE", `/v1/users/${user.id}`);
    expect((await open()).status).toBe(401);
  });

  test("has the role that its user has now", async () => {
    const user = await createUser("manager");
    const { open } = await signIn({ token: await createLink(user) });
    await admin("PATCH", `/v1/users/${user.id}`, { role: "viewer" });
    expect((await open("/admin/access")).html).toContain("You can look at everything except payment details.");
  });

  test("is ended by its user, one or all others, and by nobody else", async () => {
    const [user, stranger] = [await createUser("viewer"), await createUser("owner")];
    const [here, there, third] = [
      await signIn({ token: await createLink(user) }),
      await signIn({ token: await createLink(user) }),
      await signIn({ token: await createLink(user) }),
    ];
    const foreign = await signIn({ token: await createLink(stranger) });
    const ids = [...(await here.open("/admin/access")).html.matchAll(/\/admin\/sessions\/(ses_[\w-]+)\/end"/g)].map(
      ([, id]) => id,
    );
    expect(ids).toHaveLength(2);
    for (const id of ids) await foreign.post(`/admin/sessions/${id}/end`);
    expect((await there.open()).status).toBe(200);
    await here.post(`/admin/sessions/${ids[1]}/end`);
    expect([(await there.open()).status, (await third.open()).status].sort()).toEqual([200, 401]);
    const unused = await createLink(user);
    await here.post("/admin/sessions/end-others");
    expect([(await there.open()).status, (await third.open()).status]).toEqual([401, 401]);
    expect((await here.open()).status).toBe(200);
    expect((await submit("/admin/sign-in", { token: unused })).status).toBe(410);
    expect((await foreign.open()).status).toBe(200);
    await here.post("/admin/sign-out");
    expect((await here.open()).status).toBe(401);
  });

  test("is deleted when it has expired", async () => {
    const user = await createUser("viewer");
    const { open } = await signIn({ token: await createLink(user) });
    await env.DB.prepare("UPDATE user_sessions SET expires_at = ? WHERE user_id = ?").bind(Date.now(), user.id).run();
    expect((await open()).status).toBe(401);
    await runCron(Date.now() + 1);
    const row = await env.DB.prepare("SELECT count(*) AS n FROM user_sessions WHERE user_id = ?").bind(user.id).first();
    expect(row).toEqual({ n: 0 });
  });
});

test("a page has a strict policy, isn't stored, and escapes names", async () => {
  const { program } = await setUp({ affiliates: 1, program: { name: "<script>alert(1)</script>" } });
  const response = await send("/admin", { headers: { Cookie: (await signIn({ key: env.ADMIN_TOKEN })).cookie } });
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(
    /default-src 'none'; style-src 'nonce-[^']+'; script-src 'nonce-[^']+'; connect-src 'self'; img-src data:; form-action 'self'/,
  );
  expect(response.headers.get("cache-control")).toBe("private, no-store");
  const html = bodyOf(await response.text());
  expect(html).toContain(program);
  expect(html).not.toContain("<script");
});

test("only hashes of tokens are stored", async () => {
  const user = await createUser("viewer");
  const token = await createLink(user);
  const { cookie } = await signIn({ token: await createLink(user) });
  const tables = await Promise.all(
    ["user_sessions", "user_sign_in_links"].map((table) => env.DB.prepare(`SELECT * FROM ${table}`).all()),
  );
  const text = JSON.stringify(tables.map(({ results }) => results));
  for (const secret of [token, cookie.split("=")[1]]) expect(text).not.toContain(secret);
});

test.each([
  [BROWSER, "Chrome on Windows"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604.1", "Safari on iOS"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0) Chrome/126.0.0.0 Safari/537.36 Edg/126.0", "Edge on Windows"],
  ["curl/8", "Unknown browser"],
])("the browser of %s is named", (userAgent, name) => {
  expect(nameBrowser(userAgent)).toBe(name);
});
