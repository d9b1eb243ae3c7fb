/** An affiliate's links: created, shared, clicked and counted, and never another affiliate's. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../../portal/session.ts";
import { admin, click, conversionThat, eventually, ORIGIN, postEvent, sale, send, setUp } from "../../support/story.ts";

const EVIL = `<img src=x onerror=alert(1)>'"</title><script>alert(1)</script>`;

type Browser = Awaited<ReturnType<typeof signIn>>;

/** Submits the form. `origin` is the origin of the form's page. */
async function makeLink({ cookie }: Browser, form: Record<string, string>, path = "/app/links", origin = ORIGIN) {
  const headers = { Cookie: cookie, Origin: origin, "Content-Type": "application/x-www-form-urlencoded" };
  const response = await send(path, { method: "POST", headers, body: new URLSearchParams(form).toString() });
  return { status: response.status, location: response.headers.get("location") ?? "", html: await response.text() };
}

async function idOf(slug: string): Promise<number> {
  const row = await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(slug).first<{ id: number }>();
  return row?.id ?? 0;
}

test("creates a tracking link, and shows its clicks with the verdict of each hit", async () => {
  const { a, endpoint } = await setUp();
  const browser = await signIn(a.username);
  const before = bodyOf((await browser.open("/app/links")).html);
  expect(before).toContain(`go.example.com/${a.slug}`);
  expect(before).toContain(`value="https://shop.example/pricing"`);

  const made = await makeLink(browser, { channel: "Newsletter", destination: "shop.example/plans?x=1" });
  expect(made.status).toBe(303);
  expect(made.location).toMatch(/^\/app\/links\/\d+\?made=1$/);
  const page = await browser.open(made.location);
  expect(page.status).toBe(200);
  expect(page.html).toContain("Your tracking link is ready");
  expect(page.html).toContain("Nobody opened this link");
  const slug = /value="https:\/\/go\.example\.com\/([a-z0-9]{7})"/.exec(page.html)?.[1] ?? "";
  expect((await admin("GET", `/v1/links/${slug}`)).json).toMatchObject({
    affiliate: a.username,
    kind: "tracking",
    channel: "Newsletter",
    destination: "https://shop.example/plans?x=1",
  });

  const first = await click(`${slug}?sub1=spring&sub3=${encodeURIComponent(EVIL)}`, {
    headers: { Referer: "https://blog.example/post", "CF-IPCountry": "DE" },
  });
  expect(new URL(first.location ?? "").pathname).toBe("/plans");
  await click(slug, { headers: { Cookie: first.cookie?.split(";")[0] ?? "" } });
  await click(slug, { headers: { "User-Agent": `Googlebot/2.1 ${EVIL}` } });
  await click(slug, { method: "HEAD" });
  const { json } = await postEvent(endpoint, sale({ click: first.token }));
  await conversionThat(json.conversion, { attributed_to: a.username, entries: [{ amount: 3_960 }] });
  await eventually(async () => {
    const body = bodyOf((await browser.open(`/app/links/${await idOf(slug)}`)).html);
    expect(body).toContain("4 hits: 1 counted, 1 duplicate, 1 bot, 1 HEAD request");
    expect(body).toContain("the same visitor within the hour: repeats ");
    expect(body).toContain("sub1 spring");
    expect(body).toContain("sub3 &lt;img src=x");
    expect(body).toContain("blog.example");
    expect(body).toMatch(/<dt>Clicks<\/dt><dd>1<\/dd>/);
    expect(body).toMatch(/<dt>Sales<\/dt><dd>1<\/dd>/);
    expect(body).toContain("$39.60");
    expect(body).not.toMatch(/<img|<script>alert/);
  });
  const list = bodyOf((await browser.open("/app/links")).html);
  expect(list).toContain(`href="/app/links/${await idOf(slug)}"`);
  expect(list).toContain("Newsletter");
  expect(list).toContain("$39.60");
  expect(list).toContain("4 hits");
});

