import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { formatCount, formatMoney } from "../../../src/lib/format-money.ts";
import { bodyOf, readTiles, signIn } from "../../portal/session.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../../support/story.ts";

test("the figures on the page match the API", async () => {
  const { program, a, b, endpoint } = await setUp();
  const visit = await click(a.slug);
  await click(a.slug);
  await click(b.slug);
  const customer = { id: "cus_secret" };
  const payment = "pay_secret";
  const posted = await postEvent(endpoint, sale({ click: visit.token, customer, payment, amount: 123_456 }));
  const lead = await postEvent(endpoint, { ...sale({ click: visit.token, customer }), type: "lead", payment: null });
  await postEvent(endpoint, { ...sale({ customer, payment, amount: 23_456 }), type: "refund", refund: "re_1" });
  await conversionThat(posted.json.conversion, { status: "refunded" });
  await conversionThat(lead.json.conversion, { type: "lead" });
  const { open } = await signIn(a.username);
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
    const { html } = await open("/app");
    const { earned, reserve, due, paid, currency } = json.balances;
    expect(json).toMatchObject({ clicks: 2, conversions: 1, balances: { reserve: 40_000 } });
    expect(readTiles(html)).toEqual({
      Clicks: formatCount(json.clicks),
      "Unique visitors": "2",
      Sales: formatCount(json.conversions),
      Leads: "1",
      "Conversion rate": "50%",
      "Earnings per click": "$200.00",
      Commissions: formatMoney(earned, currency),
      Earned: formatMoney(earned, currency),
      "In reserve": formatMoney(reserve, currency),
      Due: formatMoney(due, currency),
      Paid: formatMoney(paid, currency),
    });
    expect(html).toContain("$1,234.56");
    expect(html).toContain("Partially refunded");
    expect(html).toContain("Last click before the sale");
    expect(html).toContain(`go.example.com/${a.slug}`);
    expect(html).toContain("2 clicks, 1 sale");
    const shown = bodyOf(html).replaceAll(/cv_[0-9a-f]+/g, "");
    expect(shown).not.toMatch(new RegExp(`${b.slug}|${b.username}|cus_secret|pay_secret`));
  });
});

test("a conversion's page explains the credit and hides other affiliates", async () => {
  const { program, a, b, endpoint } = await setUp();
  const customer = { id: "cus_hidden" };
  const other = await click(b.slug);
  await postEvent(endpoint, { ...sale({ click: other.token, customer }), type: "lead", payment: null, amount: null });
  const own = await click(a.slug);
  const posted = await postEvent(endpoint, sale({ click: own.token, customer, payment: "pay_hidden" }));
  const id = posted.json.conversion;
  await conversionThat(id, { attributed_to: a.username, entries: [{ kind: "commission" }] });
  const winner = await signIn(a.username);
  const { status, html } = await winner.open(`/app/conversions/${id}`);
  expect(status).toBe(200);
  expect(html).toContain("Sale of $99.00");
  expect(html).toContain("40% of $99.00 by rule 1 of terms version 1: 40% of each payment.");
  expect(html).toContain("$39.60");
  expect(html).toContain("Credited");
  expect(html).toContain("another affiliate’s link");
  expect(html).toContain("Not credited: a later click was credited");
  expect(html).not.toMatch(new RegExp(`${b.slug}|\\b${b.username}\\b|cus_hidden|pay_hidden`));
  const loser = await signIn(b.username);
  const lost = await loser.open(`/app/conversions/${id}`);
  expect(lost.status).toBe(200);
  expect(lost.html).toContain("Why you weren’t credited");
  expect(lost.html).toContain("Another affiliate’s click came later");
  expect(lost.html).toContain(b.slug);
  const overview = (await loser.open("/app")).html;
  expect(overview).toContain(`/app/conversions/${id}`);
  const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${b.username}/touched`);
  expect(json.data).toMatchObject([{ id, type: "sale", touches: [{ link: b.slug, outcome: "later_click_won" }] }]);
  for (const text of [bodyOf(lost.html), bodyOf(overview), JSON.stringify(json)]) {
    expect(text).not.toMatch(
      new RegExp(`${a.slug}|\\b${a.username}\\b|Affiliate a|cus_hidden|pay_hidden|99\\.00|9900`),
    );
  }
  const stranger = await setUp({ affiliates: 1 });
  expect((await (await signIn(stranger.a.username)).open(`/app/conversions/${id}`)).status).toBe(404);
  expect((await winner.open("/app/conversions/cv_none")).status).toBe(404);
});

test("escapes names", async () => {
  const name = "<script>alert(1)</script>";
  const { program, a } = await setUp({ program: { name: `${name}"Programme` }, affiliates: 1 });
  const body = { program, affiliate: a.username, slug: `evil-${program}`, kind: "tracking", channel: `<img src=x>'"` };
  expect((await admin("POST", "/v1/links", { ...body, destination: "https://shop.example/?q=<b>" })).status).toBe(201);
  const { open } = await signIn(a.username);
  const { html } = await open("/app");
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;Programme");
  expect(html).toContain("&lt;img src=x&gt;");
  expect(bodyOf(html)).not.toMatch(/<script|<img|<b>/);
});

