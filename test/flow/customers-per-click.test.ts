/** How many customers one click is credited for. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

const creditsOf = (answers: readonly { json: Record<string, unknown> }[]) =>
  answers.map(({ json }) => `${json.attributed_to ?? "nobody"} ${json.reason}`);

const terms = (customers_per_click: number | null) => ({ program: { terms: { customers_per_click } } });

test("one click is credited for ten customers, whatever the events; the others are recorded and explained", async () => {
  const { a, endpoint, program } = await setUp({ affiliates: 1 });
  const { token } = await click(a.slug);
  const answers = [];
  for (let n = 0; n < 6; n += 1) answers.push(await postEvent(endpoint, sale({ click: token })));
  for (let n = 0; n < 6; n += 1) {
    const customer = { email: `customer-${n}@example.com` };
    answers.push(await postEvent(endpoint, { ...sale({ customer, click: token }), type: "lead", payment: undefined }));
  }
  expect(creditsOf(answers)).toEqual([
    ...Array.from({ length: 10 }, () => `${a.username} last_click`),
    ...Array.from({ length: 2 }, () => "nobody too_many_customers"),
  ]);
  const last = answers.at(-1)?.json;
  expect(last).toMatchObject({ status: "recorded" });
  const { entries } = await conversionThat(last.conversion, {
    explanation: {
      text: "More customers came with this click than one click can be credited for (10).",
      rule: { customers_per_click: 10 },
      touches: [{ affiliate: a.username, outcome: "too_many_customers" }],
    },
  });
  expect(entries).toEqual([]);
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
    expect(json.balances.reserve).toBe(6 * 3_960);
  });
});

test("a customer keeps the number of its first event, through renewals, retries and rebuilds", async () => {
  const { a, endpoint, program } = await setUp({ affiliates: 1, ...terms(1) });
  const { token } = await click(a.slug);
  const [first, second] = [sale({ click: token }), sale({ click: token })];
  const post = (event: Record<string, unknown>, id: string) => postEvent(endpoint, event, { id });
  const renewal = { ...first, payment: "renewal", occurred_at: new Date().toISOString() };
  const answers = [await post(first, "1"), await post(second, "2"), await post(first, "1"), await post(renewal, "3")];
  expect(creditsOf(answers)).toEqual([
    `${a.username} last_click`,
    "nobody too_many_customers",
    `${a.username} last_click`,
    `${a.username} bound`,
  ]);
  // What others do with the click later, and a lost count, change nothing that is recorded.
  await env.DB.prepare("DELETE FROM click_customers").run();
  const { json } = await admin("POST", `/v1/programs/${program}/rebuilds`, {});
  expect(json).toMatchObject({ customers: 2 });
  await conversionThat(answers[1]?.json.conversion, { attributed_to: null, reason: "too_many_customers" });
  await conversionThat(answers[0]?.json.conversion, { attributed_to: a.username });
});

test("a lead with an address and a sale with an id are one customer of the click", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1, ...terms(1) });
  const { token } = await click(a.slug);
  const email = "one@example.com";
  const lead = { type: "lead", occurred_at: new Date().toISOString(), customer: { email }, click: token };
  await postEvent(endpoint, lead);
  const { json } = await postEvent(endpoint, sale({ customer: { id: "cus_1", email }, click: token }));
  expect(json).toMatchObject({ attributed_to: a.username, reason: "last_click" });
});

test("customers that arrive at the same time get different numbers", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1, ...terms(3) });
  const { token } = await click(a.slug);
  const answers = await Promise.all(Array.from({ length: 8 }, () => postEvent(endpoint, sale({ click: token }))));
  expect(answers.filter(({ json }) => json.attributed_to === a.username)).toHaveLength(3);
});

test("terms may set no limit, and a version stored before the field existed has none", async () => {
  const { a, endpoint, program } = await setUp({ affiliates: 1, ...terms(null) });
  const other = await setUp({ affiliates: 1, ...terms(1) });
  await env.DB.prepare(
    "UPDATE program_terms SET terms = json_remove(terms, '$.customers_per_click') WHERE program_id = (SELECT id FROM programs WHERE slug = ?)",
  )
    .bind(other.program)
    .run();
  for (const { slug, username, ep } of [
    { ...a, ep: endpoint },
    { ...other.a, ep: other.endpoint },
  ]) {
    const { token } = await click(slug);
    const answers = [];
    for (let n = 0; n < 12; n += 1) answers.push(await postEvent(ep, sale({ click: token })));
    expect(new Set(creditsOf(answers))).toEqual(new Set([`${username} last_click`]));
  }
  const { json } = await admin("GET", `/v1/programs/${program}/terms/1`);
  expect(json.terms.customers_per_click).toBeNull();
});

test("no more customers of a click are stored than any terms may allow", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1, ...terms(1_000) });
  const { token } = await click(a.slug);
  await postEvent(endpoint, sale({ click: token }));
  const [{ click_id } = { click_id: "" }] = (
    await env.DB.prepare("SELECT click_id FROM click_customers ORDER BY click_id DESC LIMIT 1").all<{
      click_id: string;
    }>()
  ).results;
  await env.DB.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
     INSERT INTO click_customers SELECT ?, 'other:' || i, i FROM n`,
  )
    .bind(click_id)
    .run();
  const { json } = await postEvent(endpoint, sale({ click: token }));
  expect(json).toMatchObject({ attributed_to: null, reason: "too_many_customers" });
  const count = await env.DB.prepare("SELECT count(*) AS n FROM click_customers WHERE click_id = ?")
    .bind(click_id)
    .first<{ n: number }>();
  expect(count?.n).toBe(1_000);
});

test("a customer known by an address first and by an id later takes one of a click's places", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1 });
  const { token } = await click(a.slug);
  const reasons: string[] = [];
  for (let n = 0; n < 11; n += 1) {
    const email = `c${n}@example.com`;
    const lead = { ...sale({ customer: { email }, click: token }), type: "lead", payment: null, amount: null };
    await postEvent(endpoint, lead);
    reasons.push((await postEvent(endpoint, sale({ customer: { id: `u${n}`, email }, click: token }))).json.reason);
  }
  expect(reasons).toEqual([...Array(10).fill("last_click"), "too_many_customers"]);
});

test("events that are refused take no place", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1, program: { terms: { customers_per_click: 2 } } });
  const { token } = await click(a.slug);
  const known = sale({ customer: { id: "first" }, click: token });
  await postEvent(endpoint, known);
  for (let n = 0; n < 3; n += 1) {
    const customer = { id: `q${n}` };
    const referral = { ...sale({ customer, click: token }), type: "referral", affiliate: "nobody-here" };
    expect((await postEvent(endpoint, referral)).json.code).toBe("affiliate_not_found");
    const reused = { ...known, customer: { id: "first" }, amount: 1 };
    expect((await postEvent(endpoint, reused)).json.code).toBe("payment_reused");
  }
  const second = await postEvent(endpoint, sale({ customer: { id: "second" }, click: token }));
  expect(second.json).toMatchObject({ attributed_to: a.username });
  // The refused events of the first customer didn't take its own place away.
  const again = await postEvent(endpoint, sale({ customer: { id: "first" }, click: token }));
  expect(again.json).toMatchObject({ attributed_to: a.username });
  const third = await postEvent(endpoint, sale({ customer: { id: "third" }, click: token }));
  expect(third.json.reason).toBe("too_many_customers");
});
