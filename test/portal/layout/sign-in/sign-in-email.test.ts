import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { networkKeyOf } from "../../../../src/lib/network.ts";
import { sendEmail } from "../../../../src/mail/mail-store.ts";
import { writeSignInEmail } from "../../../../src/portal/layout/sign-in/sign-in-email.ts";
import worker from "../../../support/current-worker.ts";
import { runCron } from "../../../support/run-cron.ts";
import type { SentEmail } from "../../../support/sent-email.ts";
import { admin, ORIGIN, send, setUp } from "../../../support/story.ts";
import { bodyOf, submitSignIn } from "../../session.ts";

afterEach(() => {
  vi.useRealTimers();
});

const HOUR = 3_600_000;
let networks = 0;

/** The shipped Worker with changed bindings. */
const fetchBy = worker.fetch as (request: Request, bindings: unknown, ctx: ExecutionContext) => Promise<Response>;

/** Submits the sign-in form. Returns the response and the emails sent. */
async function ask(
  email: string,
  options: {
    network?: string;
    headers?: Record<string, string>;
    fails?: boolean;
    origin?: string;
    bindings?: Record<string, unknown>;
  } = {},
) {
  const { origin = ORIGIN } = options;
  networks += 1;
  const emails: SentEmail[] = [];
  const EMAIL = {
    async send(mail: SentEmail) {
      if (options.fails) throw Object.assign(new Error(`cannot send to ${mail.to}`), { code: "E_DELIVERY_FAILED" });
      emails.push(mail);
      return { messageId: "1" };
    },
  };
  const request = new Request(`${origin}/app/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: {
      Origin: origin,
      "Sec-Fetch-Site": "same-origin",
      "Content-Type": "application/x-www-form-urlencoded",
      "CF-Connecting-IP": options.network ?? `192.0.2.${networks}`,
      ...options.headers,
    },
    body: new URLSearchParams({ email }).toString(),
  });
  const ctx = createExecutionContext();
  const answer = await fetchBy(request, { ...env, EMAIL, ...options.bindings }, ctx);
  await waitOnExecutionContext(ctx);
  const headers = [...answer.headers]
    .filter(([name]) => name !== "x-request-id")
    .map(([name, value]) => [name, value.replaceAll(/nonce-[^']+/g, "nonce")]);
  return { status: answer.status, headers, html: await answer.text(), emails };
}

const linkIn = (mail: SentEmail | undefined) => /^https:\S+$/m.exec(mail?.text ?? "")?.[0] ?? "";

describe("an affiliate requests a sign-in link by email", () => {
  test("gets it at the stored address, regardless of case, and signs in with it once", async () => {
    const { a, program } = await setUp({ affiliates: 1 });
    const { status, emails } = await ask(`  ${a.username.toUpperCase()}@Example.com `);
    expect(status).toBe(303);
    expect(emails).toHaveLength(1);
    const [email] = emails;
    expect(email).toMatchObject({
      from: { email: "portal@example.com", name: program.replace("prog", "Program ") },
      to: `${a.username}@example.com`,
    });
    const link = linkIn(email);
    expect(link).toMatch(/^https:\/\/go\.example\.com\/app\/sign-in\?token=[\w-]{43}$/);
    expect(await (await send(link)).text()).toContain(`Sign in as ${a.username}`);
    expect((await submitSignIn(link)).status).toBe(303);
    expect((await submitSignIn(link)).status).toBe(410);
  });

  test("can use it for an hour", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { emails } = await ask(`${a.username}@example.com`);
    const second = (await ask(`${a.username}@example.com`)).emails;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + HOUR - 60_000 });
    expect((await submitSignIn(linkIn(emails[0]))).status).toBe(303);
    vi.setSystemTime(Date.now() + 120_000);
    expect((await submitSignIn(linkIn(second[0]))).status).toBe(410);
  });

  test("gets the same response for known, unknown and erased addresses, and unknown ones store nothing", async () => {
    const { a, b } = await setUp();
    await admin("POST", `/v1/affiliates/${b.username}/erase`);
    const before = await env.DB.prepare("SELECT count(*) AS n FROM sign_in_links").first<number>("n");
    const known = await ask(`${a.username}@example.com`);
    const id = await env.DB.prepare("SELECT id FROM affiliates WHERE username = ?").bind(b.username).first("id");
    const others = [`nobody-${a.username}@example.com`, `${b.username}@example.com`, `erased-${id}@erased.invalid`];
    for (const email of others) {
      const { emails, ...answer } = await ask(email);
      expect(emails).toEqual([]);
      expect(answer).toEqual({ status: known.status, headers: known.headers, html: known.html });
    }
    expect(known.emails).toHaveLength(1);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM sign_in_links").first("n")).toBe((before ?? 0) + 1);
    const told = await (await send("/app/sign-in?done=sent")).text();
    expect(told).toContain("If this address or username belongs to an affiliate");
  });

  test("gets at most three an hour, even with parallel requests, and always the same response", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const email = `${a.username}@example.com`;
    const start = Date.now();
    const asked = [];
    for (let n = 0; n < 5; n += 1) {
      vi.useFakeTimers({ toFake: ["Date"], now: start + n });
      asked.push(await ask(email));
    }
    expect(asked.map(({ emails }) => emails.length)).toEqual([1, 1, 1, 0, 0]);
    expect(new Set(asked.map(({ status, html }) => `${status} ${html}`)).size).toBe(1);
    vi.setSystemTime(start + HOUR + 5);
    const atOnce = await Promise.all([ask(email), ask(email), ask(email), ask(email), ask(email)]);
    expect(atOnce.flatMap(({ emails }) => emails).length).toBeLessThanOrEqual(3);
    await runCron(start + 3 * HOUR);
    const id = env.DB.prepare("SELECT id FROM affiliates WHERE username = ?").bind(a.username);
    const left = env.DB.prepare("SELECT count(*) AS n FROM sign_in_mails WHERE affiliate_id = ?");
    expect(await left.bind(await id.first("id")).first("n")).toBe(0);
  });

  test("limits requests per network, regardless of the addresses", async () => {
    const network = "2001:db8:9:9::1";
    const statuses = [];
    for (let n = 0; n < 11; n += 1) statuses.push((await ask(`x${n}@example.com`, { network })).status);
    expect(statuses).toEqual([...Array(10).fill(303), 429]);
    expect((await ask("y@example.com", { network: "2001:db8:9:9:ffff::2" })).status).toBe(429);
    expect((await ask("y@example.com", { network: "2001:db8:9:a::1" })).status).toBe(303);
  });

  test.each(["", "-nobody", "a b@example.com", "a@example.com\r\nBcc: b@example.com", "<script>@x"])(
    "rejects %j and escapes it",
    async (email) => {
      const { status, html, emails } = await ask(email);
      expect([status, emails]).toEqual([422, []]);
      expect(html).toMatch(/<input id="email"[^>]*aria-invalid="true"/);
      expect(html).toMatch(/>Email address or username must be an email address or a username\.</);
      expect(bodyOf(html)).not.toContain("<script");
    },
  );

  test("another site can't request a link", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const headers = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    const { status, emails } = await ask(`${a.username}@example.com`, { headers });
    expect([status, emails]).toEqual([403, []]);
  });

  test("logs a failed email with its code and without the address", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { status } = await ask(`${a.username}@example.com`, { fails: true });
    expect(status).toBe(303);
    expect(logged.mock.calls).toEqual([
      [{ event: "sign_in_email_not_sent", code: "E_DELIVERY_FAILED", request_id: expect.any(String) }],
    ]);
    logged.mockRestore();
  });
});

describe("an emailed link's host", () => {
  const EVIL = "https://evil.example";
  const WITHOUT_ORIGIN = { PORTAL_ORIGIN: "" };
  const originIn = (mail: SentEmail | undefined) => /^\S+(?=\/app\/sign-in\?token=)/m.exec(mail?.text ?? "")?.[0];

  // The first test needs a database without redirect hosts.
  test("without PORTAL_ORIGIN and redirect hosts, no email is offered or sent", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { headers, emails } = await ask(`${a.username}@example.com`, { bindings: WITHOUT_ORIGIN });
    expect(emails).toEqual([]);
    expect(headers).toContainEqual(["location", "/app/sign-in"]);
    const page = await fetchBy(new Request(`${ORIGIN}/app`), { ...env, ...WITHOUT_ORIGIN }, createExecutionContext());
    expect(await page.text()).toContain("Ask the merchant");
  });

  test("is PORTAL_ORIGIN, whatever host and scheme the request claims", async () => {
    const { a } = await setUp({ affiliates: 1 });
    for (const origin of [EVIL, "https://go.example.com.evil.example", "http://localhost"]) {
      const { emails } = await ask(`${a.username}@example.com`, { origin });
      expect(emails.map(originIn)).toEqual([ORIGIN]);
      expect(emails[0]?.text).not.toMatch(/evil|localhost/);
    }
  });

  test("without PORTAL_ORIGIN, is a known redirect host over https", async () => {
    const hosts = ["go.first.example", "go.second.example"];
    const first = await setUp({ affiliates: 1, program: { redirect_host: hosts[0] } });
    const second = await setUp({ affiliates: 1, program: { redirect_host: hosts[1] } });
    const send = (username: string, origin: string) =>
      ask(`${username}@example.com`, { origin, bindings: WITHOUT_ORIGIN });
    const known = await send(first.a.username, "https://go.second.example");
    expect(known.emails.map(originIn)).toEqual(["https://go.second.example"]);
    for (const [story, host] of [
      [first, "go.first.example"],
      [second, "go.second.example"],
    ] as const) {
      const unknown = await send(story.a.username, EVIL);
      expect(unknown.emails.map(originIn)).toEqual([`https://${host}`]);
      expect(unknown.emails[0]?.text).not.toContain("evil");
    }
    const { a } = await setUp({ affiliates: 1 });
    const elsewhere = await send(a.username, EVIL);
    expect(hosts.map((host) => `https://${host}`)).toContain(originIn(elsewhere.emails[0]));
  });
});

test("the platform's binding accepts the email", async () => {
  const url = `${ORIGIN}/app/sign-in?token=x`;
  const email = writeSignInEmail("portal", { to: "a@example.com", url, minutes: 60, brand: null });
  expect(email.text.split("\n")).toContain(url);
  expect(await sendEmail(env, email)).toBe("sent");
});

test.each([
  ["no binding", { EMAIL: undefined }],
  ["no sender", { MAIL_FROM: "" }],
])("with %s, the page refers to the merchant and nothing is sent", async (_, changes) => {
  const call = async (init?: RequestInit) =>
    fetchBy(new Request(`${ORIGIN}/app/sign-in`, init), { ...env, ...changes }, createExecutionContext());
  const page = await call();
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).toContain("Ask the merchant");
  expect(html).not.toContain("<form");
  const body = new URLSearchParams({ email: "a@example.com" });
  const posted = await call({ method: "POST", body, headers: { Origin: ORIGIN } });
  expect([posted.status, posted.headers.get("location")]).toEqual([303, "/app/sign-in"]);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:DB8:1:2::6", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8"],
  ["", ""],
])("the network key of %s is %s", (address, network) => {
  expect(networkKeyOf(address)).toBe(network);
});
