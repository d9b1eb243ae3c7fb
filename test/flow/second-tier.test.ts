/** Second-tier commission for sponsors. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { admin, click, eventually, postEvent, sale, setUp } from "../support/story.ts";

const ledger = async (program: string, username: string) =>
  (await admin("GET", `/v1/programs/${program}/affiliates/${username}/entries`)).json.data;

/** A program with second-tier commission and a referred affiliate whose sponsor may be enrolled. */
async function storyWithSponsor(options: { payments?: "every" | "first"; sponsor?: string | null } = {}) {
  const { payments = "every", sponsor = "approved" } = options;
  const story = await setUp({
    affiliates: 1,
    program: { terms: { second_tier: { rate_bps: 1_000, payments } } },
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

test("sponsors cannot form a cycle, because each exists before its referred affiliates and never changes", async () => {
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
