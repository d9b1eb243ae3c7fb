/** Sales that the merchant enters by hand: they are facts like a checkout's, counted once. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { bodyOf, signIn } from "../portal/session.ts";
import { auditOf, credit, earned, enterSale, entriesOf, refused } from "../support/decide.ts";
import { breakObject } from "../support/deliveries.ts";
import { checkLedgers, EMAIL, erase, expectNoTrace, ID, rebuild } from "../support/erasure.ts";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString();

/** A sale to `cus_1` entered by hand for B, who has no click. */
async function entered(changes: Record<string, unknown> = {}, program: Record<string, unknown> = {}) {
  const story = await setUp({ program });
  const body = {
    ...{ program: story.program, affiliate: story.b.username, customer: "cus_1", payment: "pay_1" },
    ...{ occurred_at: daysAgo(10), product: "starter", ...changes },
  };
  const { status, json } = await enterSale(body, "sale-1");
  expect(status, JSON.stringify(json)).toBe(201);
  const settled = (a: number, b: number) =>
    eventually(async () =>
      expect([await earned(story.program, story.a.username), await earned(story.program, story.b.username)]).toEqual([
        a,
        b,
      ]),
    );
  await settled(0, 3_960);
  return { ...story, body, json, settled };
}

describe("a sale entered by hand", () => {
  test("is credited to the named affiliate, says so with the reason, and is in the audit log once", async () => {
    const { program, a, b, endpoint, body, json } = await entered();
    expect(json).toMatchObject({
      ...{ program, type: "sale", attributed_to: b.username, reason: "manual_sale", payment: "pay_1" },
      ...{ amount: 9_900, currency: "USD", product: "starter", occurred_at: body.occurred_at },
    });
    const { explanation } = await conversionThat(json.id, { attributed_to: b.username });
    expect(explanation.text).toMatch(
      /^The merchant entered this sale by hand on .+ and named the affiliate: Paid by invoice$/,
    );
    expect(explanation.entered).toMatchObject({ affiliate: b.username, reason: "Paid by invoice" });
    expect(await entriesOf(program, b.username)).toMatchObject([{ kind: "commission", amount: 3_960, reason: null }]);
    await eventually(async () => {
      const after = { affiliate: b.username, reason: "Paid by invoice", amount: 9_900, currency: "USD" };
      expect(await auditOf("conversion.created", json.id)).toMatchObject([{ actor: "first", before: null, after }]);
    });
    const page = bodyOf((await (await signIn(b.username)).open(`/app/conversions/${json.id}`)).html);
    expect(page).toContain("Entered by hand by the merchant");
    expect(page).toContain("Paid by invoice");
    // A click doesn't change it, and a later payment is bound to the affiliate.
    const click = await signTokenAt(a.slug, Date.now() - 2 * DAY);
    const later = await postEvent(endpoint, sale({ customer: { id: "cus_1" }, click, occurred_at: daysAgo(1) }));
    expect(later.json).toMatchObject({ attributed_to: b.username, reason: "bound" });
  });

  test("is entered once for its key, however often it is sent", async () => {
    const { program, b, body, json, settled } = await entered();
    const copies = await Promise.all(Array.from({ length: 10 }, () => enterSale(body, "sale-1")));
    expect(new Set(copies.map(({ status, json: { id } }) => `${status} ${id}`))).toEqual(new Set([`200 ${json.id}`]));
    const other = { ...body, amount: 1_000 };
    expect(await refused(enterSale(other, "sale-1"))).toEqual([409, "idempotency_key_reused", "Idempotency-Key"]);
    expect(await refused(enterSale(body, "sale-2"))).toEqual([409, "payment_exists", "payment"]);
    await settled(0, 3_960);
    expect(await entriesOf(program, b.username)).toHaveLength(1);
    const at_once = await Promise.all(
      Array.from({ length: 10 }, (_, n) => enterSale({ ...body, payment: "pay_2" }, `other-${n}`)),
    );
    expect(at_once.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)]);
    await settled(0, 7_920);
  });

  test("is the same sale when its checkout sends it later, and another one where it did before", async () => {
    const { program, a, b, endpoint, body, json, settled } = await entered();
    const click = await signTokenAt(a.slug, Date.now() - 12 * DAY);
    const sent = sale({ customer: { id: "cus_1" }, payment: "pay_1", click, occurred_at: daysAgo(11) });
    const same = await postEvent(endpoint, sent);
    expect(same).toMatchObject({ status: 200, json: { conversion: json.id, attributed_to: b.username } });
    expect(await postEvent(endpoint, { ...sent, amount: 5_000 })).toMatchObject({ status: 409 });
    await settled(0, 3_960);
    const { json: list } = await admin("GET", `/v1/conversions?program=${program}`);
    expect(list.data).toHaveLength(1);
    const first = await postEvent(endpoint, sale({ customer: { id: "cus_2" }, payment: "pay_2", click }));
    await conversionThat(first.json.conversion, { attributed_to: a.username });
    const again = await enterSale({ ...body, customer: "cus_2", payment: "pay_2" });
    expect([again.status, again.json.code]).toEqual([409, "payment_exists"]);
    expect(again.json.detail).toContain(first.json.conversion);
    // By another customer's id, too: a payment has one customer.
    expect(await refused(enterSale({ ...body, customer: "cus_3", payment: "pay_2" }))).toEqual([
      ...[409, "payment_exists", "payment"],
    ]);
    await settled(3_960, 3_960);
  });

  test("is refunded by a checkout's refund, also one that came first", async () => {
    const { program, b, endpoint, body, settled } = await entered();
    const refund = { type: "refund", customer: { id: "cus_1" }, occurred_at: daysAgo(1), currency: "USD" };
    await postEvent(endpoint, { ...refund, payment: "pay_1", refund: "re_1", amount: 4_950 });
    await settled(0, 1_980);
    const waiting = await postEvent(endpoint, { ...refund, payment: "pay_2", refund: "re_2", amount: 9_900 });
    await conversionThat(waiting.json.conversion, { status: "waiting" });
    const { json } = await enterSale({ ...body, payment: "pay_2" });
    expect(json).toMatchObject({ id: waiting.json.conversion, status: "refunded", attributed_to: b.username });
    await settled(0, 1_980);
    await eventually(async () => expect(await entriesOf(program, b.username)).toHaveLength(4));
  });

  test("starts a subscription whose renewals follow, and can be credited to another affiliate afterwards", async () => {
    const subscription = { id: "sub_1", interval: "month" };
    const { a, b, endpoint, json, settled } = await entered({ subscription }, { terms: { binds_to: "subscription" } });
    expect(json).toMatchObject({ subscription: "sub_1", interval: "month", payment_number: 1 });
    // The checkout's own customer id isn't the one that was entered: the subscription unites them.
    const renew = (payment: string, ago: number) =>
      postEvent(
        endpoint,
        sale({ customer: { email: "jane@example.com" }, subscription, payment, occurred_at: daysAgo(ago) }),
      );
    expect((await renew("pay_2", 2)).json).toMatchObject({ attributed_to: b.username, reason: "bound" });
    await settled(0, 7_920);
    await credit(json.id, { affiliate: a.username });
    await settled(3_960, 3_960);
    expect((await renew("pay_3", 1)).json).toMatchObject({ attributed_to: b.username });
    const { explanation } = await conversionThat(json.id, { attributed_to: a.username, reason: "manual_credit" });
    expect(explanation).toMatchObject({ decision: { affiliate: a.username }, entered: { affiliate: b.username } });
  });

  test("is entered after its object failed, and relayed by the sweep's mark", async () => {
    const { program, a } = await setUp();
    const body = { program, affiliate: a.username, customer: "cus_relayed", payment: "pay_1" };
    const mend = await breakObject(program, "cus_relayed");
    expect((await enterSale(body, "one")).status).toBeGreaterThanOrEqual(500);
    await mend();
    expect((await enterSale(body, "one")).status).toBe(201);
    await eventually(async () => expect(await earned(program, a.username)).toBe(3_960));
    await eventually(async () => {
      const { results } = await env.DB.prepare("SELECT key FROM unrelayed_customers").all();
      expect(results).not.toContainEqual({ key: expect.stringMatching(/:cus_relayed$/) });
    });
  });
});