test("shows one of the affiliate's own programs, and the default for unknown periods", async () => {
  const first = await setUp();
  const second = await setUp({ program: { currency: "JPY" } });
  const { a } = first;
  await admin("POST", `/v1/programs/${second.program}/enrollments`, { affiliate: a.username, status: "pending" });
  const { open } = await signIn(a.username);
  const overview = await open("/app");
  expect(overview.html).toContain(`<h1>Program ${first.program.slice(4)}</h1>`);
  expect(overview.html).toContain("Last 30 days");
  const other = await open(`/app?program=${second.program}&period=7d`);
  expect(other.html).toContain("Last 7 days");
  expect(other.html).toContain("waiting for the merchant’s approval");
  expect(other.html).toContain("No links yet");
  expect(readTiles(other.html)).toMatchObject({ "In reserve": "¥0" });
  expect((await open("/app/")).status).toBe(308);
  expect((await open("/app?period=11")).html).toContain("Last 30 days");
  const foreign = await setUp();
  expect((await open(`/app?program=${foreign.program}`)).status).toBe(404);
});

test("shows an affiliate without a program what to do next", async () => {
  await admin("POST", "/v1/affiliates", { username: "lonely", name: "Lonely", email: "lonely@example.com" });
  const { open } = await signIn("lonely");
  expect((await open("/app")).html).toContain("You aren’t in a program yet");
});

test("shows balances in other currencies next to the program's", async () => {
  const { a, endpoint } = await setUp();
  const visit = await click(a.slug);
  const posted = await postEvent(endpoint, sale({ click: visit.token, amount: 5_000, currency: "KWD" }));
  await conversionThat(posted.json.conversion, { entries: [{ amount: 2_000, currency: "KWD" }] });
  const { open } = await signIn(a.username);
  const { html } = await open("/app");
  const balance = html.slice(html.indexOf("Commission balance"), html.indexOf("Next payout"));
  expect(balance.replaceAll("\u00a0", " ")).toMatch(/>\$0\.00<\/span><span class="line">KWD 2\.000</);
});

test("shows what was earned in each currency, and in the chart", async () => {
  const { a, endpoint } = await setUp();
  const visit = await click(a.slug);
  for (const [payment, currency] of [
    ["pay_usd", "USD"],
    ["pay_eur", "EUR"],
  ] as const) {
    const posted = await postEvent(endpoint, sale({ click: visit.token, payment, amount: 10_000, currency }));
    await conversionThat(posted.json.conversion, { entries: [{ amount: 4_000, currency }] });
  }
  const { open } = await signIn(a.username);
  const { html } = await open("/app");
  expect(html).toContain('<span class="line">$40.00</span><span class="line">€40.00</span>');
  expect(html).toContain("Earned in EUR");
  expect(html).toMatch(/1 click, 2 sales, \$40\.00, €40\.00/);
  expect(html).toContain("The lighter bars are the day that isn’t over yet.");
});

test("begins with the affiliate's link and what it earns", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const { open } = await signIn(a.username);
  const { html } = await open("/app");
  const main = html.slice(html.indexOf("<main"));
  expect(main.indexOf(`value="https://go.example.com/${a.slug}"`)).toBeGreaterThan(0);
  expect(main.indexOf(`value="https://go.example.com/${a.slug}"`)).toBeLessThan(main.indexOf("Commission balance"));
  expect(main).toMatch(/You earn 40% of each payment\. A click counts for \d+ days\./);
  expect(main).toContain("mailto:?subject=");
  expect(main).toContain("No payout is expected yet");
  const disabled = await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
  expect(disabled.status).toBe(200);
  expect((await open("/app")).html).toContain("Create your first link");
  await admin("PATCH", `/v1/programs/${program}/enrollments/${a.username}`, { status: "suspended" });
  expect((await open("/app")).html).not.toContain("Your link</h2>");
});

test("doesn't read the click log", async () => {
  const { a } = await setUp();
  await env.DB.prepare("ALTER TABLE clicks RENAME TO clicks_away").run();
  try {
    const { open } = await signIn(a.username);
    expect((await open("/app")).status).toBe(200);
  } finally {
    await env.DB.prepare("ALTER TABLE clicks_away RENAME TO clicks").run();
  }
});
