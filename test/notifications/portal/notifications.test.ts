/** Notification settings, and unsubscribing by the link in an email. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { signIn } from "../../portal/session.ts";
import worker from "../../support/current-worker.ts";
import type { SentEmail } from "../../support/sent-email.ts";
import { admin, ORIGIN, send, setUp } from "../../support/story.ts";
import { HOUR, MINUTE, mail, notedOf, openMailbox, sell } from "../mailbox.ts";

const DAY = 24 * HOUR;

/** The shipped Worker with changed bindings. */
const fetchBy = worker.fetch as (request: Request, bindings: unknown, ctx: ExecutionContext) => Promise<Response>;

function choose(cookie: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return send("/app/account/notifications", {
    method: "POST",
    headers: { Cookie: cookie, Origin: ORIGIN, "Content-Type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(fields).toString(),
  });
}

/** The selected options of the form. */
function chosenIn(html: string): string[] {
  const form = /action="\/app\/account\/notifications"[\s\S]*?<\/form>/.exec(html)?.[0] ?? "";
  return [...form.matchAll(/<option value="(\w+)" selected/g)].map(([, value]) => value ?? "");
}

/** The unsubscribe link in an email's header. */
const unsubscribeLinkOf = (email: SentEmail | undefined) =>
  /^<(.+)>$/.exec(email?.headers["List-Unsubscribe"] ?? "")?.[1] ?? "";

/** One-click unsubscribe of a mail client (RFC 8058): no cookie, no origin. */
const pressOneClick = (link: string) => {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  return send(link, { method: "POST", headers, body: "List-Unsubscribe=One-Click" });
};

describe("the account page", () => {
  test("shows and saves the settings, and includes them in the data export", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie, open } = await signIn(a.username);
    const { html } = await open("/app/account");
    expect(html).toContain(`<strong>${a.username}@example.com</strong>`);
    expect(chosenIn(html)).toEqual(["each", "yes"]);
    const saved = await choose(`${cookie}; lc_zone=Europe/Berlin`, { sales: "daily", payouts: "no" });
    expect([saved.status, saved.headers.get("location")]).toEqual([303, "/app/account?done=notified"]);
    const after = (await open("/app/account?done=notified")).html;
    expect(after).toContain("Notifications saved.");
    expect(chosenIn(after)).toEqual(["daily", "no"]);
    expect(after).toContain("Daily digest at 08:00 (Europe/Berlin)");
    const data = JSON.parse((await open("/app/account/data.json")).html);
    expect(data.notifications).toEqual({ sales: "daily", payouts: false, zone: "Europe/Berlin" });
  });

  test.each([
    { sales: "weekly", payouts: "yes" },
    { sales: "each" },
    { payouts: "no" },
    { sales: "each", payouts: "" },
  ])("rejects %j and changes nothing", async (fields) => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie, open } = await signIn(a.username);
    const refused = await choose(cookie, fields as Record<string, string>);
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("Notifications not saved");
    expect(chosenIn((await open("/app/account")).html)).toEqual(["each", "yes"]);
  });

  test("accepts changes only from the affiliate", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie, open } = await signIn(a.username);
    const fields = { sales: "never", payouts: "no" };
    const foreign = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    expect((await choose(cookie, fields, foreign)).status).toBe(403);
    expect((await choose("", fields)).status).toBe(401);
    expect(chosenIn((await open("/app/account")).html)).toEqual(["each", "yes"]);
  });

  test.each([
    ["no binding", { EMAIL: undefined }],
    ["no sender", { MAIL_FROM: "" }],
    ["no origin", { PORTAL_ORIGIN: "" }],
  ])("with %s, shows that notifications aren't available and saves nothing", async (_, changes) => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie, open } = await signIn(a.username);
    const call = (path: string, init: RequestInit = {}) => {
      const request = new Request(`${ORIGIN}${path}`, { ...init, headers: { Cookie: cookie, Origin: ORIGIN } });
      return fetchBy(request, { ...env, ...changes }, createExecutionContext());
    };
    const html = await (await call("/app/account")).text();
    expect(html).toContain("Email notifications aren’t available.");
    expect(html).not.toContain("/app/account/notifications");
    const body = new URLSearchParams({ sales: "never", payouts: "no" });
    const posted = await call("/app/account/notifications", { method: "POST", body });
    expect([posted.status, posted.headers.get("location")]).toEqual([303, "/app/account"]);
    expect(chosenIn((await open("/app/account")).html)).toEqual(["each", "yes"]);
  });
});

