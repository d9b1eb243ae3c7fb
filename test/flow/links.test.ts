/** The settings of a link, by HTTP through the real Worker. */
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { submitSignIn } from "../portal/session.ts";
import { admin, BROWSER, click, eventually, send, setUp } from "../support/story.ts";
import { landing, lastLogged, linkWith, verdicts } from "./link-with.ts";

const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";

describe("a link's destination", () => {
  test("replaces placeholders", async () => {
    const destination = "https://shop.example/x/{affiliate}?c={click_id}&s={sub1}&n={sub2}#{channel}";
    const { a, slug } = await linkWith({ destination, channel: "news" });
    const { location } = await click(`${slug}?sub1=a%26b`);
    expect(landing(location)).toMatch(
      new RegExp(`^https://shop.example/x/${a.username}\\?c=[0-9a-f]{32}&s=a%26b&n=#news$`),
    );
  });

  test("can be a deep link, only to the program's hosts and only if allowed", async () => {
    const templated = await linkWith({ deep_links: true, destination: "https://shop.example/{affiliate}/x" });
    expect(landing((await click(`${templated.slug}?to=y`)).location)).toBe(
      `https://shop.example/${templated.a.username}/y`,
    );
    const { slug } = await linkWith({ deep_links: true });
    expect(landing((await click(`${slug}?to=/faq%3Fx=1`)).location)).toBe("https://shop.example/faq?x=1");
    expect(landing((await click(`${slug}?to=https://shop.example/a`)).location)).toBe("https://shop.example/a");
    for (const to of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      expect(landing((await click(`${slug}?to=${encodeURIComponent(to)}`)).location)).toBe(
        "https://shop.example/pricing",
      );
    }
    const plain = await linkWith({ channel: "x" });
    expect(landing((await click(`${plain.slug}?to=/faq`)).location)).toBe("https://shop.example/pricing");
    const byProgram = await linkWith({ channel: "x" }, { deep_links: true });
    expect(landing((await click(`${byProgram.slug}?to=/faq`)).location)).toBe("https://shop.example/faq");
  });

  test("has the merchant's referral parameter", async () => {
    const { a, slug } = await linkWith({ channel: "x" }, { referral_parameter: "via" });
    expect(landing((await click(slug)).location)).toBe(`https://shop.example/pricing?via=${a.username}`);
    await admin("PATCH", `/v1/links/${slug}`, { forward_query: true, deep_links: true });
    for (const query of ["via=evil", "v%69a=evil", "to=/x%3Fvia%3Devil"]) {
      const visit = await click(`${slug}?${query}`);
      expect(new URL(visit.location ?? "").searchParams.getAll("via"), query).toEqual([a.username]);
    }
  });

  test("depends on the country from the edge", async () => {
    const targets = [{ countries: ["DE"], split: [{ destination: "https://shop.example/de" }] }];
    const { slug } = await linkWith({ targets });
    const headers = { "User-Agent": BROWSER };
    const from = async (country: string) =>
      landing((await send(`/${slug}`, { headers, cf: { country } } as RequestInit)).headers.get("location"));
    expect([await from("DE"), await from("FR")]).toEqual(["https://shop.example/de", "https://shop.example/pricing"]);
  });

  test("depends on the device, or is the link's own", async () => {
    const targets = [{ devices: ["mobile"], split: [{ destination: "https://shop.example/app" }] }];
    const { slug } = await linkWith({ targets });
    expect(landing((await click(slug, { headers: { "User-Agent": PHONE } })).location)).toBe(
      "https://shop.example/app",
    );
    expect(landing((await click(slug)).location)).toBe("https://shop.example/pricing");
  });

  test("depends on the device for bots too", async () => {
    const targets = [{ devices: ["mobile"], split: [{ destination: "https://shop.example/app" }] }];
    const { slug } = await linkWith({ targets });
    const headers = { "User-Agent": `${PHONE} (compatible; Googlebot/2.1)` };
    expect(landing((await click(slug, { headers })).location)).toBe("https://shop.example/app");
    await eventually(async () => expect(await lastLogged(slug)).toMatchObject({ verdict: "bot", device: null }));
  });

  test("of a split stays the same for a browser without cookies", async () => {
    const split = ["a", "b", "c", "d"].map((path) => ({ destination: `https://shop.example/${path}` }));
    const { slug } = await linkWith({ targets: [{ split }] });
    const from = (address: string) => click(slug, { headers: { "CF-Connecting-IP": address } });
    const seen = new Set<string | undefined>();
    for (let visitor = 0; visitor < 8; visitor += 1) {
      const first = landing((await from(`203.0.113.${visitor}`)).location);
      seen.add(first);
      for (let again = 0; again < 3; again += 1) {
        expect(landing((await from(`203.0.113.${visitor}`)).location)).toBe(first);
      }
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  test("of a split stays the same for a returning visitor", async () => {
    const split = ["a", "b", "c", "d"].map((path) => ({ destination: `https://shop.example/${path}` }));
    const { slug } = await linkWith({ targets: [{ split }] });
    const seen = new Set<string | undefined>();
    for (let visitor = 0; visitor < 12; visitor += 1) {
      const first = await click(slug);
      let cookie = first.cookie?.split(";")[0] ?? "";
      seen.add(landing(first.location));
      for (let visit = 0; visit < 3; visit += 1) {
        const again = await click(slug, { headers: { Cookie: cookie } });
        expect(landing(again.location)).toBe(landing(first.location));
        cookie = again.cookie?.split(";")[0] ?? "";
      }
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  test("on another host is refused in every field", async () => {
    const { slug } = await linkWith({ channel: "x" });
    const evil = "https://evil.example/";
    const refused: [Record<string, unknown>, string][] = [
      [{ destination: evil }, "destination"],
      [{ targets: [{ split: [{ destination: evil }] }] }, "targets.0.split.0.destination"],
      [{ targets: [{ split: [] }] }, "targets.0.split"],
      [
        { targets: [{ countries: ["Germany"], split: [{ destination: "https://shop.example/" }] }] },
        "targets.0.countries.0",
      ],
      [{ starts_at: "2026-02-01T00:00:00Z", expires_at: "2026-01-01T00:00:00Z" }, "expires_at"],
      [{ expires_at: "2020-01-01T00:00:00Z", starts_at: "2021-01-01T00:00:00Z" }, "expires_at"],
      [{ click_cap: 0 }, "click_cap"],
      [{ affiliate: "somebody" }, "affiliate"],
    ];
    for (const [body, field] of refused) {
      const { status, json } = await admin("PATCH", `/v1/links/${slug}`, body);
      expect([status, json.field], JSON.stringify(json)).toEqual([422, field]);
    }
  });
});

describe("one namespace per redirect host", () => {
  test("two programs with their own hosts each have /summer; a third host has neither", async () => {
    const stories: { host: string; username: string }[] = [];
    for (const host of ["go.one.example", "go.two.example"]) {
      const { program, a } = await setUp({ affiliates: 1, program: { redirect_host: host } });
      const made = await admin("POST", "/v1/links", {
        program,
        affiliate: a.username,
        slug: "summer",
        destination: `https://shop.example/${host}`,
      });
      expect([made.status, made.json.url]).toEqual([201, `https://${host}/summer`]);
      stories.push({ host, username: a.username });
    }
    for (const { host, username } of stories) {
      const response = await send(`https://${host}/summer`, { headers: { "User-Agent": BROWSER } });
      expect(landing(response.headers.get("location"))).toBe(`https://shop.example/${host}`);
      expect((await admin("GET", `/v1/links/summer?host=${host}`)).json.affiliate).toBe(username);
    }
    expect((await click("summer")).status).toBe(404);
    expect((await admin("GET", "/v1/links/summer")).json.code).toBe("slug_ambiguous");
  });
});

describe("a link that is disabled, expired, capped or not started", () => {
  test("not started: 404 until it starts", async () => {
    const { slug } = await linkWith({ starts_at: new Date(Date.now() + 60_000).toISOString() });
    expect((await click(slug)).status).toBe(404);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    expect((await click(slug)).status).toBe(302);
    vi.useRealTimers();
    await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 1, disabled: 1 }));
    expect(await admin("GET", `/v1/links/${slug}/clicks`)).toMatchObject({
      json: { data: [{ verdict: "counted" }, { verdict: "disabled", reason: expect.stringContaining("starts at") }] },
    });
  });

  test("each of them redirects to the program's fallback URL, if it has one", async () => {
    const fallback_url = "https://elsewhere.example/over";
    const full = await linkWith({ click_cap: 1 }, { fallback_url });
    await click(full.slug);
    await eventually(async () => expect(await verdicts(full.slug)).toEqual({ counted: 1 }));
    const soon = await linkWith({ starts_at: new Date(Date.now() + 3_600_000).toISOString() }, { fallback_url });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30_000 });
    for (const { slug } of [full, soon]) {
      const { status, location, cookie } = await click(slug);
      expect([status, location, cookie]).toEqual([302, fallback_url, null]);
    }
    vi.useRealTimers();
  });

  test("capped: 410 once its cap is known to be reached, with that reason", async () => {
    const { slug } = await linkWith({ click_cap: 2 });
    for (let n = 0; n < 2; n += 1) expect((await click(slug)).status).toBe(302);
    await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 2 }));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30_000 });
    expect((await click(slug)).status).toBe(410);
    vi.useRealTimers();
    await eventually(async () =>
      expect(await lastLogged(slug)).toMatchObject({ verdict: "capped", reason: "its click cap is reached" }),
    );
  });
});

