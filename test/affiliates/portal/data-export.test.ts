/** The data export of an affiliate: complete, and without other people's data. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { approveRun, command, setUpPayDay, statementsThat } from "../../flow/pay-day.ts";
import { signIn } from "../../portal/session.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, send, setUp } from "../../support/story.ts";

async function download(cookie: string) {
  const response = await send("/app/account/data.json", { headers: { Cookie: cookie } });
  const text = await response.text();
  return { response, text, data: response.status === 200 ? JSON.parse(text) : null };
}

test("contains the profile, and per program the same links, clicks, conversions and ledger as the API", async () => {
  const { program, a, b, endpoint } = await setUp();
  await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "a.payee@secret.example" });
  await admin("PUT", `/v1/affiliates/${a.username}/tax-form`, { form: "w9", received_at: "2026-01-03T00:00:00Z" });
  for (const [affiliate, code] of [
    [a.username, "MINE10"],
    [b.username, "RIVALS10"],
  ]) {
    expect((await admin("POST", "/v1/coupons", { program, affiliate, code })).status).toBe(201);
  }
  const customer = { id: "cus_secret", email: "buyer@secret.example" };
  const rival = await click(b.slug, { headers: { "CF-Connecting-IP": "192.0.2.77" } });
  const lead = { ...sale({ customer, click: rival.token }), type: "lead", payment: null, amount: null };
  await postEvent(endpoint, lead);
  const own = await click(a.slug, { headers: { "CF-Connecting-IP": "192.0.2.78" } });
  const paid = sale({ customer, click: own.token, payment: "pay_secret", product: "pro", country: "DE" });
  const { json: won } = await postEvent(endpoint, paid);
  const lostTo = await postEvent(endpoint, sale({ click: (await click(b.slug)).token, product: "rivals-product" }));
  await conversionThat(won.conversion, { attributed_to: a.username });
  await conversionThat(lostTo.json.conversion, { attributed_to: b.username });
  const ledger = `/v1/programs/${program}/affiliates/${a.username}/entries`;
  await eventually(async () => expect((await admin("GET", ledger)).json.data).toHaveLength(1));
  await eventually(async () =>
    expect((await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`)).json.clicks).toBe(1),
  );

  const { cookie } = await signIn(a.username);
  const { response, text, data } = await download(cookie);
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${a.username}-data.json"`);
  expect(response.headers.get("cache-control")).toBe("private, no-store");
  expect(data).toMatchObject({
    format: "lastclick-data-1",
    profile: { username: a.username, name: "Affiliate a", email: `${a.username}@example.com` },
    payment: { details: { method: "paypal", email: "a•••@secret.example" } },
    payment_changes: [{ method: "paypal", changed_by: "merchant" }],
    tax_form: { form: "w9", received_at: "2026-01-03T00:00:00.000Z" },
    own_purchase_marks: [{ kind: "payment_details" }],
    notifications: { sales: "each", payouts: true, zone: null },
  });
  expect(data.sessions).toHaveLength(1);
  expect(data.programs).toHaveLength(1);
  const [own_program] = data.programs;
  const entries = (await admin("GET", ledger)).json.data;
  expect(own_program).toMatchObject({
    program,
    currency: "USD",
    status: "approved",
    statuses: [{ status: "approved" }],
    coupons: [{ code: "MINE10" }],
    links: [{ slug: a.slug, kind: "affiliate", destination: "https://shop.example/pricing" }],
    clicks_by_day: [{ link: a.slug, verdict: "counted", clicks: 1, visitors: 1 }],
    conversions: [{ id: won.conversion, type: "sale", amount: 9_900, currency: "USD", product: "pro", link: a.slug }],
    ledger: [{ id: entries[0].id, amount: entries[0].amount, hash: entries[0].hash, conversion: won.conversion }],
    statements: [],
  });
  expect(own_program.conversions[0].touches.map((touch: { name: string }) => touch.name).sort()).toEqual([
    "another affiliate’s link",
    `link ${a.slug}`,
  ]);
  // No data of other affiliates or customers, and no secrets.
  const secrets = [
    b.slug,
    "RIVALS10",
    "Affiliate b",
    "cus_",
    "buyer",
    "pay_",
    "rivals-product",
    lostTo.json.conversion,
  ];
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(text).not.toMatch(/a\.payee|192\.0\.2|customer_key|token/);
  expect(text).not.toMatch(new RegExp(`\\b${b.username}\\b`));
});

test("contains the same statements as the API, and every page of a long list once", async () => {
  const { a, b, runs, program } = await setUpPayDay(2);
  await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "a.payee@example.org" });
  const run = `${runs}/${await approveRun(runs)}`;
  await command(`${run}/pay`);
  await statementsThat(run, { [a.username]: { status: "paid" } });
  const link = await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(a.slug).first<number>("id");
  // More than two pages of click counts, in one statement.
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2499)
     INSERT INTO click_days (link_id, day, verdict, clicks, visitors) SELECT ?, 10000 + i / 2, i % 2, i, 0 FROM n`,
  )
    .bind(link)
    .run();
  const { data, text } = await download((await signIn(a.username)).cookie);
  const shown = (await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/statements`)).json.data;
  expect(shown).toHaveLength(1);
  const [own_program] = data.programs;
  expect(own_program.statements).toEqual(shown);
  const clicks = own_program.clicks_by_day
    .filter(({ day }: { day: string }) => day < "2001")
    .map((row: { clicks: number }) => row.clicks);
  expect(clicks).toEqual(Array.from({ length: 2_500 }, (_, n) => n));
  expect(text).not.toContain(`"${b.username}"`);
});

test("is complete for an affiliate without a program, and needs a session", async () => {
  const username = "lonely-data";
  const created = await admin("POST", "/v1/affiliates", { username, name: 'Q"uote', email: "lonely@example.com" });
  expect(created.status).toBe(201);
  const { data } = await download((await signIn(username)).cookie);
  expect(data).toMatchObject({ profile: { name: 'Q"uote' }, payment: { details: null }, tax_form: null, programs: [] });
  for (const cookie of ["", "__Host-lc_session=forged"]) {
    const { response, text } = await download(cookie);
    expect([response.status, text.includes("lastclick-data")]).toEqual([401, false]);
  }
});
