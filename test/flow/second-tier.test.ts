/** Second-tier commission for sponsors. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

const ledger = async (program: string, username: string) =>
  (await admin("GET", `/v1/programs/${program}/affiliates/${username}/entries`)).json.data;

/** A program with a second tier, whose affiliate was brought in by somebody who is (or is not) enrolled. */
async function storyWithSponsor(
  options: { payments?: "every" | "first"; sponsor?: string | null; terms?: Record<string, unknown> } = {},
) {
  const { payments = "every", sponsor = "approved", terms } = options;
  const story = await setUp({
    affiliates: 1,
    program: { terms: { second_tier: { rate_bps: 1_000, payments }, ...terms } },
  });
  const [boss, rookie] = [`${story.a.username}-boss`, `${story.a.username}-rookie`];
  await admin("POST", "/v1/affiliates", { username: boss, name: "Boss", email: `${boss}@example.com` });
  await admin("POST", "/v1/affiliates", {
    username: rookie,
    name: "Rookie",
    email: `${rookie}@example.com`,
    sponsor: boss,
  });
  const enrol = (affiliate: string, status: string) =>
    admin("POST", `/v1/programs/${story.program}/enrollments`, { affiliate, status });
  await enrol(rookie, "approved");
  if (sponsor !== null) await enrol(boss, sponsor);
  const slug = `rookie-${story.a.slug}`;
  const destination = "https://shop.example/";
  await admin("POST", "/v1/links", { program: story.program, affiliate: rookie, slug, destination });
  const sold = sale({ click: (await click(slug)).token, subscription: { id: "sub_1", interval: "month" } });
  return { ...story, boss, rookie, sold };
}

const refund = (of: Record<string, unknown>, amount: number) => ({
  type: "refund",
  occurred_at: new Date().toISOString(),
  customer: of.customer,
  payment: of.payment,
  refund: "re_1",
  amount,
  currency: "USD",
});

test("a sponsor earns its share of each payment, reversed with the sale, and sees which affiliate made it", async () => {
  const { program, boss, rookie, endpoint, sold } = await storyWithSponsor();
  const { json } = await postEvent(endpoint, sold);
  expect(json.attributed_to).toBe(rookie);
  await eventually(async () => expect(await ledger(program, boss)).toHaveLength(1));
  expect(await ledger(program, boss)).toMatchObject([
    { kind: "override", amount: 990, rate_bps: 1_000, base_amount: 9_900, from: rookie, conversion: json.conversion },
  ]);
  await postEvent(endpoint, { ...sold, payment: "pay_2", click: undefined });
  await eventually(async () => expect(await ledger(program, boss)).toHaveLength(2));
  await postEvent(endpoint, refund(sold, 4_950));
  await eventually(async () => expect(await ledger(program, boss)).toHaveLength(3));
  const [reversal, , override] = await ledger(program, boss);
  expect(reversal).toMatchObject({ kind: "reversal", amount: -495, corrects: override.id, from: rookie });
  // One level: the sponsor's commission is not a sale for the next sponsor.
  expect((await ledger(program, rookie)).map(({ kind }: { kind: string }) => kind)).not.toContain("override");
});

test("a sponsor earns on the first payment only where the terms say so", async () => {
  const { program, boss, rookie, endpoint, sold } = await storyWithSponsor({ payments: "first" });
  await postEvent(endpoint, sold);
  const later = new Date(Date.now() + 1_000).toISOString();
  await postEvent(endpoint, { ...sold, payment: "pay_2", click: undefined, occurred_at: later });
  await eventually(async () => expect(await ledger(program, rookie)).toHaveLength(2));
  await eventually(async () => expect(await ledger(program, boss)).toHaveLength(1));
});

test.each(["pending", "suspended", null])("a sponsor whose enrollment is %s earns no commission", async (sponsor) => {
  const { program, boss, rookie, endpoint, sold } = await storyWithSponsor({ sponsor });
  await postEvent(endpoint, sold);
  await eventually(async () => expect(await ledger(program, rookie)).toHaveLength(1));
  const ids = await env.DB.prepare(
    "SELECT e.program_id, a.id, a.sponsor_id FROM affiliates a JOIN enrolments e ON e.affiliate_id = a.id WHERE a.username = ?",
  )
    .bind(rookie)
    .first<{ program_id: number; id: number; sponsor_id: number }>();
  // No message to the sponsor is left, and none posted an entry.
  await eventually(async () => expect(await env.ACCOUNTS.getByName(`${ids?.program_id}:${ids?.id}`).relay()).toBe(0));
  const account = env.ACCOUNTS.getByName(`${ids?.program_id}:${ids?.sponsor_id}`);
  expect(await account.readEntries(0, 10)).toEqual([]);
  if (sponsor !== null) expect(await ledger(program, boss)).toEqual([]);
});

