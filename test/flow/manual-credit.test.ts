/** The merchant credits another affiliate, or nobody, with a conversion: ledgers, the portal, the audit log, repeats. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { bodyOf, signIn } from "../portal/session.ts";
import { auditOf, credit, earned, entriesOf, refused } from "../support/decide.ts";
import { makePayable, payMonth, storyWithSales } from "../support/payout-story.ts";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

const DAY = 86_400_000;
const daysAgo = (days: number) => Date.now() - days * DAY;
const at = (ms: number) => new Date(ms).toISOString();

const customer = { id: "cus_1" };
const subscription = { id: "sub_1", interval: "month" };
const TERMS = { binds_to: "subscription" };

/** A subscription that A's click began 90 days ago, with renewals 60 and 30 days ago: 39.60 USD each. */
async function subscribed(terms: Record<string, unknown> = TERMS) {
  const story = await setUp({ affiliates: 3, program: { terms } });
  const c = story.affiliates[2] ?? story.b;
  const click = await signTokenAt(story.a.slug, daysAgo(91));
  const paid = (ago: number, changes: Record<string, unknown> = {}) =>
    postEvent(
      story.endpoint,
      sale({ customer, subscription, payment: `pay_${ago}`, occurred_at: at(daysAgo(ago)), ...changes }),
    );
  const ids: string[] = [];
  for (const ago of [90, 60, 30]) ids.push((await paid(ago, ago === 90 ? { click } : {})).json.conversion);
  await eventually(async () => expect(await entriesOf(story.program, story.a.username)).toHaveLength(3));
  const [first = "", second = "", third = ""] = ids;
  const sums = () => Promise.all(story.affiliates.map(({ username }) => earned(story.program, username)));
  const settled = (...expected: number[]) => eventually(async () => expect(await sums()).toEqual(expected));
  return { ...story, c, first, second, third, paid, settled };
}

