/** What strangers, apps and browsers do to links, by HTTP through the real Worker. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { admin, BROWSER, click, eventually, send, setUp } from "../support/story.ts";
import { landing, lastLogged, linkWith, verdicts } from "./link-with.ts";

describe("a link that an app has changed", () => {
  test("still leads to its destination, and is the same link in the log", async () => {
    const { slug } = await linkWith({ forward_query: true });
    const encoded = slug.replaceAll("-", "%2D").replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`);
    const paths = [
      encoded,
      `${slug}%20`,
      `${slug}.`,
      `${slug},`,
      `${slug})`,
      `${slug}!`,
      `${slug};`,
      `${slug}%E2%80%8B`,
    ];
    for (const path of paths) {
      const { status, location } = await click(path);
      expect([path, status, landing(location)]).toEqual([path, 302, "https://shop.example/pricing"]);
    }
    const joined = await click(`${slug}&utm_source=chat&sub1=a?b=1`);
    expect(landing(joined.location)).toBe("https://shop.example/pricing?utm_source=chat&b=1");
    await eventually(async () => expect(await lastLogged(slug)).toMatchObject({ sub1: "a" }));
    const log = (await admin("GET", `/v1/links/${slug}/clicks`)).json.data;
    expect(log).toHaveLength(paths.length + 1);
  });

  test("is refused with words if nothing of it is a link", async () => {
    for (const path of ["%ff", "a%20b", "%61pp", "app.", "robots.txt."]) expect((await click(path)).status).toBe(404);
  });

  test("new slugs don't end in what apps leave out", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    for (const slug of ["ends-", "ends_"]) {
      const link = { program, affiliate: a.username, slug, destination: "https://shop.example/" };
      const { status, json } = await admin("POST", "/v1/links", link);
      expect([status, json.code]).toEqual([422, "invalid_slug"]);
    }
    // Imported links may.
    await env.DB.prepare("UPDATE links SET slug = ? WHERE slug = ?").bind("imported-_", a.slug).run();
    expect((await click("imported-_")).status).toBe(302);
  });
});

describe("parameters", () => {
  test("sub-ids are passed on whole, and the log says what it has cut", async () => {
    const { slug } = await linkWith({ destination: "https://shop.example/?fb={sub1}&x={sub2}&u={sub3}" });
    const [fbclid, long, wide] = [`IwAR${"x".repeat(196)}`, "y".repeat(1_000), "é".repeat(200)];
    const query = new URLSearchParams({ sub1: fbclid, sub2: long, sub3: wide });
    const landed = new URL((await click(`${slug}?${query}`)).location ?? "").searchParams;
    expect([landed.get("fb"), landed.get("x"), landed.get("u")]).toEqual([fbclid, long, wide]);
    const cut = { sub1: fbclid, sub2: `${"y".repeat(252)}…`, sub3: `${"é".repeat(126)}…` };
    await eventually(async () => expect(await lastLogged(slug)).toMatchObject(cut));
    const { by } = (await admin("GET", `/v1/links/${slug}/counts`)).json;
    for (const [name, value] of Object.entries(cut)) expect(by[name].values).toEqual([{ value, clicks: 1 }]);
  });

  test("can't have the referral parameter itself, in any field", async () => {
    const { program, a, slug } = await linkWith({ channel: "x" }, { referral_parameter: "via" });
    const destination = "https://shop.example/?a=1&v%69a=someone";
    const made = await admin("POST", "/v1/links", { program, affiliate: a.username, destination });
    expect([made.status, made.json.code, made.json.detail]).toEqual([
      422,
      "invalid_destination",
      "destination: referral parameter not allowed.",
    ]);
    for (const change of [{ destination }, { targets: [{ split: [{ destination }] }] }]) {
      expect((await admin("PATCH", `/v1/links/${slug}`, change)).status).toBe(422);
    }
    expect((await admin("PATCH", `/v1/programs/${program}`, { referral_parameter: "sub1" })).status).toBe(422);
  });

  test("gets the visitor's query without what it already has", async () => {
    const { slug } = await linkWith({ forward_query: true, destination: "https://shop.example/x?utm_source=own#top" });
    const { location } = await click(`${slug}?utm_source=theirs&utm%5Fsource=again&utm_medium=chat`);
    expect(landing(location)).toBe("https://shop.example/x?utm_source=own&utm_medium=chat#top");
  });

  test("and cookies of ours can't be a program's", async () => {
    const program = { name: "New", currency: "USD", destination_hosts: ["shop.example"] };
    for (const slug of ["consent", "self", "session", "seen", "zone", "click"]) {
      const { status, json } = await admin("POST", "/v1/programs", { ...program, slug });
      expect([slug, status, json.code]).toEqual([slug, 422, "invalid_slug"]);
    }
    for (const referral_parameter of ["lc_click", "lc_consent", "to", "sub1", "S5", "subId", "aff_sub2"]) {
      const { status, json } = await admin("POST", "/v1/programs", { ...program, slug: "new-one", referral_parameter });
      expect([referral_parameter, status, json.code]).toEqual([referral_parameter, 422, "invalid_referral_parameter"]);
    }
  });
});

describe("dead ends", () => {
  test("error pages name the shop and lead to its home page", async () => {
    const home_url = "https://www.shop.example/?a=1&b=2";
    const { program, slug } = await linkWith({ channel: "x" }, { name: `Tom & "Co" <b>`, home_url });
    const link = '<a href="https://www.shop.example/?a=1&#38;b=2">Go to Tom &#38; &#34;Co&#34; &#60;b&#62;</a>';
    await admin("PATCH", `/v1/links/${slug}`, { disabled: true });
    const gone = await click(slug);
    expect([gone.status, await gone.response.text()]).toEqual([410, expect.stringContaining(link)]);
    const later = { disabled: false, starts_at: new Date(Date.now() + 3_600_000).toISOString() };
    await admin("PATCH", `/v1/links/${slug}`, later);
    const soon = await click(slug);
    expect([soon.status, await soon.response.text()]).toEqual([404, expect.stringContaining(link)]);
    const { status, json } = await admin("PATCH", `/v1/programs/${program}`, { home_url: "" });
    expect([status, json.home_url]).toEqual([200, null]);
    await admin("PATCH", `/v1/links/${slug}`, later);
    const html = await (await click(slug)).response.text();
    expect(html).toContain("It belongs to Tom &#38; &#34;Co&#34; &#60;b&#62;.");
    expect(html).not.toContain("<a ");
    const refused = await admin("PATCH", `/v1/programs/${program}`, { home_url: "javascript:alert(1)" });
    expect([refused.status, refused.json.code]).toEqual([422, "invalid_home_url"]);
  });

  test("an unknown link names the shop on the program's own host, and nothing on a shared one", async () => {
    const redirect_host = "go.lead-on.example";
    await setUp({ affiliates: 1, program: { redirect_host, home_url: "https://www.shop.example/" } });
    for (const path of ["/nowhere", "/no/where", "/%ff"]) {
      const own = await send(`https://${redirect_host}${path}`, { headers: { "User-Agent": BROWSER } });
      expect([path, own.status]).toEqual([path, 404]);
      expect(await own.text()).toContain('<a href="https://www.shop.example/">Go to Program ');
      const shared = await send(path, { headers: { "User-Agent": BROWSER } });
      expect(shared.status).toBe(404);
      expect(await shared.text()).not.toContain("<a ");
    }
  });

  test("an empty fallback URL clears it", async () => {
    const { program, slug } = await linkWith({ channel: "x" }, { fallback_url: "https://elsewhere.example/over" });
    const { status, json } = await admin("PATCH", `/v1/programs/${program}`, { fallback_url: "" });
    expect([status, json.fallback_url]).toEqual([200, null]);
    await admin("PATCH", `/v1/links/${slug}`, { disabled: true });
    expect((await click(slug)).status).toBe(410);
    // An earlier release stored the empty text.
    await env.DB.prepare("UPDATE programs SET fallback_url = '' WHERE slug = ?").bind(program).run();
    await admin("PATCH", `/v1/links/${slug}`, { disabled: true });
    expect((await click(slug)).status).toBe(410);
  });
});

test("of several cookies of a program, the newest valid one counts, wherever it is in the header", async () => {
  const { program, slug } = await linkWith({ channel: "x" });
  const earlier = (await click(slug)).token;
  await new Promise((resolve) => setTimeout(resolve, 5));
  const { token } = await click(slug);
  await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 2 }));
  const [, other] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
  const foreign = (await click(other.a.slug)).token;
  const invalid = ["", "forged", foreign, `${token.slice(0, -2)}AA`, earlier];
  for (const [place, value] of invalid.entries()) {
    for (const values of [
      [token, value],
      [value, token],
    ]) {
      const Cookie = values.map((text) => `lc_${program}=${text}`).join("; ");
      expect((await click(slug, { headers: { Cookie } })).status, `${place}`).toBe(302);
    }
  }
  await eventually(async () => expect(await verdicts(slug)).toEqual({ counted: 2, duplicate: 2 * invalid.length }));
  const log = (await admin("GET", `/v1/links/${slug}/clicks`)).json.data;
  const repeated = new Set(log.flatMap(({ reason }: { reason: string | null }) => reason ?? []));
  expect(repeated.size).toBe(1);
});