test("a sale sent twice to the sponsor is counted once", async () => {
  const { program, boss, rookie, endpoint, sold } = await storyWithSponsor();
  await postEvent(endpoint, sold);
  await eventually(async () => expect(await ledger(program, boss)).toHaveLength(1));
  const row = await env.DB.prepare(
    "SELECT affiliate_id, program_id FROM ledger_entries WHERE kind = 'override' AND from_affiliate_id = (SELECT id FROM affiliates WHERE username = ?)",
  )
    .bind(rookie)
    .first<{ affiliate_id: number; program_id: number }>();
  const account = env.ACCOUNTS.getByName(`${row?.program_id}:${row?.affiliate_id}`);
  const [entry] = await account.readEntries(0, 10);
  const { attributedSale } = await import("../support/given.ts");
  const again = attributedSale({
    program_id: row?.program_id ?? 0,
    affiliate_id: entry?.from_affiliate_id ?? 0,
    conversion: entry?.conversion ?? "",
    credited: false,
  });
  await account.postOverride({ sponsor_id: row?.affiliate_id ?? 0, sale: again });
  expect(await account.readEntries(0, 10)).toHaveLength(1);
});

/** A purchase with the coupon of the referred affiliate, and one of another customer after it. */
async function buyByCoupon(story: Awaited<ReturnType<typeof storyWithSponsor>>, email: string) {
  const { program, rookie, endpoint } = story;
  await admin("POST", "/v1/coupons", { program, affiliate: rookie, code: "TEN" });
  const bought = await postEvent(endpoint, sale({ customer: { email }, coupon: "TEN" }));
  await postEvent(endpoint, sale({ customer: { email: "else@example.net" }, coupon: "TEN" }));
  return bought.json;
}

test("a sponsor's own purchase by the coupon of an affiliate it referred earns neither of them anything", async () => {
  const story = await storyWithSponsor();
  const { program, boss, rookie } = story;
  const bought = await buyByCoupon(story, `${boss}+shop@example.com`);
  expect(bought).toMatchObject({ attributed_to: null, reason: "own_purchase" });
  const { explanation } = await conversionThat(bought.conversion, { attributed_to: null });
  expect(explanation.touches).toMatchObject([{ outcome: "own_purchase", own_by: "sponsor" }]);
  expect(explanation.text).toContain("the customer is the affiliate’s sponsor");
  // The other customer's purchase alone.
  await eventually(async () => expect(await ledger(program, boss)).toMatchObject([{ kind: "override", amount: 990 }]));
  expect(await ledger(program, rookie)).toMatchObject([{ kind: "commission", amount: 3_960 }]);
});

test("a sponsor is recognized by its registered identifiers too", async () => {
  const { program, boss, rookie, endpoint } = await storyWithSponsor();
  await admin("POST", `/v1/affiliates/${boss}/marks`, { kind: "payment_details", value: "fp_boss" });
  await admin("POST", "/v1/coupons", { program, affiliate: rookie, code: "TEN" });
  const { json } = await postEvent(endpoint, sale({ payer: "fp_boss", coupon: "TEN" }));
  expect(json).toMatchObject({ attributed_to: null, reason: "own_purchase" });
});

test("without a second tier a sponsor is a customer as any other", async () => {
  const story = await storyWithSponsor({ terms: { second_tier: null } });
  const bought = await buyByCoupon(story, `${story.boss}@example.com`);
  expect(bought).toMatchObject({ attributed_to: story.rookie, reason: "coupon" });
});

test.each(["boss", "rookie"] as const)(
  "where own purchases earn, that of the %s earns a commission and no override",
  async (buyer) => {
    const story = await storyWithSponsor({ terms: { self_purchase: "allow" } });
    const { program, boss, rookie } = story;
    const bought = await buyByCoupon(story, `${story[buyer]}@example.com`);
    expect(bought).toMatchObject({ attributed_to: rookie, reason: "coupon" });
    await eventually(async () => expect(await ledger(program, rookie)).toHaveLength(2));
    await eventually(async () => expect(await ledger(program, boss)).toHaveLength(1));
    expect(await ledger(program, boss)).not.toMatchObject([{ conversion: bought.conversion }]);
  },
);

test("sponsors cannot come in a circle: each is there before whom it brings in, and for good", async () => {
  const { boss, rookie } = await storyWithSponsor();
  const own = { username: `${rookie}-x`, name: "X", email: `${rookie}-x@example.com`, sponsor: `${rookie}-x` };
  expect(await admin("POST", "/v1/affiliates", own)).toMatchObject({ status: 422, json: { field: "sponsor" } });
  const circle = env.DB.prepare(
    "UPDATE affiliates SET sponsor_id = (SELECT id FROM affiliates WHERE username = ?2) WHERE username = ?1",
  );
  await expect(circle.bind(boss, rookie).run()).rejects.toThrow("a sponsor never changes");
  await expect(
    env.DB.prepare(
      "INSERT INTO affiliates (id, username, name, email, sponsor_id, created_at) VALUES (900001, 'loop', 'L', 'l@x', 900001, 0)",
    ).run(),
  ).rejects.toThrow();
});