test("shows form errors next to the fields and creates nothing", async () => {
  const { program, a } = await setUp({ program: { referral_parameter: "ref" } });
  const browser = await signIn(a.username);
  const good = { channel: "Video", destination: "https://shop.example/" };
  const cases: [Record<string, string>, string][] = [
    [{ ...good, channel: " " }, "Enter a channel of 1 to 200 characters"],
    [
      { ...good, destination: "https://evil.example/" },
      "Enter a page on shop.example. Links can’t lead to other sites.",
    ],
    [{ ...good, destination: "https://shop.example/?ref=me" }, "Remove the parameter “ref”."],
    [{ ...good, destination: `javascript:${EVIL}` }, "must start with https"],
    [{}, "Enter a channel of 1 to 200 characters"],
  ];
  for (const [form, said] of cases) {
    const { status, html } = await makeLink(browser, form);
    expect(status).toBe(422);
    expect(bodyOf(html)).toContain(said);
    expect(bodyOf(html)).not.toMatch(/<img|<script>alert/);
  }
  // The submitted values are kept.
  const typed = await makeLink(browser, { channel: `My ${EVIL}`, destination: "nowhere.example" });
  expect(bodyOf(typed.html)).toContain("My &lt;img");
  expect(bodyOf(typed.html)).toContain('value="nowhere.example"');
  // Another site can't create links with the affiliate's session.
  expect((await makeLink(browser, good, "/app/links", "https://evil.example")).status).toBe(403);
  expect((await makeLink(browser, good, "/app/links", "null")).status).toBe(403);
  expect((await makeLink({ ...browser, cookie: "" }, good)).status).toBe(401);
  expect((await makeLink(browser, good, "/app/links?program=another")).status).toBe(404);
  await admin("PATCH", `/v1/programs/${program}/enrollments/${a.username}`, { status: "suspended" });
  const suspended = await makeLink(browser, good);
  expect(suspended.status).toBe(422);
  expect(bodyOf(suspended.html)).toContain("You can’t create links in this program");
  const row = await env.DB.prepare(
    "SELECT count(*) AS n FROM links JOIN affiliates a ON a.id = affiliate_id WHERE username = ?",
  )
    .bind(a.username)
    .first<{ n: number }>();
  expect(row?.n).toBe(1);
});

test("adds sub-IDs to the URL, and offers its QR code as a file", async () => {
  const { a } = await setUp();
  const browser = await signIn(a.username);
  const path = `/app/links/${await idOf(a.slug)}`;
  const { html } = await browser.open(`${path}?sub1=${encodeURIComponent(EVIL)}&sub2=`);
  expect(bodyOf(html)).toContain(`value="https://go.example.com/${a.slug}?sub1=%3Cimg+src`);
  expect(bodyOf(html)).not.toMatch(/<img|<script>alert/);
  const file = await send(`${path}/qr.svg?sub1=spring`, { headers: { Cookie: browser.cookie } });
  expect(file.headers.get("content-type")).toBe("image/svg+xml");
  expect(file.headers.get("content-disposition")).toBe(`attachment; filename="${a.slug}.svg"`);
  expect(await file.text()).toMatch(/^<svg [^>]*><path fill="#fff" d="[^"]+"\/><path d="[M0-9 hv1z-]+"\/><\/svg>\n$/);
  const long = "\u{1F600}".repeat(50);
  const asked = new URLSearchParams([1, 2, 3, 4, 5].map((n) => [`sub${n}`, long]));
  expect((await browser.open(`${path}?${asked}`)).html).toContain("too long for a QR code");
  expect((await browser.open(`${path}/qr.svg?${asked}`)).status).toBe(404);
});

test("shows what browsers reported of a click's cause, which is stored and decides nothing", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const browser = await signIn(a.username);
  const opened = { "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" };
  const causes = [{ ...opened, "Sec-Fetch-User": "?1" }, opened, {}];
  for (const [n, cause] of causes.entries()) {
    const { cookie, token } = await click(a.slug, { headers: { ...cause, "CF-Connecting-IP": `203.0.113.${n}` } });
    expect([cookie, token]).toEqual([expect.any(String), expect.stringMatching(/^.{92}$/)]);
  }
  const log = await eventually(async () => {
    const { json } = await admin("GET", `/v1/links/${a.slug}/clicks`);
    expect(json.data).toHaveLength(3);
    return json.data;
  });
  const reported = { fetch_site: "cross-site", fetch_mode: "navigate" };
  expect(log.toReversed()).toMatchObject([
    { verdict: "counted", user_gesture: true, ...reported },
    { verdict: "counted", user_gesture: false, ...reported },
    { verdict: "counted", user_gesture: null, fetch_site: null, fetch_mode: null },
  ]);
  const body = bodyOf((await browser.open(`/app/links/${await idOf(a.slug)}`)).html);
  expect(body).toContain("Browsers reported no click or key press for 1 of 2 counted clicks.");
  expect(body.match(/The browser reported no click or key press/g)).toHaveLength(1);
});

