/** A user of the merchant views an affiliate's portal: read only, for 30 minutes, and said on each page. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { portalRoutes } from "../../src/portal/routes.tsx";
import { signIn, submit } from "../console/session.ts";
import { runCron } from "../support/run-cron.ts";
import { admin, ORIGIN, send, setUp } from "../support/story.ts";
import { createUser, listAudited } from "../support/users.ts";
import { signIn as signInAffiliate } from "./session.ts";

/** Starts a view from the console, and opens its link. */
async function view(user: { key: string }, program: string, username: string) {
  const session = await signIn({ key: user.key });
  const started = await session.post(`/admin/programs/${program}/affiliates/${username}/view`, {
    form_key: crypto.randomUUID(),
  });
  expect(started.status).toBe(303);
  const link = started.headers.get("location") ?? "";
  const opened = await send(link);
  const cookie = (opened.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const open = async (path = "/app") => {
    const page = await send(path, { headers: { Cookie: cookie } });
    return { status: page.status, html: await page.text(), headers: page.headers };
  };
  return { link, opened, cookie, open };
}

test("a view shows the affiliate's pages with who views them, and its link works once", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const user = await createUser("finance");
  const { link, opened, open } = await view(user, program, a.username);
  expect([new URL(link).origin, opened.status, opened.headers.get("location")]).toEqual([ORIGIN, 303, "/app"]);
  expect(opened.headers.get("set-cookie")).toMatch(
    /^__Host-lc_view=[\w-]{43}; Max-Age=1800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  for (const path of ["/app", "/app/links", "/app/account", "/app/program"]) {
    const { status, html } = await open(path);
    expect([path, status, html.includes(`${user.name} is viewing this portal, read only, until`)]).toEqual([
      path,
      200,
      true,
    ]);
    expect(html).toContain("Affiliate a");
    expect(html).not.toContain('action="/app/sign-out"');
  }
  expect((await send(link)).status).toBe(410);
  const [entry] = (await listAudited("action = 'affiliate.portal_viewed'")).slice(-1);
  expect(entry).toMatchObject({ actor_kind: "user", actor: user.id, subject: a.username });
});

test("nothing can be changed in a view, by any route", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const { cookie, open } = await view({ key: env.ADMIN_TOKEN }, program, a.username);
  const routes = portalRoutes({ now: () => 0, links: { forget: async () => {} } }).routes;
  const changes = routes.filter(({ method, path }) => !["GET", "ALL"].includes(method) && !path.includes("*"));
  expect(changes.length).toBeGreaterThan(5);
  const before = (await listAudited()).length;
  for (const { method, path } of changes.filter((route) => !["/view/end", "/unsubscribe"].includes(route.path))) {
    const headers = { Cookie: cookie, Origin: ORIGIN, "Content-Type": "application/x-www-form-urlencoded" };
    const { status } = await send(`/app${path}`, { method, headers, body: "channel=x" });
    expect([method, path, status]).toEqual([method, path, 403]);
  }
  expect((await listAudited()).length).toBe(before);
  expect((await open()).html).toContain("Admin key is viewing this portal");
});

test("a view marks no browser as the affiliate's own, and is no visit", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const { opened, open } = await view({ key: env.ADMIN_TOKEN }, program, a.username);
  const cookies = [opened, await open()].flatMap(({ headers }) => headers.getSetCookie());
  expect(cookies.map((cookie) => cookie.split("=")[0])).toEqual(["__Host-lc_view"]);
});

test("a view ends by its button, after 30 minutes, and with its user", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const first = await view({ key: env.ADMIN_TOKEN }, program, a.username);
  const ended = await submit("/app/view/end", {}, { Cookie: first.cookie });
  expect([ended.status, ended.headers.get("location")]).toEqual([303, "/admin"]);
  expect((await first.open()).status).toBe(401);
  const user = await createUser("manager");
  const second = await view(user, program, a.username);
  await admin("DELETE", `/v1/users/${user.id}`);
  expect((await second.open()).status).toBe(401);
  const third = await view({ key: env.ADMIN_TOKEN }, program, a.username);
  await env.DB.prepare("UPDATE portal_views SET expires_at = ?").bind(Date.now()).run();
  expect((await third.open()).status).toBe(401);
  await runCron(Date.now() + 1);
  expect(await env.DB.prepare("SELECT count(*) AS n FROM portal_views").first("n")).toBe(0);
});

test("a token that wasn't exchanged is no session, and an own session stays one", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const { json } = await admin("POST", `/v1/affiliates/${a.username}/view-link`);
  const token = new URL(json.url).searchParams.get("token");
  expect((await send("/app", { headers: { Cookie: `__Host-lc_view=${token}` } })).status).toBe(401);
  const { html } = await (await signInAffiliate(a.username)).open("/app");
  expect(html).not.toContain("is viewing this portal");
});

test("a viewer may not view a portal: it shows payment details", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const session = await signIn({ key: (await createUser("viewer")).key });
  const path = `/admin/programs/${program}/affiliates/${a.username}`;
  expect((await session.post(`${path}/view`)).status).toBe(403);
  expect((await session.open(path)).html).not.toContain("View portal");
});
