/** Reports: clicks and sales by each dimension, as a page and as a file. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../../portal/session.ts";
import { runMinute } from "../../support/run-cron.ts";
import { admin, BROWSER, conversionThat, eventually, postEvent, sale, send, setUp } from "../../support/story.ts";

const EVIL = `<img src=x onerror=alert(1)>'"<script>alert(1)</script>`;
const FORMULA = `=HYPERLINK("http://evil.example","x")`;
const PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1";

/** A click with the given headers. Returns its token. */
async function visit(path: string, from: { country?: string; referrer?: string; userAgent?: string } = {}) {
  const headers = {
    "User-Agent": from.userAgent ?? BROWSER,
    ...(from.referrer !== undefined && { Referer: from.referrer }),
  };
  const response = await send(`/${path}`, { headers, cf: { country: from.country } } as RequestInit);
  return new URL(response.headers.get("location") ?? "").searchParams.get("lc_click") ?? "";
}

/** The rows of a table as text. */
function readRows(html: string): string[][] {
  const [, body = ""] = /<tbody[^>]*>(.*?)<\/tbody>/s.exec(html) ?? [];
  return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = ""]) =>
      cell.replaceAll(/<span class="vh">.*?<\/span>|<[^>]+>/g, ""),
    ),
  );
}

/** Two links, four clicks, three sales (one partially refunded, one by coupon) and a lead. */
async function tellStory() {
  const story = await setUp();
  const { program, a, b, endpoint } = story;
  const tracking = { program, affiliate: a.username, slug: `mail-${program}`, kind: "tracking", channel: FORMULA };
  await admin("POST", "/v1/links", { ...tracking, destination: "https://shop.example/" });
  await admin("POST", "/v1/coupons", { program, affiliate: a.username, code: "SAVE" });
  const german = await visit(`${a.slug}?sub1=spring`, { country: "DE", referrer: "https://blog.example/post" });
  const phone = await visit(`${tracking.slug}?sub1=${encodeURIComponent(EVIL)}&sub2=top`, {
    country: "T1",
    userAgent: PHONE,
  });
  await visit(`${tracking.slug}?sub1=spring`, { country: "DE" });
  await visit(tracking.slug);
  await visit(b.slug, { country: "FR" });
  const sold = sale({ click: german, product: "starter", payment: `p-${program}` });
  const first = await postEvent(endpoint, sold);
  await postEvent(endpoint, sale({ click: phone, product: EVIL, amount: 10_000 }));
  const coupon = await postEvent(endpoint, sale({ coupon: "SAVE", amount: 1_000 }));
  const lead = await postEvent(endpoint, { ...sale({ click: german }), type: "lead", payment: null, amount: null });
  await postEvent(endpoint, { ...sold, click: undefined, type: "refund", refund: "re_1", amount: 4_950 });
  await conversionThat(first.json.conversion, { status: "refunded", entries: [{}, { amount: -1_980 }] });
  await conversionThat(coupon.json.conversion, { entries: [{ amount: 400 }] });
  await conversionThat(lead.json.conversion, { type: "lead" });
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
    expect(json).toMatchObject({ clicks: 4, conversions: 3 });
    // Clicks that weren't in the log when their conversion arrived have been found since.
    expect(await env.DB.prepare("SELECT count(*) AS n FROM credited_clicks WHERE sought = 1").first("n")).toBe(0);
  });
  return { ...story, tracking };
}