test("shows the click log page by page", async () => {
  const { a } = await setUp();
  const browser = await signIn(a.username);
  const headers = { "CF-Connecting-IP": "203.0.113.7" };
  for (let n = 0; n < 27; n += 1) await click(`${a.slug}?sub1=no-${n}-`, { headers });
  const path = `/app/links/${await idOf(a.slug)}`;
  const first = await eventually(async () => {
    const body = bodyOf((await browser.open(path)).html);
    expect(body).toContain("27 hits: 1 counted, 26 duplicates");
    return body;
  });
  const more = /href="([^"]+cursor=[^"]+)"/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const second = bodyOf((await browser.open(more)).html);
  const subsOf = (html: string) => [...html.matchAll(/sub1 (no-\d+-)/g)].map(([, sub]) => sub);
  expect(subsOf(first)).toHaveLength(15);
  expect(new Set([...subsOf(first), ...subsOf(second)]).size).toBe(27);
  expect(second).toContain("Earlier hits");
  expect(second).not.toContain("cursor=");
  // Invalid cursors show the first page.
  expect(subsOf(bodyOf((await browser.open(`${path}?cursor=${encodeURIComponent("' OR 1=1")}`)).html))).toHaveLength(
    15,
  );
});

test("another affiliate's link looks like one that doesn't exist", async () => {
  const { a, b, program } = await setUp();
  const other = await setUp();
  const browser = await signIn(a.username);
  const ids = [await idOf(b.slug), await idOf(other.a.slug), 999_999_999, "0", "1e9", "-1", "x", "1%20OR%201=1"];
  const none = bodyOf((await browser.open("/app/links/999999999")).html);
  for (const id of ids) {
    for (const path of [`/app/links/${id}`, `/app/links/${id}/qr.svg`]) {
      const { status, html } = await browser.open(path);
      expect(status, path).toBe(404);
      expect(bodyOf(html)).toBe(none);
    }
  }
  const list = bodyOf((await browser.open(`/app/links?program=${program}`)).html);
  expect(list).not.toMatch(new RegExp(`${b.slug}|${b.username}`));
  expect((await browser.open(`/app/links?program=${other.program}`)).status).toBe(404);
});

test("escapes names of programs and channels", async () => {
  const { program, a } = await setUp({ program: { name: EVIL } });
  const link = { program, affiliate: a.username, slug: `evil-${program}`, kind: "tracking", channel: EVIL };
  expect((await admin("POST", "/v1/links", { ...link, destination: "https://shop.example/?q=<b>" })).status).toBe(201);
  const { open } = await signIn(a.username);
  for (const path of ["/app/links", `/app/links/${await idOf(link.slug)}`]) {
    const body = bodyOf((await open(path)).html);
    expect(body).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(body).not.toMatch(/<img|<script>alert|<b>/);
  }
});