describe("cookies, and what is stored about a visitor", () => {
  const GPC = { headers: { "Sec-GPC": "1" } };

  test("cookieless: the token is in the landing URL only", async () => {
    const { slug } = await linkWith({ channel: "x" }, { cookie_mode: "cookieless" });
    const { cookie, token } = await click(slug);
    expect([cookie, token.length > 0]).toEqual([null, true]);
  });

  test("consent: by the link's parameter or the consent cookie", async () => {
    const { slug } = await linkWith({ channel: "x" }, { cookie_mode: "consent" });
    expect((await click(slug)).cookie).toBeNull();
    expect((await click(`${slug}?lc_consent=1`)).cookie).not.toBeNull();
    expect((await click(slug, { headers: { Cookie: "lc_consent=granted" } })).cookie).not.toBeNull();
  });

  test("Global Privacy Control: neither cookie nor hash, except in a reward program", async () => {
    const { slug } = await linkWith({ channel: "x" });
    for (let n = 0; n < 2; n += 1) {
      const { cookie } = await click(slug, { headers: { ...GPC.headers, "CF-Connecting-IP": "203.0.113.7" } });
      expect(cookie).toBeNull();
    }
    await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 2 }));
    const reward = await linkWith({ channel: "x" }, { kind: "reward" });
    expect((await click(reward.slug, GPC)).cookie).not.toBeNull();
    expect(await (await send("/.well-known/gpc.json")).json()).toMatchObject({ gpc: true });
  });

  test("a cookie of another program, or a modified one, is neither a touch nor an error", async () => {
    const { program, slug } = await linkWith({ channel: "x" });
    const other = await setUp({ affiliates: 1 });
    const foreign = (await click(other.a.slug)).token;
    for (const value of [foreign, `${foreign.slice(0, -1)}!`, "", "x".repeat(5_000)]) {
      expect((await click(slug, { headers: { Cookie: `lc_${program}=${value}` } })).status).toBe(302);
    }
    await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 4 }));
  });
});

