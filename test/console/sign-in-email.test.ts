/** Sign-in links of the console by email. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import worker from "../support/current-worker.ts";
import type { SentEmail } from "../support/sent-email.ts";
import { ORIGIN, send } from "../support/story.ts";
import { createUser, listAudited } from "../support/users.ts";
import { FORM, signIn, submit } from "./session.ts";

/** The shipped Worker with changed bindings. */
const fetchBy = worker.fetch as (request: Request, bindings: unknown, ctx: ExecutionContext) => Promise<Response>;

let networks = 0;

/** Submits a form to a Worker whose emails are kept. */
async function post(
  path: string,
  fields: Record<string, string>,
  options: { cookie?: string; fails?: boolean; is_set_up?: boolean } = {},
) {
  networks += 1;
  const emails: SentEmail[] = [];
  const EMAIL = {
    async send(email: SentEmail) {
      if (options.fails) throw new Error(`cannot send to ${email.to}`);
      emails.push(email);
      return { messageId: "1" };
    },
  };
  const headers = { ...FORM, "CF-Connecting-IP": `192.0.2.${networks}`, Cookie: options.cookie ?? "" };
  const body = new URLSearchParams(fields).toString();
  const ctx = createExecutionContext();
  const request = new Request(ORIGIN + path, { method: "POST", redirect: "manual", headers, body });
  const response = await fetchBy(request, { ...env, EMAIL: options.is_set_up === false ? undefined : EMAIL }, ctx);
  await waitOnExecutionContext(ctx);
  return { status: response.status, location: response.headers.get("location"), html: await response.text(), emails };
}

const linkIn = (email: SentEmail | undefined) => /^https:\S+$/m.exec(email?.text ?? "")?.[0] ?? "";
const tokenIn = (email: SentEmail | undefined) => new URL(linkIn(email)).searchParams.get("token") ?? "";

describe("a user who asks for a link", () => {
  test("gets it at the stored address, and signs in with it once", async () => {
    const user = await createUser("manager");
    const { location, emails } = await post("/admin/sign-in", { email: ` ${user.email.toUpperCase()} ` });
    expect(location).toBe("/admin/sign-in?done=sent");
    expect(emails).toMatchObject([{ from: "portal@example.com", to: user.email }]);
    expect(emails[0]?.text).toContain("expires in 60 minutes");
    expect(linkIn(emails[0])).toMatch(/^https:\/\/go\.example\.com\/admin\/sign-in\?token=[\w-]{43}$/);
    const token = tokenIn(emails[0]);
    expect((await submit("/admin/sign-in", { token })).status).toBe(303);
    expect((await submit("/admin/sign-in", { token })).status).toBe(410);
    expect(await (await send("/admin/sign-in?done=sent")).text()).toContain("If this address belongs to a user");
  });

  test("gets the same response whether the address is known, unknown or was removed", async () => {
    const [owner, user, removed] = [await createUser("owner"), await createUser("viewer"), await createUser("viewer")];
    await owner.call("DELETE", `/v1/users/${removed.id}`);
    const { emails, ...known } = await post("/admin/sign-in", { email: user.email });
    expect(emails).toHaveLength(1);
    for (const email of ["nobody@merchant.example", removed.email]) {
      expect(await post("/admin/sign-in", { email })).toEqual({ ...known, emails: [] });
    }
    const invalid = await post("/admin/sign-in", { email: "<b>nobody" });
    expect([invalid.status, invalid.html]).toEqual([422, expect.stringContaining('value="&lt;b&gt;nobody"')]);
  });

  test("has at most three unused links of an hour, also of parallel requests", async () => {
    const user = await createUser("viewer");
    const asked = await Promise.all([1, 2, 3, 4, 5].map(() => post("/admin/sign-in", { email: user.email })));
    const emails = asked.flatMap((each) => each.emails);
    expect(emails).toHaveLength(3);
    expect((await post("/admin/sign-in", { email: user.email })).emails).toEqual([]);
    // A used link makes room for another one.
    await submit("/admin/sign-in", { token: tokenIn(emails[0]) });
    expect((await post("/admin/sign-in", { email: user.email })).emails).toHaveLength(1);
  });
});

describe("an owner who invites a user", () => {
  test("has a link emailed that works for a day, once per submitted form", async () => {
    const [owner, user] = [await createUser("owner"), await createUser("finance")];
    const { cookie } = await signIn({ key: owner.key });
    const path = `/admin/users/${user.id}/invitation`;
    const sent = await post(path, { form_key: "k1" }, { cookie });
    expect(sent.location).toBe(`/admin/users/${user.id}?done=invited`);
    expect(sent.emails).toMatchObject([{ to: user.email, text: expect.stringContaining("expires in 24 hours") }]);
    expect((await post(path, { form_key: "k1" }, { cookie })).emails).toEqual([]);
    expect((await listAudited("action = 'user.invited'")).at(-1)).toMatchObject({ actor: owner.id, subject: user.id });
    expect((await submit("/admin/sign-in", { token: tokenIn(sent.emails[0]) })).status).toBe(303);
  });

  test("is told when email isn't set up or fails, and no link is stored", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const [owner, user] = [await createUser("owner"), await createUser("finance")];
    const { cookie } = await signIn({ key: owner.key });
    const before = await env.DB.prepare("SELECT count(*) AS n FROM user_sign_in_links").first("n");
    const failed = await post(`/admin/users/${user.id}/invitation`, { form_key: "k1" }, { cookie, fails: true });
    expect(failed.status).toBe(503);
    const refused = await post(`/admin/users/${user.id}/invitation`, { form_key: "k2" }, { cookie, is_set_up: false });
    expect([refused.status, refused.html]).toEqual([409, expect.stringContaining("Email isn&#39;t set up")]);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM user_sign_in_links").first("n")).toBe(before);
    vi.restoreAllMocks();
  });
});