test("changes, archives and restores a tracking link", async () => {
  const { program, a, b } = await setUp();
  const browser = await signIn(a.username);
  const { location } = await makeLink(browser, { channel: "Blog", destination: "/plans" });
  const path = location.split("?")[0] ?? "";
  const slug = /value="https:\/\/go\.example\.com\/([a-z0-9]{7})"/.exec((await browser.open(path)).html)?.[1] ?? "";
  expect(new URL((await click(slug)).location ?? "").pathname).toBe("/plans");
  const saved = await makeLink(browser, { channel: "Blog 2", destination: "/pricing" }, path);
  expect(saved.location).toBe(`${path}?saved=1`);
  expect(new URL((await click(slug)).location ?? "").pathname).toBe("/pricing");
  expect((await admin("GET", `/v1/links/${slug}`)).json).toMatchObject({ channel: "Blog 2" });
  const refused = await makeLink(browser, { channel: "", destination: "https://evil.example/" }, path);
  expect(refused.status).toBe(422);
  expect(refused.html).toContain("Enter a channel of 1 to 200 characters");
  expect(refused.html).toContain("Enter a page on shop.example");
  const { json } = await admin("GET", `/v1/audit?program=${program}`);
  expect(json.data[0]).toMatchObject({
    action: "link.updated",
    actor: { kind: "affiliate", id: a.username },
    before: { channel: "Blog", destination: "https://shop.example/plans" },
  });

  expect((await makeLink(browser, { archived: "1" }, `${path}/archive`)).location).toBe(`${path}?archived=1`);
  expect(bodyOf((await browser.open("/app/links")).html)).not.toContain(slug);
  expect(bodyOf((await browser.open("/app/links?archived=1")).html)).toContain(slug);
  expect((await click(slug)).location).toContain("/pricing");
  expect((await makeLink(browser, { archived: "" }, `${path}/archive`)).location).toBe(`${path}?restored=1`);
  expect(bodyOf((await browser.open("/app/links")).html)).toContain(slug);

  const other = await signIn(b.username);
  for (const target of [path, `${path}/archive`]) {
    expect((await makeLink(other, { channel: "Mine", destination: "/", archived: "1" }, target)).status).toBe(404);
  }
  const own = `/app/links/${await idOf(a.slug)}`;
  await admin("POST", "/v1/links", {
    program,
    affiliate: a.username,
    slug: `main-${program}`,
    destination: "https://shop.example/",
  });
  const main = `/app/links/${await idOf(`main-${program}`)}`;
  expect((await makeLink(browser, { channel: "x", destination: "/" }, main)).status).toBe(404);
  expect((await browser.open(own)).html).toContain("Daily performance");
});

test("tests a link without counting a click", async () => {
  const { a } = await setUp();
  const browser = await signIn(a.username);
  const path = `/app/links/${await idOf(a.slug)}`;
  const check = async (url: string) =>
    bodyOf((await browser.open(`${path}?${new URLSearchParams({ check: url })}`)).html);
  const good = await check(`https://go.example.com/${a.slug}?sub1=x&utm_source=y`);
  expect(good).toContain('Visitors land on <strong class="address">https://shop.example/pricing</strong>');
  expect(good).toContain("A click by a visitor would count.");
  expect(good).toContain("Recorded for your reports: sub1.");
  expect(good).toContain("Lost, since this link doesn’t pass parameters on: utm_source.");
  expect(await check("https://bit.ly/abc")).toContain("This URL doesn’t lead to this link.");
  expect(await check(`go.example.com/${a.slug}).`)).toContain("The address was changed on the way");
  await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
  expect(await check(`https://go.example.com/${a.slug}`)).toContain("the link isn’t active now");
  expect(
    await env.DB.prepare("SELECT count(*) AS n FROM clicks WHERE link_id = ?")
      .bind(await idOf(a.slug))
      .first(),
  ).toEqual({ n: 0 });
});

test("a slug can be chosen where the program allows it, and coupons are listed", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const browser = await signIn(a.username);
  const slug = `own-${program}`;
  const form = { channel: "Blog", destination: "/", slug };
  expect((await browser.open("/app/links")).html).not.toContain('name="slug"');
  expect((await admin("PATCH", `/v1/programs/${program}`, { own_slugs: true })).json).toMatchObject({
    own_slugs: true,
  });
  expect((await browser.open("/app/links")).html).toContain('name="slug"');
  expect((await makeLink(browser, form)).status).toBe(303);
  const taken = await makeLink(browser, form);
  expect(taken.status).toBe(422);
  expect(taken.html).toContain("This slug is taken.");
  const coupon = { program, code: "SAVE10", affiliate: a.username };
  expect((await admin("POST", "/v1/coupons", coupon)).status).toBe(201);
  expect(bodyOf((await browser.open("/app/links")).html)).toContain('value="SAVE10"');
});
