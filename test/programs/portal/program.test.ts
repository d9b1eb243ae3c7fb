/** The terms as an affiliate sees them: the version in force, its tier, and other versions that apply to it. */
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../../portal/session.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../../support/story.ts";

const DAY = 86_400_000;
const monthly = (id: string) => ({ subscription: { id, interval: "month" } });

/** The highlighted lines, without their tag. */
const minesOf = (html: string) =>
  [...bodyOf(html).matchAll(/<li class="mine"[^>]*>([^<]+)</g)].map(([, line]) => line?.trim());

const versionsOf = (html: string) => [...bodyOf(html).matchAll(/>Version (\d+)<\/a>/g)].map(([, version]) => version);

/** Tiers with low thresholds, so that a few sales change the tier. */
const tiers = {
  window_months: 12,
  counts: "at_once",
  demotion: "window",
  levels: [{ name: "base" }, { name: "more", min_customers: 2 }, { name: "most", sales_over: 100_000 }],
};
const rates = [
  { tier: ["most"], rate_bps: 3_000 },
  { tier: ["base", "more"], rate_bps: 2_000 },
];

test("explains the terms in force, with the affiliate's tier and the requirements of the next one", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1, program: { terms: { tiers, rates } } });
  const { open } = await signIn(a.username);
  const before = await open("/app/program");
  expect(before.status).toBe(200);
  expect(before.html).toContain("Version 1, in effect since the program started");
  expect(before.html).toContain(
    "Your tier: base. 0 customers and $0.00 in sales count so far. To reach more, you need 2 more customers.",
  );
  expect(minesOf(before.html)).toEqual(["Rule 2: 20% of each payment, in tier “base” or “more”.", "“base”: everyone."]);
  expect(before.html).toContain("A click counts for 30 days.");
  expect(before.html).toContain(
    "Commissions whose hold period ends in a given month are paid from the 15th to the 20th",
  );
  const { token } = await click(a.slug);
  for (const _ of ["one", "two"]) await postEvent(endpoint, sale({ click: token }));
  await eventually(async () => {
    const { html } = await open(`/app/program?program=${program}`);
    expect(minesOf(html)).toEqual([
      "Rule 2: 20% of each payment, in tier “base” or “more”.",
      "“more”: at least 2 customers.",
    ]);
    expect(html).toContain(
      "Your tier: more. 2 customers and $198.00 in sales count so far. To reach most, you need $802.01 more in sales.",
    );
  });
});

test("every page of the portal links to the program page", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const { open } = await signIn(a.username);
  for (const path of ["/app", "/app/program", "/app/nowhere"]) {
    expect((await open(path)).html).toMatch(/href="\/app\/program"[^>]*>Program<\/a>/);
  }
});

test("lists older versions that a subscription keeps, and announced ones", async () => {
  const { program, a, b, endpoint } = await setUp();
  const path = `/v1/programs/${program}/terms`;
  const { token } = await click(a.slug);
  const customer = { id: "cus_kept" };
  const first = await postEvent(endpoint, sale({ customer, click: token, ...monthly("s1") }));
  await conversionThat(first.json.conversion, { attributed_to: a.username });
  await admin("POST", path, { terms: { rates: [{ rate_bps: 1_000 }] } });
  // A sale outside a subscription keeps no version.
  const once = await postEvent(endpoint, sale({ customer, click: token }));
  await conversionThat(once.json.conversion, { entries: [{ terms_version: 2 }] });
  await admin("POST", path, { terms: { rates: [{ rate_bps: 1_500 }] } });
  const soon = new Date(Date.now() + DAY).toISOString();
  await admin("POST", path, { terms: { hold_days: 7, applies_to: "all" }, effective_from: soon });
  const { open } = await signIn(a.username);
  const now = await open("/app/program");
  expect(now.html).toContain("Version 3, in effect since <time");
  expect(now.html).toContain("Rule 1: 15% of each payment.");
  expect(versionsOf(now.html)).toEqual(["4", "1"]);
  const kept = await open(`/app/program?program=${program}&version=1`);
  expect(kept.html).toContain("Rule 1: 40% of each payment.");
  expect(kept.html).toContain("It still applies to subscriptions that your customers started under it.");
  expect(versionsOf(kept.html)).toEqual(["4"]);
  const dropped = await open(`/app/program?program=${program}&version=2`);
  expect(dropped.html).toContain("no longer applies to new subscriptions.");
  const coming = await open(`/app/program?program=${program}&version=4`);
  expect(coming.html).toContain("which takes effect on <time");
  expect(coming.html).toContain("Commissions are held in reserve for 7 days");
  // An affiliate without subscriptions keeps no version.
  expect(versionsOf((await (await signIn(b.username)).open("/app/program")).html)).toEqual(["4"]);
});

test("a version that applies to all sales replaces older ones", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const sold = await postEvent(endpoint, sale({ click: (await click(a.slug)).token, ...monthly("s1") }));
  await conversionThat(sold.json.conversion, { attributed_to: a.username });
  await admin("POST", `/v1/programs/${program}/terms`, { terms: { hold_days: 7 } });
  const { open } = await signIn(a.username);
  expect(versionsOf((await open("/app/program")).html)).toEqual(["1"]);
  await admin("POST", `/v1/programs/${program}/terms`, { terms: { applies_to: "all" } });
  expect(versionsOf((await open("/app/program")).html)).toEqual([]);
});

test("finds only versions of the affiliate's own programs", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const foreign = await setUp({ affiliates: 1 });
  const { open } = await signIn(a.username);
  for (const query of [
    `program=${foreign.program}`,
    `program=${foreign.program}&version=1`,
    "program=nowhere",
    `program=${program}&version=2`,
    `program=${program}&version=0`,
    `program=${program}&version=01`,
    `program=${program}&version=1e0`,
    `program=${program}&version=-1`,
    `program=${program}&version=`,
    `program=${program}&version=99999999999999999999`,
  ]) {
    const { status, html } = await open(`/app/program?${query}`);
    expect([query, status]).toEqual([query, 404]);
    expect(html).not.toContain("Attribution");
  }
  await admin("POST", "/v1/affiliates", { username: "unplaced", name: "Unplaced", email: "unplaced@example.com" });
  expect((await (await signIn("unplaced")).open("/app/program")).html).toContain("You aren’t in a program yet");
});

test("escapes names in terms", async () => {
  const evil = `<script>alert(1)</script>`;
  const named = [{ product: [evil], platform: ["<img src=x>"], rate_bps: 1_000 }, { rate_bps: 500 }];
  const { a } = await setUp({ affiliates: 1, program: { name: `${evil}shop`, terms: { rates: named } } });
  const { html } = await (await signIn(a.username)).open("/app/program");
  expect(html).toContain("product “&lt;script&gt;alert(1)&lt;/script&gt;”, on platform “&lt;img src=x&gt;”");
  expect(bodyOf(html)).not.toMatch(/<script|<img/);
});
