import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import worker from "../../../../src/index.ts";
import { nameNetwork } from "../../../../src/portal/layout/sign-in/network.ts";
import { type PlainTextEmail, writeSignInEmail } from "../../../../src/portal/layout/sign-in/sign-in-email.ts";
import { runCron } from "../../../support/run-cron.ts";
import { admin, ORIGIN, send, setUp } from "../../../support/story.ts";
import { bodyOf, pressSignIn } from "../../visit.ts";

afterEach(() => {
  vi.useRealTimers();
});

const HOUR = 3_600_000;
let networks = 0;

/** The shipped Worker with other bindings. */
const fetchBy = worker.fetch as (request: Request, bindings: unknown, ctx: ExecutionContext) => Promise<Response>;

/** Sends the form of the sign-in page; gives the answer, and the letters that the platform was handed. */
async function ask(
  email: string,
  options: { network?: string; headers?: Record<string, string>; fails?: boolean } = {},
) {
  networks += 1;
  const letters: PlainTextEmail[] = [];
  const EMAIL = {
    async send(mail: PlainTextEmail) {
      if (options.fails) throw Object.assign(new Error(`no letters to ${mail.to}`), { code: "E_DELIVERY_FAILED" });
      letters.push(mail);
      return { messageId: "1" };
    },
  };
  const request = new Request(`${ORIGIN}/app/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: {
      Origin: ORIGIN,
      "Sec-Fetch-Site": "same-origin",
      "Content-Type": "application/x-www-form-urlencoded",
      "CF-Connecting-IP": options.network ?? `192.0.2.${networks}`,
      ...options.headers,
    },
    body: new URLSearchParams({ email }).toString(),
  });
  const ctx = createExecutionContext();
  const answer = await fetchBy(request, { ...env, EMAIL }, ctx);
  await waitOnExecutionContext(ctx);
  const headers = [...answer.headers].map(([name, value]) => [name, value.replaceAll(/nonce-[^']+/g, "nonce")]);
  return { status: answer.status, headers, html: await answer.text(), letters };
}

const linkIn = (mail: PlainTextEmail | undefined) => /^https:\S+$/m.exec(mail?.text ?? "")?.[0] ?? "";

describe("an affiliate asks for a link by e-mail", () => {
  test("gets it at the address that is known, in whatever case it is typed, and signs in with it once", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { status, letters } = await ask(`  ${a.username.toUpperCase()}@Example.com `);
    expect(status).toBe(303);
    expect(letters).toHaveLength(1);
    const [letter] = letters;
    expect(letter).toMatchObject({ from: "portal@example.com", to: `${a.username}@example.com` });
    const link = linkIn(letter);
    expect(link).toMatch(/^https:\/\/go\.example\.com\/app\/sign-in\?token=[\w-]{43}$/);
    expect(await (await send(link)).text()).toContain(`Sign in as ${a.username}`);
    expect((await pressSignIn(link)).status).toBe(303);
    expect((await pressSignIn(link)).status).toBe(410);
  });

  test("has an hour for it", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { letters } = await ask(`${a.username}@example.com`);
    const second = (await ask(`${a.username}@example.com`)).letters;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + HOUR - 60_000 });
    expect((await pressSignIn(linkIn(letters[0]))).status).toBe(303);
    vi.setSystemTime(Date.now() + 120_000);
    expect((await pressSignIn(linkIn(second[0]))).status).toBe(410);
  });

  test("is answered alike whether the address is known, unknown or erased, and unknown ones leave no trace", async () => {
    const { a, b } = await setUp();
    await admin("POST", `/v1/affiliates/${b.username}/erase`);
    const before = await env.DB.prepare("SELECT count(*) AS n FROM sign_in_links").first<number>("n");
    const known = await ask(`${a.username}@example.com`);
    const id = await env.DB.prepare("SELECT id FROM affiliates WHERE username = ?").bind(b.username).first("id");
    const others = [`nobody-${a.username}@example.com`, `${b.username}@example.com`, `erased-${id}@erased.invalid`];
    for (const email of others) {
      const { letters, ...answer } = await ask(email);
      expect(letters).toEqual([]);
      expect(answer).toEqual({ status: known.status, headers: known.headers, html: known.html });
    }
    expect(known.letters).toHaveLength(1);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM sign_in_links").first("n")).toBe((before ?? 0) + 1);
    const told = await (await send("/app/sign-in?done=sent")).text();
    expect(told).toContain("If an affiliate has the address");
  });

  test("is sent three an hour, even by requests at once, with the same answer after", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const email = `${a.username}@example.com`;
    const start = Date.now();
    const asked = [];
    for (let n = 0; n < 5; n += 1) {
      vi.useFakeTimers({ toFake: ["Date"], now: start + n });
      asked.push(await ask(email));
    }
    expect(asked.map(({ letters }) => letters.length)).toEqual([1, 1, 1, 0, 0]);
    expect(new Set(asked.map(({ status, html }) => `${status} ${html}`)).size).toBe(1);
    vi.setSystemTime(start + HOUR + 5);
    const atOnce = await Promise.all([ask(email), ask(email), ask(email), ask(email), ask(email)]);
    expect(atOnce.flatMap(({ letters }) => letters).length).toBeLessThanOrEqual(3);
    await runCron(start + 3 * HOUR);
    const id = env.DB.prepare("SELECT id FROM affiliates WHERE username = ?").bind(a.username);
    const left = env.DB.prepare("SELECT count(*) AS n FROM sign_in_mails WHERE affiliate_id = ?");
    expect(await left.bind(await id.first("id")).first("n")).toBe(0);
  });

  test("a network that asks too often is told to wait, whatever the addresses", async () => {
    const network = "2001:db8:9:9::1";
    const statuses = [];
    for (let n = 0; n < 11; n += 1) statuses.push((await ask(`x${n}@example.com`, { network })).status);
    expect(statuses).toEqual([...Array(10).fill(303), 429]);
    expect((await ask("y@example.com", { network: "2001:db8:9:9:ffff::2" })).status).toBe(429);
    expect((await ask("y@example.com", { network: "2001:db8:9:a::1" })).status).toBe(303);
  });

  test.each(["", "nobody", "a b@example.com", "a@example.com\r\nBcc: b@example.com", "<script>@x"])(
    "%j is refused as no address, and shown as text",
    async (email) => {
      const { status, html, letters } = await ask(email);
      expect([status, letters]).toEqual([422, []]);
      expect(html).toMatch(/<input id="email"[^>]*aria-invalid="true"/);
      expect(html).toMatch(/>It (is not an e-mail address|must not (be empty|contain control characters))\.</);
      expect(bodyOf(html)).not.toContain("<script");
    },
  );

  test("another site cannot ask in somebody's name", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const headers = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    const { status, letters } = await ask(`${a.username}@example.com`, { headers });
    expect([status, letters]).toEqual([403, []]);
  });

  test("a letter that the platform refuses is logged by its code, without the address", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { status } = await ask(`${a.username}@example.com`, { fails: true });
    expect(status).toBe(303);
    expect(logged.mock.calls).toEqual([["a sign-in link was not sent", "E_DELIVERY_FAILED"]]);
    logged.mockRestore();
  });
});

test("the letter is one that the platform's binding takes", async () => {
  const url = `${ORIGIN}/app/sign-in?token=x`;
  const letter = writeSignInEmail({ from: "portal@example.com", to: "a@example.com", url, minutes: 60 });
  expect(letter.text.split("\n")).toContain(url);
  expect(await env.EMAIL?.send(letter)).toMatchObject({ messageId: expect.any(String) });
});

test.each([
  ["no binding", { EMAIL: undefined }],
  ["no sender", { MAIL_FROM: "" }],
])("with %s the page says that the merchant hands links over, and nothing is sent", async (_, changes) => {
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
])("the network of %s is %s", (address, network) => {
  expect(nameNetwork(address)).toBe(network);
});
