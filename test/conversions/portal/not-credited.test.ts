/** What an affiliate sees of a sale it wasn't credited with: its own touches, and nothing about the credited affiliate or the customer. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../../portal/session.ts";
import { signTokenAt } from "../../support/sign-token.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, send, setUp } from "../../support/story.ts";

const DAY = 86_400_000;
const EVIL = `<img src=x onerror=alert(1)>'"`;

/** Text that must not appear in anything an affiliate sees of a sale credited to `winner`. */
function secretsOf(winner: { username: string; slug: string }, ...others: string[]): RegExp {
  return new RegExp([winner.slug, `\\b${winner.username}\\b`, "Affiliate a", ...others].join("|"), "i");
}

async function dispute(conversion: string, body: Record<string, unknown>) {
  const headers = { Authorization: `Bearer ${env.ADMIN_TOKEN}`, "Idempotency-Key": crypto.randomUUID() };
  return send(`/v1/conversions/${conversion}/disputes`, { method: "POST", headers, body: JSON.stringify(body) });
}

test("an affiliate sees its own coupon and channel as text, and others see nothing", async () => {
  const { program, a, b, affiliates, endpoint } = await setUp({ affiliates: 3 });
  const link = { program, affiliate: b.username, slug: `evil-${program}`, kind: "tracking", channel: EVIL };
  expect((await admin("POST", "/v1/links", { ...link, destination: "https://shop.example/" })).status).toBe(201);
  const code = `EVIL-${program}-${EVIL}`;
  expect((await admin("POST", "/v1/coupons", { program, affiliate: b.username, code })).status).toBe(201);
  const customer = { id: "cus_secret", email: "buyer@secret.example" };
  const lead = { ...sale({ customer, coupon: code }), type: "lead", payment: null, amount: null };
  await postEvent(endpoint, { ...lead, click: (await click(link.slug)).token });
  const won = await click(a.slug);
  const product = "secret-product";
  const subscription = { id: "sub_secret", interval: "month" };
  const paid = sale({ customer, click: won.token, payment: "pay_secret", amount: 77_700, product, subscription });
  const { json } = await postEvent(endpoint, paid);
  const id: string = json.conversion;
  await conversionThat(id, { attributed_to: a.username, interval: "month", payment_number: 1, country: null });

  const loser = await signIn(b.username);
  const page = await eventually(async () => {
    const found = await loser.open(`/app/conversions/${id}`);
    expect(found.status).toBe(200);
    return bodyOf(found.html);
  });
  expect(page).toContain("link evil-");
  expect(page).toContain("coupon EVIL-");
  expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
  expect(page).toContain("Another affiliate’s click came later");
  expect(page).not.toContain("Reversed commission");
  const overview = bodyOf((await loser.open("/app")).html);
  expect(overview).toContain(`/app/conversions/${id}`);
  const api = await admin("GET", `/v1/programs/${program}/affiliates/${b.username}/touched`);
  expect(api.json.next).toBeNull();
  expect(api.json.data).toHaveLength(1);
  expect(Object.keys(api.json.data[0]).sort()).toEqual(["id", "notes", "occurred_at", "program", "touches", "type"]);
  expect(api.json.data[0].touches.map((touch: { source: string }) => touch.source).sort()).toEqual(["click", "coupon"]);
  const secrets = secretsOf(
    a,
    "cus_secret",
    "secret\\.example",
    "secret-product",
    "sub_secret",
    "pay_secret",
    "777\\.00",
    "77700",
  );
  for (const text of [page, overview, JSON.stringify(api.json)]) {
    expect(text).not.toMatch(secrets);
    expect(text.includes("<img")).toBe(text.startsWith("{"));
  }

  // For an affiliate of the same program without a touch, the conversion doesn't exist.
  const stranger = await signIn(affiliates[2]?.username ?? "");
  expect((await stranger.open(`/app/conversions/${id}`)).status).toBe(404);
  expect(bodyOf((await stranger.open("/app")).html)).not.toContain('id="not-credited"');
  const winner = bodyOf((await (await signIn(a.username)).open(`/app/conversions/${id}`)).html);
  expect(winner).toContain("1st payment, monthly");
  expect(winner).toContain("another affiliate’s coupon");
  expect(winner).not.toMatch(new RegExp(`evil-|onerror|\\b${b.username}\\b`, "i"));
});