test("each report groups the same clicks and sales, and the rows add up to the total", async () => {
  const { program, a, tracking } = await tellStory();
  const { open, cookie } = await signIn(a.username);
  const report = async (by: string) => readRows((await open(`/app/reports?by=${by}`)).html);
  const total = ["Total", "4", "1", "3", "75%", "$63.80", "$15.95"];
  const withRate = {
    spring: ["2", "1", "1", "50%", "$19.80", "$9.90"],
    evil: ["1", "0", "1", "100%", "$40.00", "$40.00"],
  };
  expect(
    await eventually(async () => {
      const rows = await report("link");
      expect(rows.at(-1)).toEqual(total);
      return rows;
    }),
  ).toEqual([
    [tracking.slug, "3", "0", "1", "33.33%", "$40.00", "$13.33"],
    [a.slug, "1", "1", "1", "100%", "$19.80", "$19.80"],
    ["Coupon or referral, no link", "0", "0", "1", "–", "$4.00", "–"],
    total,
  ]);
  const escaped = "&lt;img src=x onerror=alert(1)&gt;&#39;&quot;&lt;script&gt;alert(1)&lt;/script&gt;";
  expect(await report("sub1")).toEqual([
    ["spring", ...withRate.spring],
    [escaped, ...withRate.evil],
    ["No sub-ID 1", "1", "0", "1", "100%", "$4.00", "$4.00"],
    total,
  ]);
  expect(await report("sub2")).toEqual([
    ["No sub-ID 2", "3", "1", "2", "66.67%", "$23.80", "$7.93"],
    ["top", ...withRate.evil],
    total,
  ]);
  expect(await report("country")).toEqual([
    ["Germany", ...withRate.spring],
    ["Unknown country", "1", "0", "1", "100%", "$4.00", "$4.00"],
    ["T1", ...withRate.evil],
    total,
  ]);
  expect((await report("referrer")).map(([name, clicks, , sales]) => [name, clicks, sales])).toEqual([
    ["Direct or unknown", "3", "2"],
    ["blog.example", "1", "1"],
    ["Total", "4", "3"],
  ]);
  expect((await report("device")).map(([name, clicks, , sales]) => [name, clicks, sales])).toEqual([
    ["Desktop", "3", "1"],
    ["Mobile", "1", "1"],
    ["Unknown device", "0", "1"],
    ["Total", "4", "3"],
  ]);
  expect((await report("product")).sort()).toEqual([
    [escaped, "0", "1", "$40.00"],
    ["Total", "1", "3", "$63.80"],
    ["Unknown product", "1", "1", "$4.00"],
    ["starter", "0", "1", "$19.80"],
  ]);
  expect((await report("no-such-report"))[0]?.[0]).toBe(tracking.slug);

  // The file has the same rows, with formulas escaped and numbers as numbers.
  const file = await send(`/app/reports.csv?by=channel&program=${program}`, { headers: { Cookie: cookie } });
  expect(file.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(file.headers.get("content-disposition")).toMatch(
    new RegExp(`^attachment; filename="${program}-by-channel-\\d{4}-\\d\\d-\\d\\d-to-\\d{4}-\\d\\d-\\d\\d\\.csv"$`),
  );
  expect(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer())).toBe(
    "\uFEFFChannel,Clicks,Leads,Trials,Sales,Earned (USD)\r\n" +
      `"'=HYPERLINK(""http://evil.example"",""x"")",3,0,0,1,40.00\r\n` +
      "No channel,1,1,0,2,23.80\r\n",
  );
  const products = await send("/app/reports.csv?by=product", { headers: { Cookie: cookie } });
  expect(await products.text()).toMatch(/^starter,,0,0,1,19\.80\r$/m);
});

test("a click's dimensions stay available for later payments after the log has deleted it", async () => {
  const { program, a, endpoint } = await setUp();
  const customer = { id: `cus-${program}` };
  const subscription = { id: `sub-${program}`, interval: "month" };
  const click = await visit(`${a.slug}?sub1=first`, { country: "AT" });
  await postEvent(endpoint, sale({ click, customer, subscription }));
  const report = async () => readRows((await (await signIn(a.username)).open("/app/reports?by=sub1")).html);
  await eventually(async () => {
    expect((await report())[0]?.slice(0, 3)).toEqual(["first", "1", "1"]);
  });
  await env.DB.prepare("DELETE FROM clicks WHERE link_id = (SELECT id FROM links WHERE slug = ?)").bind(a.slug).run();
  await postEvent(endpoint, sale({ customer, subscription }));
  await eventually(async () => expect((await report())[0]?.slice(0, 3)).toEqual(["first", "1", "2"]));
});

test("a click that never reaches the log is searched for a day", async () => {
  const { a, endpoint } = await setUp();
  const { json } = await postEvent(endpoint, sale({ click: await visit(a.slug) }));
  await conversionThat(json.conversion, { attributed_to: a.username });
  const id = "SELECT json_extract(record, '$.credit.touch.click_id') FROM conversions WHERE id = ?";
  const sought = () =>
    env.DB.prepare(`SELECT sought FROM credited_clicks WHERE id = (${id})`).bind(json.conversion).first("sought");
  await env.DB.prepare(`UPDATE credited_clicks SET sought = 1, id = 'f' || substr(id, 2) WHERE id = (${id})`)
    .bind(json.conversion)
    .run();
  const lost = () => env.DB.prepare("SELECT sought FROM credited_clicks WHERE id GLOB 'f*' AND sought = 1").all();
  expect(await sought()).toBeNull();
  await runMinute(Date.now());
  expect((await lost()).results).toHaveLength(1);
  await runMinute(Date.now() + 25 * 3_600_000);
  expect((await lost()).results).toHaveLength(0);
});

test("reports contain nothing of another affiliate or program", async () => {
  const { program, a, b } = await tellStory();
  const other = await setUp();
  const browser = await signIn(b.username);
  const kinds = ["link", "channel", "sub1", "country", "referrer", "device", "product"];
  for (const by of kinds) {
    for (const path of [`/app/reports?by=${by}`, `/app/reports.csv?by=${by}`]) {
      const { status, html } = await browser.open(path);
      expect(status).toBe(200);
      const shown = html.includes("</style>") ? bodyOf(html) : html;
      expect(shown).not.toMatch(new RegExp(`${a.slug}|\\b${a.username}\\b|spring|Germany|starter|HYPERLINK|63\\.80`));
    }
  }
  for (const path of ["/app/reports", "/app/reports.csv"]) {
    expect((await browser.open(`${path}?program=${other.program}`)).status).toBe(404);
    expect((await send(`${path}?program=${program}`)).status).toBe(401);
  }
  expect(bodyOf((await browser.open(`/app/reports?by=product&program=${program}`)).html)).toContain("No conversion");
});
