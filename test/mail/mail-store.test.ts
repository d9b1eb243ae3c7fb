/** Sending emails by the binding and by an HTTP API. */
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { type Env, listSettingFaults } from "../../src/env.ts";
import { composeEmail } from "../../src/mail/compose-email.ts";
import { canSendMail, sendEmail } from "../../src/mail/mail-store.ts";

const DAY = 86_400_000;
const API = { MAIL_API_KEY: "re_123", EMAIL: undefined };

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** The settings of a test's own deployment: they are parsed once for each object. */
const settings = (changes: Record<string, unknown>) => ({ ...env, ...changes }) as Env;

function write(to: string) {
  const brand = { name: 'The "Orbit" shop', color: null, logo_url: null, support_email: "help@orbit.example" };
  return composeEmail({ to, subject: "Hello", paragraphs: ["Hi"], links: [], brand, headers: { "X-Test": "1" } });
}

test("the HTTP API gets Resend's form, the same key for the same email, and no redirect is followed", async () => {
  const calls: [string, RequestInit][] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (url, init) => {
    calls.push([String(url), init ?? {}]);
    return Response.json({ id: "1" });
  });
  const deployment = settings(API);
  expect(canSendMail(deployment)).toBe(true);
  for (const to of ["a@example.com", "a@example.com", "b@example.com"]) {
    expect(await sendEmail(deployment, write(to))).toBe("sent");
  }
  const [first, again, other] = calls.map(([, init]) => new Headers(init.headers).get("Idempotency-Key"));
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  const [url, init] = calls[0] ?? ["", {}];
  expect([url, init.redirect, new Headers(init.headers).get("Authorization")]).toEqual([
    ...["https://api.resend.com/emails", "manual", "Bearer re_123"],
  ]);
  const { text, html } = write("a@example.com");
  expect(JSON.parse(String(init.body))).toEqual({
    ...{ from: '"The Orbit shop" <portal@example.com>', to: ["a@example.com"], subject: "Hello", text, html },
    ...{ headers: { "X-Test": "1" }, reply_to: "help@orbit.example" },
  });
});

test("the platform's binding accepts a complete email", async () => {
  const { EMAIL } = env as Env;
  const sent: unknown[] = [];
  const send = async (email: Parameters<SendEmail["send"]>[0]) => {
    sent.push(await EMAIL?.send(email));
    return { messageId: "1" };
  };
  expect(await sendEmail(settings({ EMAIL: { send } }), write("whole@example.com"))).toBe("sent");
  expect(sent).toEqual([{ messageId: expect.any(String) }]);
});

test("a refusal of the HTTP API is an error without the address", async () => {
  vi.spyOn(globalThis, "fetch").mockResolvedValue(Response.json({ message: "a@example.com is odd" }, { status: 422 }));
  const sent = sendEmail(settings(API), write("a@example.com"));
  await expect(sent).rejects.toMatchObject({ code: "status_422", message: "the mail API refused the email" });
});

test("an address that Cloudflare suppresses is skipped for seven days, in every spelling, then tried again", async () => {
  const send = vi.fn(async () => {
    throw Object.assign(new Error("suppressed: gone@example.com"), { code: "E_RECIPIENT_SUPPRESSED" });
  });
  const deployment = settings({ EMAIL: { send } });
  expect(await sendEmail(deployment, write("gone@example.com"))).toBe("suppressed");
  expect(await sendEmail(deployment, write("Gone@Example.com"))).toBe("suppressed");
  expect(send).toHaveBeenCalledTimes(1);
  const { results } = await env.DB.prepare("SELECT * FROM suppressed_addresses").all();
  expect(JSON.stringify(results)).not.toContain("gone");
  vi.useFakeTimers({ now: Date.now() + 7 * DAY, toFake: ["Date"] });
  expect(await sendEmail(deployment, write("gone@example.com"))).toBe("suppressed");
  expect(send).toHaveBeenCalledTimes(2);
});

test.each([
  ["MAIL_API_URL needs the secret MAIL_API_KEY", { MAIL_API_URL: "https://mail.example/emails" }],
  ["MAIL_API_URL must be an https URL", { MAIL_API_KEY: "k", MAIL_API_URL: "http://mail.example/emails" }],
  ["MAIL_API_URL must be an https URL", { MAIL_API_KEY: "k", MAIL_API_URL: "nonsense" }],
])("%s", (fault, changes) => {
  const deployment = settings(changes);
  expect(listSettingFaults(deployment).join()).toContain(fault);
  expect(canSendMail(deployment)).toBe(false);
});