describe("a sale isn't entered", () => {
  test("with invalid fields, in the future, or for an affiliate that can't earn from it", async () => {
    const { program, a, b } = await setUp();
    const body = { program, affiliate: a.username, customer: "cus_1", email: "jane@example.com", payment: "pay_1" };
    const cases: [Record<string, unknown>, unknown[]][] = [
      [{ program: "nowhere" }, [422, "program_not_found", "program"]],
      [{ affiliate: "nobody" }, [422, "affiliate_not_found", "affiliate"]],
      [{ amount: 0 }, [422, "invalid_amount", "amount"]],
      [{ amount: 1_000_000_000_001 }, [422, "invalid_amount", "amount"]],
      [{ currency: "dollars" }, [422, "invalid_currency", "currency"]],
      [{ occurred_at: daysAgo(-1) }, [422, "invalid_occurred_at", "occurred_at"]],
      [{ payment: "null" }, [422, "invalid_payment", "payment"]],
      [{ customer: undefined }, [422, "invalid_customer", "customer"]],
      [{ namespace: "nobody" }, [422, "invalid_namespace", "namespace"]],
      [{ reason: "" }, [422, "invalid_reason", "reason"]],
      [{ refund: "re_1" }, [422, "unknown_field", "refund"]],
      [{ email: `${a.username}@example.com` }, [409, "own_purchase", "affiliate"]],
    ];
    for (const [changes, expected] of cases)
      expect(await refused(enterSale({ ...body, ...changes }))).toEqual(expected);
    await admin("PATCH", `/v1/programs/${program}/enrollments/${a.username}`, { status: "suspended" });
    expect(await refused(enterSale(body))).toEqual([422, "affiliate_not_approved", "affiliate"]);
    const call = admin("POST", "/v1/conversions", body);
    expect(await refused(call)).toEqual([400, "idempotency_key_missing", "Idempotency-Key"]);
    // What was refused left nothing: the address is still nobody's.
    const { results } = await env.DB.prepare(
      "SELECT name FROM known_names WHERE program_id = (SELECT max(id) FROM programs)",
    ).all();
    expect(results).toEqual([]);
    expect((await enterSale({ ...body, affiliate: b.username, occurred_at: daysAgo(3) })).status).toBe(201);
  });

  test("for an unknown customer of a checkout with its own ids, without their namespace", async () => {
    const { program, a } = await setUp();
    const key = { source: "stripe", secret: "whsec_0123456789abcdef0123456789abcdef" };
    expect((await admin("POST", `/v1/programs/${program}/endpoints`, key)).status).toBe(201);
    const body = { program, affiliate: a.username, customer: "cus_1", payment: "pi_1" };
    expect(await refused(enterSale(body))).toEqual([422, "namespace_missing", "namespace"]);
    expect((await enterSale({ ...body, namespace: "stripe" })).status).toBe(201);
    // Now it is known, and its namespace is found.
    const { json } = await enterSale({ ...body, payment: "pi_2" });
    const keys = await env.DB.prepare("SELECT customer_key AS key FROM known_names WHERE name LIKE '%pi_2'").all();
    expect(keys.results).toEqual([{ key: expect.stringMatching(/:id:stripe:cus_1$/) }]);
    expect(json.attributed_to).toBe(a.username);
  });
});