test("both affiliates see a dispute's reason as text, and the one that lost the credit sees its ledger entries", async () => {
  const terms = { binds_to: "subscription", dispute_days: 30 };
  const { program, a, b, endpoint } = await setUp({ program: { terms } });
  const occurred_at = new Date(Date.now() - 20 * DAY).toISOString();
  const token = await signTokenAt(b.slug, Date.now() - 21 * DAY);
  const sold = sale({ click: token, occurred_at, subscription: { id: "sub_1", interval: "month" } });
  const { json } = await postEvent(endpoint, sold);
  await conversionThat(json.conversion, { attributed_to: b.username, entries: [{ kind: "commission" }] });
  const reason = `A held the demo ${EVIL}`;
  expect((await dispute(json.conversion, { affiliate: a.username, reason })).status).toBe(200);
  await conversionThat(json.conversion, { attributed_to: a.username });

  const loser = await signIn(b.username);
  await eventually(async () => {
    const page = bodyOf((await loser.open(`/app/conversions/${json.conversion}`)).html);
    expect(page).toContain("The merchant decided a dispute in favor of another affiliate: A held the demo &lt;img");
    expect(page).toContain("Reversed commission");
    expect(page).toContain("-$39.60");
    expect(page).toContain("$0.00");
    expect(page).not.toMatch(secretsOf(a, "<img"));
  });
  const winner = bodyOf((await (await signIn(a.username)).open(`/app/conversions/${json.conversion}`)).html);
  expect(winner).toContain("the merchant decided a dispute: A held the demo &lt;img");
  expect(winner).toContain("dispute decision");
  expect(winner).toContain("20 days after the sale");
  expect(winner).not.toMatch(new RegExp(`${b.slug}|\\b${b.username}\\b|<img`));
  const { json: api } = await admin("GET", `/v1/programs/${program}/affiliates/${b.username}/touched`);
  expect(api.data[0].notes).toEqual([`The merchant decided a dispute in favor of another affiliate: ${reason}`]);
});

test("a sponsor doesn't learn that its referred affiliate was credited with the sale it lost", async () => {
  const { program, a, endpoint } = await setUp({
    affiliates: 1,
    program: { terms: { second_tier: { rate_bps: 1_000, payments: "every" } } },
  });
  const rookie = { username: `${a.username}-rookie`, slug: `rookie-${program}` };
  const { username, slug } = rookie;
  const email = `${username}@example.com`;
  await admin("POST", "/v1/affiliates", { username, name: "Rookie", email, sponsor: a.username });
  await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: username });
  await admin("POST", "/v1/links", { program, affiliate: username, slug, destination: "https://shop.example/" });
  const customer = { id: "cus_1" };
  const lead = { ...sale({ customer }), type: "lead", payment: null, amount: null };
  await postEvent(endpoint, { ...lead, click: (await click(a.slug)).token });
  const { json } = await postEvent(endpoint, sale({ customer, click: (await click(slug)).token }));
  await conversionThat(json.conversion, { attributed_to: username });
  const entriesOf = async () =>
    (await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`)).json.data;
  await eventually(async () =>
    expect(await entriesOf()).toMatchObject([{ kind: "override", from: username, conversion: json.conversion }]),
  );
  const { status, html } = await (await signIn(a.username)).open(`/app/conversions/${json.conversion}`);
  expect(status).toBe(200);
  expect(bodyOf(html)).not.toMatch(/rookie|override|\$/i);
});
