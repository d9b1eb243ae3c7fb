import { describe, expect, test } from "vitest";
import { judgeSignInAttempt } from "../../src/portal/sign-in-attempt.ts";
import { BROWSER, send, setUp } from "../support/story.ts";
import { askForSignInLink, signIn } from "./visit.ts";

test("a link signs in once: 303, a host-bound cookie, then 410", async () => {
  const { a } = await setUp();
  const link = await askForSignInLink(a.username);
  const first = await send(link, { headers: { "User-Agent": BROWSER } });
  expect(first.status).toBe(303);
  expect(first.headers.get("location")).toBe("/app");
  const cookies = first.headers.getSetCookie().map((cookie) => cookie.split("; "));
  expect(cookies.map(([pair]) => pair)).toEqual([
    expect.stringMatching(/^__Host-lc_session=[\w-]{43}$/),
    expect.stringMatching(/^__Host-lc_self=[\w-]{55}$/),
  ]);
  for (const [, ...attributes] of cookies) {
    expect(attributes.sort()).toEqual(["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax", "Secure"]);
  }
  const second = await send(link);
  expect(second.status).toBe(410);
  expect(second.headers.get("set-cookie")).toBeNull();
  expect(await second.text()).toContain("new link");
});

test.each([
  ["HEAD", { method: "HEAD" }, 200],
  ["a prefetch", { headers: { "Sec-Purpose": "prefetch;prerender" } }, 503],
  ["an older browser's prefetch", { headers: { Purpose: "prefetch" } }, 503],
  [
    "a chat's preview",
    { headers: { "User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)" } },
    200,
  ],
])("%s does not use the link up", async (_, init, status) => {
  const { a } = await setUp();
  const link = await askForSignInLink(a.username);
  const look = await send(link, init);
  expect(look.status).toBe(status);
  expect(look.headers.get("set-cookie")).toBeNull();
  expect((await send(link)).status).toBe(303);
});

test.each(["/app/sign-in", "/app/sign-in?token=", "/app/sign-in?token=nobody-made-this"])("%s is 410", async (path) => {
  expect((await send(path)).status).toBe(410);
});

test("nobody signed in: 401 with a way in, whatever the cookie says", async () => {
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

test("every answer is private and shut to other sites", async () => {
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

describe("who may use up a token", () => {
  test.each([
    ["GET", null, BROWSER, "person"],
    ["GET", null, null, "person"],
    ["GET", "navigate", BROWSER, "person"],
    ["HEAD", null, BROWSER, "look"],
    ["GET", "prefetch", BROWSER, "prefetch"],
    ["GET", "prefetch;anonymous-client-ip", BROWSER, "prefetch"],
    ["GET", null, "WhatsApp/2.23", "look"],
    ["GET", null, "TelegramBot (like TwitterBot)", "look"],
  ])("%s, purpose %s, by %s: %s", (method, purpose, user_agent, expected) => {
    expect(judgeSignInAttempt({ method, purpose, user_agent })).toBe(expected);
  });
});