describe("a decision", () => {
  test("about one conversion moves its commission, and neither earlier nor later ones", async () => {
    const { program, a, b, second, paid, settled } = await subscribed();
    const body = { affiliate: b.username, scope: "conversion", reason: "B ran the webinar" };
    expect(await credit(second, { ...body, internal_note: "Ticket 81\nDon't tell A" })).toEqual({
      status: 200,
      json: { conversion: second, ...body, internal_note: "Ticket 81\nDon't tell A", changed: 1 },
    });
    await settled(7_920, 3_960, 0);
    const explained = await conversionThat(second, { attributed_to: b.username, reason: "manual_credit" });
    expect(explained.explanation).toMatchObject({
      dispute: null,
      decision: { affiliate: b.username, scope: "conversion", conversion: second, reason: body.reason },
    });
    expect(explained.explanation.text).toMatch(/^On .+, the merchant decided who is credited: B ran the webinar$/);
    const [reversal] = await entriesOf(program, a.username);
    expect(reversal).toMatchObject({
      kind: "reversal",
      amount: -3_960,
      reason: "The merchant changed who is credited.",
    });
    const renewal = await paid(0);
    expect(renewal.json).toMatchObject({ attributed_to: a.username, reason: "bound" });
    await settled(11_880, 3_960, 0);
  });

  test("about future ones moves what comes after the conversion, and about all the earlier ones too", async () => {
    const { b, c, second, paid, settled } = await subscribed();
    expect((await credit(second, { affiliate: b.username, scope: "future" })).json.changed).toBe(1);
    await settled(7_920, 3_960, 0);
    expect((await paid(1)).json).toMatchObject({ attributed_to: b.username, reason: "manual_credit" });
    await settled(7_920, 7_920, 0);
    expect((await credit(second, { affiliate: c.username, scope: "all" })).json.changed).toBe(4);
    await settled(0, 0, 15_840);
    expect((await paid(0)).json).toMatchObject({ attributed_to: c.username });
    await settled(0, 0, 19_800);
  });

  test("can be that nobody is credited, and another one takes it back to the cent", async () => {
    const { program, a, second, first, paid, settled } = await subscribed();
    expect((await credit(second, { affiliate: null, scope: "all" })).json).toMatchObject({
      affiliate: null,
      changed: 3,
    });
    await settled(0, 0, 0);
    const { explanation } = await conversionThat(first, { attributed_to: null, reason: "manual_credit" });
    expect(explanation.text).toContain("the merchant decided that nobody is credited: She ran the webinar");
    expect((await paid(0)).json).toMatchObject({ attributed_to: null, reason: "manual_credit" });
    expect((await credit(first, { affiliate: a.username, scope: "all" })).json.changed).toBe(4);
    await settled(15_840, 0, 0);
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/ledger-check`);
    expect(json.whole).toBe(true);
  });

  test("is made once for its key, and recorded once in the audit log", async () => {
    const { a, b, second, settled } = await subscribed();
    const body = { affiliate: b.username, internal_note: "Ticket 81" };
    const copies = await Promise.all(Array.from({ length: 10 }, () => credit(second, body, "one")));
    expect(copies.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(copies.map(({ json }) => json.changed)).toEqual(Array(10).fill(1));
    await settled(7_920, 3_960, 0);
    expect(await refused(credit(second, { affiliate: a.username }, "one"))).toEqual([
      ...[409, "idempotency_key_reused", "Idempotency-Key"],
    ]);
    await eventually(async () =>
      expect(await auditOf("conversion.credited", second)).toMatchObject([
        {
          ...{ actor_kind: "key", actor: "first", subject: second, before: { affiliate: a.username } },
          after: { ...body, scope: "conversion", reason: "She ran the webinar" },
        },
      ]),
    );
  });

  test("has no time limit, moves a refunded sale by what is left of it, and a later refund follows it", async () => {
    const { b, second, paid, settled } = await subscribed({ ...TERMS, dispute_days: 1 });
    const back = { type: "refund", payment: "pay_60", occurred_at: at(daysAgo(50)) };
    await paid(60, { ...back, refund: "re_1", amount: 4_950 });
    await settled(9_900, 0, 0);
    await credit(second, { affiliate: b.username });
    await settled(7_920, 1_980, 0);
    await paid(60, { ...back, refund: "re_2", amount: 4_950 });
    await settled(7_920, 0, 0);
  });

  test("moves second-tier commission and a tier's rate with the sale", async () => {
    const terms = { ...TERMS, second_tier: { rate_bps: 1_000, payments: "every" } };
    const { program, a, b, endpoint } = await setUp({ affiliates: 2, program: { terms } });
    const [boss, rookie] = [`${a.username}-boss`, `${a.username}-rookie`];
    const account = { name: "Someone", sponsor: null };
    await admin("POST", "/v1/affiliates", { ...account, username: boss, email: `${boss}@example.com` });
    await admin("POST", "/v1/affiliates", {
      ...account,
      username: rookie,
      email: `${rookie}@example.com`,
      sponsor: boss,
    });
    for (const affiliate of [boss, rookie]) await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate });
    const click = await signTokenAt(a.slug, daysAgo(2));
    const { json } = await postEvent(endpoint, sale({ click, occurred_at: at(daysAgo(1)) }));
    await conversionThat(json.conversion, { attributed_to: a.username, entries: [{ kind: "commission" }] });
    const sums = async () => Promise.all([a.username, rookie, boss].map((name) => earned(program, name)));
    await credit(json.conversion, { affiliate: rookie });
    await eventually(async () => expect(await sums()).toEqual([0, 3_960, 990]));
    const [override] = await entriesOf(program, boss);
    expect(override).toMatchObject({ kind: "override", amount: 990, from: rookie });
    await credit(json.conversion, { affiliate: b.username });
    await eventually(async () => expect(await sums()).toEqual([0, 0, 0]));
    expect(await earned(program, b.username)).toBe(3_960);
  });

  test("claws back a commission that a statement has paid", async () => {
    const { program, a, sales, runs, statements } = await storyWithSales("kartra-classic", [
      "2026-01-10",
      "2026-01-11",
    ]);
    const [sold] = sales;
    await makePayable(a.username);
    const statementThat = (expected: Record<string, unknown>) =>
      eventually(async () => expect((await admin("GET", statements)).json.data[0]).toMatchObject(expected));
    expect((await payMonth(runs, "2026-04")).paid.USD).toMatchObject({ amount: 32_000 });
    await statementThat({ number: 1, status: "paid", payable: 32_000 });
    await eventually(async () => expect(await earned(program, a.username)).toBe(0));
    await credit(sold?.conversion ?? "", { affiliate: null });
    await eventually(async () => {
      const [reversal] = await entriesOf(program, a.username);
      expect(reversal).toMatchObject({ kind: "reversal", amount: -16_000, conversion: sold?.conversion });
    });
    // The next statement carries what the affiliate owes.
    await payMonth(runs, "2026-05");
    await statementThat({ number: 2, payable: 0, carried: -16_000 });
  });
});

describe("what affiliates see", () => {
  test("is the reason, never the internal note, also of a dispute", async () => {
    const { program, a, b, c, endpoint, first, third } = await subscribed({ ...TERMS, dispute_days: 30 });
    const note = "Do not show Jane Doe";
    await credit(third, { affiliate: b.username, reason: "B held <b>the</b> demo", internal_note: note });
    const moved = await conversionThat(third, { attributed_to: b.username });
    const other = await postEvent(endpoint, sale({ click: await signTokenAt(a.slug, daysAgo(1)) }));
    await conversionThat(other.json.conversion, { attributed_to: a.username });
    const disputed = await admin(
      ...(["POST", `/v1/conversions/${other.json.conversion}/disputes`] as const),
      { affiliate: b.username, reason: "B called first", internal_note: note },
      { "Idempotency-Key": "dispute-1" },
    );
    expect(disputed).toMatchObject({ status: 200, json: { internal_note: note, changed: 1 } });
    const ruled = await conversionThat(other.json.conversion, { attributed_to: b.username, reason: "dispute" });
    await credit(first, { affiliate: null, reason: "Nobody sold this", internal_note: note });
    await conversionThat(first, { attributed_to: null });
    expect(moved.decisions).toMatchObject([{ affiliate: b.username, scope: "conversion", internal_note: note }]);
    expect(ruled.decisions).toMatchObject([{ affiliate: b.username, scope: null, internal_note: note }]);

    const [loser, winner, stranger] = await Promise.all([a, b, c].map(({ username }) => signIn(username)));
    await eventually(async () => {
      const lost = bodyOf((await loser?.open(`/app/conversions/${third}`))?.html ?? "");
      expect(lost).toContain("The merchant credited another affiliate: B held &lt;b&gt;the&lt;/b&gt; demo");
      expect(lost).toContain("-$39.60");
      expect(lost).not.toMatch(new RegExp(`\\b${b.username}\\b`));
    });
    const removed = bodyOf((await loser?.open(`/app/conversions/${first}`))?.html ?? "");
    expect(removed).toContain("The merchant decided that nobody is credited: Nobody sold this");
    const won = bodyOf((await winner?.open(`/app/conversions/${third}`))?.html ?? "");
    expect(won).toContain("the merchant decided who is credited: B held &lt;b&gt;the&lt;/b&gt; demo");
    expect(won).toContain("Credit decided by the merchant");
    expect(won).not.toMatch(new RegExp(`\\b${a.username}\\b`));
    expect((await stranger?.open(`/app/conversions/${third}`))?.status).toBe(404);

    const pages = ["/app", "/app/conversions", "/app/conversions?show=lost", "/app/account/data.json"];
    for (const session of [loser, winner]) {
      for (const path of [...pages, ...[first, third, other.json.conversion].map((id) => `/app/conversions/${id}`)]) {
        expect((await session?.open(path))?.html, path).not.toContain(note);
      }
    }
    const lists = [`/affiliates/${a.username}/touched`, `/affiliates/${b.username}/entries`].map(
      (path) => `/v1/programs/${program}${path}`,
    );
    for (const path of lists) expect(JSON.stringify(await admin("GET", path)), path).not.toContain(note);
    for (const table of ["conversions", "ledger_entries", "touched_conversions", "notifications"]) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all();
      expect(JSON.stringify(results), table).not.toContain(note);
    }
  });
});

describe("a decision is refused without any change", () => {
  test("for an affiliate that isn't approved, a scope without anything bound, and an invalid body", async () => {
    const { program, b, second, settled } = await subscribed();
    const other = await setUp();
    const cases: [Record<string, unknown>, unknown[]][] = [
      [{ affiliate: "nobody" }, [422, "affiliate_not_found", "affiliate"]],
      [{ affiliate: other.a.username }, [422, "affiliate_not_enrolled", "affiliate"]],
      [{ affiliate: undefined }, [422, "invalid_affiliate", "affiliate"]],
      [{ affiliate: b.username, scope: "past" }, [422, "invalid_scope", "scope"]],
      [{ affiliate: b.username, reason: " " }, [422, "invalid_reason", "reason"]],
      [{ affiliate: b.username, internal_note: "x".repeat(2_001) }, [422, "invalid_internal_note", "internal_note"]],
      [{ affiliate: b.username, note: "x" }, [422, "unknown_field", "note"]],
    ];
    for (const [body, expected] of cases) expect(await refused(credit(second, body))).toEqual(expected);
    await admin("PATCH", `/v1/programs/${program}/enrollments/${b.username}`, { status: "suspended" });
    expect(await refused(credit(second, { affiliate: b.username }))).toEqual([
      ...[422, "affiliate_not_approved", "affiliate"],
    ]);
    const path = `/v1/conversions/${second}/credit`;
    const body = { affiliate: null, scope: "conversion", reason: "Why" };
    expect(await refused(admin("POST", path, body))).toEqual([400, "idempotency_key_missing", "Idempotency-Key"]);
    const nowhere = `cv_${"0".repeat(32)}`;
    expect(await refused(credit(nowhere, { affiliate: null }))).toEqual([404, "conversion_not_found", null]);
    await settled(11_880, 0, 0);
    expect(await auditOf("conversion.credited", second)).toEqual([]);
  });

  test("for later ones where each payment needs its own click", async () => {
    const { a, b, endpoint } = await setUp({ program: { terms: { binds_to: "nothing" } } });
    const { json } = await postEvent(endpoint, sale({ click: await signTokenAt(a.slug, daysAgo(1)) }));
    await conversionThat(json.conversion, { attributed_to: a.username });
    expect(await refused(credit(json.conversion, { affiliate: b.username, scope: "future" }))).toEqual([
      ...[409, "nothing_follows", "scope"],
    ]);
    expect((await credit(json.conversion, { affiliate: b.username, scope: "all" })).json.changed).toBe(1);
  });

  test("for the customer's own affiliate, where the terms pay nothing for own purchases", async () => {
    const { a, b, endpoint } = await setUp();
    const buyer = { id: "cus_own", email: `${b.username}@example.com` };
    const { json } = await postEvent(endpoint, sale({ customer: buyer, click: await signTokenAt(a.slug, daysAgo(1)) }));
    await conversionThat(json.conversion, { attributed_to: a.username });
    expect(await refused(credit(json.conversion, { affiliate: b.username }))).toEqual([
      409,
      "own_purchase",
      "affiliate",
    ]);
    await conversionThat(json.conversion, { attributed_to: a.username });
  });
});

test("an affiliate may be credited for a sale before its enrollment, but not for one after its suspension", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1, program: { terms: TERMS } });
  const late = `${a.username}-late`;
  await admin("POST", "/v1/affiliates", { username: late, name: "Late", email: `${late}@example.com` });
  await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: late, status: "pending" });
  const sold = (ago: number) =>
    postEvent(endpoint, sale({ customer, subscription, payment: `pay_${ago}`, occurred_at: at(daysAgo(ago)) }));
  const { json } = await sold(40);
  await admin("PATCH", `/v1/programs/${program}/enrollments/${late}`, { status: "approved" });
  // The API finds a conversion once its object has sent it to D1.
  await conversionThat(json.conversion, { status: "recorded" });
  expect((await credit(json.conversion, { affiliate: late, scope: "all" })).status).toBe(200);
  await eventually(async () => expect(await earned(program, late)).toBe(3_960));
  expect((await sold(10)).json.attributed_to).toBe(late);
  await admin("PATCH", `/v1/programs/${program}/enrollments/${late}`, { status: "suspended" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await sold(0)).json).toMatchObject({ attributed_to: null, reason: "affiliate_not_approved" });
  await eventually(async () => expect(await earned(program, late)).toBe(7_920));
  expect(await earned(program, a.username)).toBe(0);
});