describe("repeat visitors", () => {
  const from = (address: string, userAgent = BROWSER) => ({
    headers: { "CF-Connecting-IP": address, "User-Agent": userAgent },
  });

  test("without a cookie: the same IP address and browser within an hour is a duplicate", async () => {
    const { slug } = await linkWith({ channel: "x" });
    await click(slug, from("203.0.113.1"));
    await click(slug, from("203.0.113.1"));
    await click(slug, from("203.0.113.1", PHONE));
    await click(slug, from("203.0.113.2"));
    await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 3, duplicate: 1 }));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
    await click(slug, from("203.0.113.1"));
    vi.useRealTimers();
    await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 4, duplicate: 1 }));
  });

  test("a HEAD request from the same IP address does not make the click a duplicate", async () => {
    const { slug } = await linkWith({ channel: "x" });
    await click(slug, { ...from("203.0.113.3"), method: "HEAD" });
    await click(slug, from("203.0.113.3"));
    await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 1, head: 1 }));
  });

  test("with a cookie: link A, link B, link A again within an hour counts each once", async () => {
    const { program, a, b } = await setUp();
    const cookieOf = (visit: { cookie: string | null }) => ({ headers: { Cookie: visit.cookie?.split(";")[0] ?? "" } });
    const first = await click(a.slug);
    const second = await click(b.slug, cookieOf(first));
    await click(a.slug, cookieOf(second));
    await eventually(async () => expect(await verdicts(a.slug), program).toEqual({ counted: 1, duplicate: 1 }));
    await eventually(async () => expect(await verdicts(b.slug)).toEqual({ counted: 1 }));
  });

  test("two visitors with the same IP address count separately once they have cookies", async () => {
    const { a, b } = await setUp();
    const cookies: string[] = [];
    for (let person = 0; person < 2; person += 1) {
      cookies.push((await click(a.slug, from("203.0.113.9"))).cookie?.split(";")[0] ?? "");
    }
    for (const [n, Cookie] of cookies.entries()) {
      await click(b.slug, { headers: { Cookie, "CF-Connecting-IP": `203.0.113.${50 + n}` } });
    }
    await eventually(async () => expect(await verdicts(b.slug)).toEqual({ counted: 2 }));
  });

  test("with Global Privacy Control nothing is stored, even for a browser that still has a cookie", async () => {
    const { program, slug } = await linkWith({ channel: "x" });
    const first = await click(slug);
    await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 1 }));
    const Cookie = first.cookie?.split(";")[0] ?? "";
    const again = await click(slug, { headers: { Cookie, "Sec-GPC": "1", "CF-Connecting-IP": "203.0.113.8" } });
    expect(again.cookie, program).toBeNull();
    await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 1, duplicate: 1 }));
    expect(await lastLogged(slug)).toMatchObject({ verdict: "duplicate", reason: null, user_agent: null });
    const kept = env.DB.prepare("SELECT hex(visitor) AS visitor FROM clicks WHERE hex(id) = upper(?)");
    expect(await kept.bind((await lastLogged(slug)).id).first()).toEqual({ visitor: "" });
  });

  test("on a program's own host the affiliate's browser is recognized after a sign-in on that host", async () => {
    const redirect_host = "go.self.example";
    const { program, a } = await setUp({ affiliates: 1, program: { redirect_host } });
    const { json } = await admin("POST", `/v1/affiliates/${a.username}/sign-in-link?program=${program}`);
    expect(new URL(json.url).host).toBe(redirect_host);
    const signedIn = await submitSignIn(json.url);
    const mark = signedIn.headers.getSetCookie().find((cookie) => cookie.startsWith("__Host-lc_self="));
    const headers = { "User-Agent": BROWSER, Cookie: mark?.split(";")[0] ?? "" };
    expect((await send(`https://${redirect_host}/${a.slug}`, { headers })).headers.get("set-cookie")).toBeNull();
    await eventually(async () => expect(await verdicts(a.slug)).toEqual({ self: 1 }));
  });

  test("the affiliate's own signed-in browser is detected, and gets neither cookie nor token", async () => {
    const { a, b } = await setUp();
    const link = (await admin("POST", `/v1/affiliates/${a.username}/sign-in-link`)).json.url;
    const signedIn = await submitSignIn(link, { "User-Agent": BROWSER });
    const mark = signedIn.headers.getSetCookie().find((cookie) => cookie.startsWith("__Host-lc_self="));
    const headers = { Cookie: mark?.split(";")[0] ?? "" };
    const own = await click(a.slug, { headers });
    expect([own.status, own.cookie, own.token]).toEqual([302, null, ""]);
    expect((await click(b.slug, { headers })).cookie).not.toBeNull();
    await eventually(async () => expect(await verdicts(a.slug)).toEqual({ self: 1 }));
    await eventually(async () => expect(await verdicts(b.slug)).toEqual({ counted: 1 }));
  });

  test("an image, frame or script that requests the link gets no cookie", async () => {
    const { slug } = await linkWith({ channel: "x" });
    for (const destination of ["image", "iframe", "script"]) {
      const stuffed = await click(slug, { headers: { "Sec-Fetch-Dest": destination } });
      expect([stuffed.status, stuffed.cookie, stuffed.token]).toEqual([302, null, ""]);
    }
    await eventually(async () => expect(await verdicts(slug)).toEqual({ embedded: 3 }));
    expect(await lastLogged(slug)).toMatchObject({ verdict: "embedded", reason: "asked for as script" });
  });
});
