import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { BROWSER, ORIGIN, send, setUp } from "../../../support/story.ts";
import { bodyOf, createSignInLink, signIn, submitSignIn } from "../../session.ts";

test("a link signs in once: 303, a host-bound cookie, then 410", async () => {
  const { a } = await setUp();
  const link = await createSignInLink(a.username);
  const first = await submitSignIn(link, { "User-Agent": BROWSER });
  expect(first.status).toBe(303);
  expect(first.headers.get("location")).toBe("/app");
  const cookies = first.headers.getSetCookie().map((cookie) => cookie.split("; "));
  expect(cookies.map(([pair]) => pair)).toEqual([
    expect.stringMatching(/^__Host-lc_session=[\w-]{43}$/),
    expect.stringMatching(/^__Host-lc_self=[\w-]{55}$/),
    expect.stringMatching(/^lc_owner=[\w-]{55}$/),
  ]);
  for (const [, ...attributes] of cookies.slice(0, 2)) {
    expect(attributes.sort()).toEqual(["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax", "Secure"]);
  }
  const owner = ["HttpOnly", "Max-Age=5184000", "Path=/app", "SameSite=Lax", "Secure"];
  expect(cookies[2]?.slice(1).sort()).toEqual(owner);
  const second = await submitSignIn(link);
  expect(second.status).toBe(410);
  expect(second.headers.get("set-cookie")).toBeNull();
  expect(await second.text()).toContain("new link");
  expect((await send(link)).status).toBe(410);
});

test.each([
  ["an email scanner", { headers: { "User-Agent": BROWSER } }],
  ["HEAD", { method: "HEAD" }],
  ["a prefetch", { headers: { "Sec-Purpose": "prefetch;prerender" } }],
  ["a chat's preview", { headers: { "User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)" } }],
])("%s doesn't use the link", async (_, init) => {
  const { a } = await setUp();
  const link = await createSignInLink(a.username);
  for (let look = 1; look <= 2; look += 1) {
    const seen = await send(link, init);
    expect(seen.status).toBe(200);
    expect(seen.headers.get("set-cookie")).toBeNull();
  }
  expect((await submitSignIn(link)).status).toBe(303);
});

test("a sign-in link's page names the account, escaped, and has one form with one button", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const name = `</strong><script>alert("${a.username}")</script>`;
  await env.DB.prepare("UPDATE affiliates SET name = ? WHERE username = ?").bind(name, a.username).run();
  const link = await createSignInLink(a.username);
  const html = bodyOf(await (await send(link)).text());
  expect(html).toContain(`&lt;script&gt;alert(&quot;${a.username}&quot;)`);
  expect(html).not.toContain("<script");
  expect(html.match(/<form|<button/g)).toEqual(["<form", "<button"]);
  expect(html).toContain(`name="token" value="${new URL(link, ORIGIN).searchParams.get("token")}"`);
});

test.each(["/app/sign-in?token=", "/app/sign-in?token=nobody-made-this"])("%s is 410", async (path) => {
  expect((await send(path)).status).toBe(410);
  expect((await submitSignIn(path)).status).toBe(410);
});

test("another site can't sign anyone in", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const link = await createSignInLink(a.username);
  for (const Origin of ["https://evil.example", "null"]) {
    const forced = await submitSignIn(link, { Origin, "Sec-Fetch-Site": "cross-site" });
    expect([forced.status, forced.headers.get("set-cookie")]).toEqual([403, null]);
  }
  expect((await submitSignIn(link)).status).toBe(303);
});

test("without a session: 401 with the sign-in page, for any cookie", async () => {
  for (const headers of [{}, { Cookie: "__Host-lc_session=forged" }] as Record<string, string>[]) {
    const response = await send("/app", { headers });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain("sign-in link");
    expect((await send("/app/conversions/cv_1", { headers })).status).toBe(401);
  }
});

test("signing out ends the session on the server", async () => {
  const { a } = await setUp();
  const { cookie, open } = await signIn(a.username);
  expect((await open("/app")).status).toBe(200);
  const form = { method: "POST", body: "", headers: { Cookie: cookie } };
  const content = { "Content-Type": "application/x-www-form-urlencoded" };
  const foreign = await send("/app/sign-out", {
    ...form,
    headers: { ...form.headers, ...content, Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" },
  });
  expect(foreign.status).toBe(403);
  expect((await open("/app")).status).toBe(200);
  const own = await send("/app/sign-out", {
    ...form,
    headers: { ...form.headers, ...content, Origin: "null", "Sec-Fetch-Site": "same-origin" },
  });
  expect(own.status).toBe(303);
  expect(own.headers.get("set-cookie")).toContain("Max-Age=0");
  expect((await open("/app")).status).toBe(401);
});

test("every response is private and closed to other sites", async () => {
  const { a } = await setUp();
  const { cookie } = await signIn(a.username);
  for (const [path, status] of [
    ["/app", 200],
    ["/app?program=none", 404],
    ["/app/nothing", 404],
    ["/app/sign-in?token=x", 410],
  ] as const) {
    const response = await send(path, { headers: { Cookie: cookie } });
    expect(response.status).toBe(status);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    const html = await response.text();
    expect(html).toContain(`<style nonce="${nonce}">`);
    expect(html).toContain(`<script nonce="${nonce}">`);
    expect(html).not.toMatch(/<script(?! nonce)|\sstyle="|\son\w+="/);
  }
});