test("an erased customer's sales and decisions stay, without identity and notes", async () => {
  const note = `Jane Doe of ${ID} called`;
  const { program, a, b, endpoint, body, json } = await entered({ customer: ID, email: EMAIL });
  await credit(json.id, { affiliate: a.username, internal_note: note });
  await conversionThat(json.id, { attributed_to: a.username, decisions: [{ internal_note: note }] });
  expect((await erase({ program, customer: ID })).status).toBe(200);
  await conversionThat(json.id, {
    ...{ attributed_to: a.username, explanation: { entered: { affiliate: b.username } } },
    decisions: [{ affiliate: a.username, reason: "She ran the webinar", internal_note: null }],
  });
  await expectNoTrace(program);
  await checkLedgers(program, [a.username, b.username]);
  await rebuild(program);
  await conversionThat(json.id, { attributed_to: a.username, reason: "manual_credit" });
  // The same call is still the same sale, and so is its checkout's event.
  expect((await enterSale(body, "sale-1")).json.id).toBe(json.id);
  const sent = await postEvent(endpoint, sale({ customer: { id: ID }, payment: "pay_1", occurred_at: daysAgo(9) }));
  expect(sent.json).toMatchObject({ conversion: json.id, attributed_to: a.username });
  await eventually(async () => expect(await earned(program, a.username)).toBe(3_960));
  expect(await earned(program, b.username)).toBe(0);
});