describe("the setting", () => {
  test("never: sends nothing, not even later when notifications are on again", async () => {
    const story = await setUp({ affiliates: 1 });
    const { cookie } = await signIn(story.a.username);
    await sell(story, story.a); // before the change, not sent yet
    await choose(cookie, { sales: "never", payouts: "yes" });
    await sell(story, story.a);
    const box = openMailbox();
    expect(await mail(box, Date.now() + 2 * MINUTE)).toEqual([]);
    await choose(cookie, { sales: "each", payouts: "yes" });
    expect(await mail(box, Date.now() + 2 * HOUR)).toEqual([]);
    await sell(story, story.a);
    expect(await mail(box, Date.now() + 3 * HOUR)).toMatchObject([{ subject: "1 new sale: $39.60 in commission" }]);
  });

  test("daily: sends one digest at the next 8:00 in the affiliate's time zone", async () => {
    const story = await setUp({ affiliates: 1 });
    const { cookie } = await signIn(story.a.username);
    await choose(`${cookie}; lc_zone=Asia/Kathmandu`, { sales: "daily", payouts: "yes" });
    await sell(story, story.a);
    await sell(story, story.a);
    const box = openMailbox();
    // Kathmandu is always 5:45 ahead of UTC, so 8:00 is 02:15 UTC.
    const today = Math.floor(Date.now() / DAY) * DAY + 2 * HOUR + 15 * MINUTE;
    const morning = today > Date.now() ? today : today + DAY;
    for (let at = Date.now(); at < morning; at += HOUR) expect(await mail(box, at)).toEqual([]);
    expect(await mail(box, morning - 1)).toEqual([]);
    expect(await mail(box, morning)).toMatchObject([{ subject: "2 new sales: $79.20 in commission" }]);
    expect(await mail(box, morning + DAY)).toEqual([]);
  });

  test("daily, then each: sends pending sales at once", async () => {
    const story = await setUp({ affiliates: 1 });
    const { cookie } = await signIn(story.a.username);
    await choose(cookie, { sales: "daily", payouts: "yes" });
    await sell(story, story.a);
    const box = openMailbox();
    expect(await mail(box, Date.now())).toEqual([]);
    await choose(cookie, { sales: "each", payouts: "yes" });
    expect(await mail(box, Date.now() + 2 * MINUTE)).toHaveLength(1);
  });
});

describe("the unsubscribe link", () => {
  async function getEmail() {
    const story = await setUp();
    for (const affiliate of [story.a, story.b]) await sell(story, affiliate);
    const emails = await mail(openMailbox(), Date.now() + 2 * MINUTE);
    const email = emails.find(({ to }) => to === `${story.a.username}@example.com`);
    return { ...story, email, link: unsubscribeLinkOf(email), open: (await signIn(story.a.username)).open };
  }

  test("changes nothing when opened, and unsubscribes with one click without a session or an origin", async () => {
    const { a, b, email, link, open, ...story } = await getEmail();
    expect(email?.headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
    expect(email?.text.split(/\s/)).toContain(link);
    expect(link).toMatch(/^https:\/\/go\.example\.com\/app\/unsubscribe\?token=[\w-]{50}$/);
    for (const method of ["GET", "HEAD", "GET"]) expect((await send(link, { method })).status).toBe(200);
    expect(chosenIn((await open("/app/account")).html)).toEqual(["each", "yes"]);
    const pressed = await pressOneClick(link);
    expect([pressed.status, pressed.headers.get("set-cookie")]).toEqual([200, null]);
    expect(chosenIn((await open("/app/account")).html)).toEqual(["never", "no"]);
    expect((await pressOneClick(link)).status).toBe(200);
    const others = await signIn(b.username);
    expect(chosenIn((await others.open("/app/account")).html)).toEqual(["each", "yes"]);
    await sell({ endpoint: story.endpoint }, a);
    expect(await mail(openMailbox(), Date.now() + 2 * HOUR)).toEqual([]);
  });

  test("has a page with a button that does the same", async () => {
    const { link, open } = await getEmail();
    const html = await (await send(link)).text();
    const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1] ?? "";
    expect(new URL(action, ORIGIN).href).toBe(link);
    const headers = { Origin: ORIGIN, "Content-Type": "application/x-www-form-urlencoded" };
    const pressed = await send(action, { method: "POST", headers, body: "" });
    expect(await pressed.text()).toContain("You’re unsubscribed");
    expect(chosenIn((await open("/app/account")).html)).toEqual(["never", "no"]);
  });

  test("is rejected if its token is forged, of another kind or missing", async () => {
    const { a, link, open } = await getEmail();
    const token = new URL(link).searchParams.get("token") ?? "";
    const { cookie } = await signIn(a.username);
    const session = cookie.split("=")[1] ?? "";
    const swapped = `${token.slice(0, -2)}${token.endsWith("AA") ? "BB" : "AA"}`;
    for (const forged of [swapped, token.slice(1), "", session, "<script>", "A".repeat(50)]) {
      const asked = `/app/unsubscribe?${new URLSearchParams({ token: forged })}`;
      expect((await send(asked)).status).toBe(403);
      expect((await pressOneClick(asked)).status).toBe(403);
    }
    expect((await pressOneClick("/app/unsubscribe")).status).toBe(403);
    expect(chosenIn((await open("/app/account")).html)).toEqual(["each", "yes"]);
  });

  test("works for an erased affiliate and stores nothing", async () => {
    const { a, link } = await getEmail();
    await admin("POST", `/v1/affiliates/${a.username}/erase`);
    expect((await pressOneClick(link)).status).toBe(200);
    expect(await notedOf(a.username, 0)).toEqual([]);
    const kept = `SELECT count(*) AS n FROM notified_affiliates JOIN affiliates ON id = affiliate_id WHERE username = ?`;
    expect(await env.DB.prepare(kept).bind(a.username).first("n")).toBe(0);
  });
});
