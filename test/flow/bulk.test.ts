/** Calls with up to 100 rows: each row has its own result, and a repeated call doubles nothing. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { earned, entriesOf, post, refused } from "../support/decide.ts";
import { breakObject } from "../support/deliveries.ts";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

const DAY = 86_400_000;

/** Three sales that A's click brought, to three customers. */
async function sold() {
  const story = await setUp({ affiliates: 2 });
  const click = await signTokenAt(story.a.slug, Date.now() - DAY);
  const ids: string[] = [];
  for (const n of [1, 2, 3]) {
    const { json } = await postEvent(story.endpoint, sale({ customer: { id: `cus_${n}` }, click }));
    await conversionThat(json.conversion, { attributed_to: story.a.username });
    ids.push(json.conversion);
  }
  return { ...story, ids };
}

const countAudit = async (action: string, program: string) =>
  env.DB.prepare(
    "SELECT count(*) AS n FROM audit_entries WHERE action = ? AND program_id = (SELECT id FROM programs WHERE slug = ?)",
  )
    .bind(action, program)
    .first("n");

describe("credits", () => {
  const path = "/v1/conversions/credits/bulk";

  test("are decided row by row, and a row that is wrong doesn't stop the others", async () => {
    const { program, a, b, ids } = await sold();
    const [first = "", second = "", third = ""] = ids;
    const row = { scope: "conversion", reason: "B ran the webinar" };
    const rows = [
      { ...row, conversion: first, affiliate: b.username, internal_note: "Ticket 81" },
      { ...row, conversion: second, affiliate: "nobody" },
      { ...row, conversion: `cv_${"0".repeat(32)}`, affiliate: null },
      { ...row, conversion: second, affiliate: null, scope: "past" },
      { ...row, conversion: third, affiliate: null },
      // A later row about the same conversion replaces the earlier one.
      { ...row, conversion: third, affiliate: b.username },
    ];
    const { status, json } = await post(path, { rows }, "bulk-1");
    expect(status, JSON.stringify(json)).toBe(200);
    expect(json.data).toMatchObject([
      { index: 0, status: 200, record: { conversion: first, affiliate: b.username, changed: 1 }, problem: null },
      { index: 1, status: 422, record: null, problem: { code: "affiliate_not_found", field: "affiliate" } },
      { index: 2, status: 404, record: null, problem: { code: "conversion_not_found" } },
      { index: 3, status: 422, record: null, problem: { code: "invalid_scope", errors: [{ field: "scope" }] } },
      { index: 4, status: 200, record: { affiliate: null, changed: 1 } },
      { index: 5, status: 200, record: { affiliate: b.username, changed: 1 } },
    ]);
    await eventually(async () => {
      expect([await earned(program, a.username), await earned(program, b.username)]).toEqual([3_960, 7_920]);
    });
    await conversionThat(third, {
      attributed_to: b.username,
      decisions: [{ affiliate: null }, { affiliate: b.username }],
    });
    expect((await post(path, { rows }, "bulk-1")).json).toEqual(json);
    expect(await refused(post(path, { rows: rows.slice(1) }, "bulk-1"))).toEqual([
      ...[409, "idempotency_key_reused", "Idempotency-Key"],
    ]);
    expect(await countAudit("conversion.credited", program)).toBe(3);
  });

  test("that were interrupted are completed by the same call, each once", async () => {
    const { program, a, b, ids } = await sold();
    const rows = ids.map((conversion) => ({ conversion, affiliate: b.username, scope: "all", reason: "A mistake" }));
    const mend = await breakObject(program, "cus_2");
    const broken = await post(path, { rows }, "bulk-2");
    expect(broken.json.data.map(({ status }: { status: number }) => status)).toEqual([200, 503, 200]);
    expect(broken.json.data[1].problem).toMatchObject({ code: "row_not_done" });
    await mend();
    const again = await post(path, { rows }, "bulk-2");
    expect(again.json.data).toMatchObject(Array(3).fill({ status: 200, record: { changed: 1 } }));
    expect((await post(path, { rows }, "bulk-2")).json).toEqual(again.json);
    await eventually(async () => {
      expect([await earned(program, a.username), await earned(program, b.username)]).toEqual([0, 11_880]);
    });
    expect(await entriesOf(program, b.username)).toHaveLength(3);
    await eventually(async () => expect(await countAudit("conversion.credited", program)).toBe(3));
  });

  test("need a key and 1 to 100 rows", async () => {
    expect(await refused(admin("POST", path, { rows: [] }))).toEqual([
      400,
      "idempotency_key_missing",
      "Idempotency-Key",
    ]);
    for (const rows of [[], Array(101).fill({}), "all"]) {
      expect(await refused(post(path, { rows }))).toEqual([422, "invalid_rows", "rows"]);
    }
  });
});

test("adjustments are posted row by row, each once", async () => {
  const { program, a, b } = await setUp({ affiliates: 2 });
  const other = await setUp({ affiliates: 1 });
  const path = `/v1/programs/${program}/adjustments/bulk`;
  const row = { amount: 500, currency: "USD", reason: "A bonus for May" };
  const rows = [
    { ...row, affiliate: a.username },
    { ...row, affiliate: a.username },
    { ...row, affiliate: b.username, amount: 0 },
    { ...row, affiliate: b.username, amount: -250 },
    { ...row, affiliate: other.a.username },
  ];
  const results = await Promise.all([1, 2, 3].map(() => post(path, { rows }, "adjustments-1")));
  for (const { json } of results) {
    expect(json.data).toMatchObject([
      { index: 0, status: 201, record: { kind: "adjustment", amount: 500, number: 1 } },
      { index: 1, status: 201, record: { amount: 500, number: 2 } },
      { index: 2, status: 422, problem: { code: "invalid_amount", field: "amount" } },
      { index: 3, status: 201, record: { amount: -250, number: 1 } },
      { index: 4, status: 422, problem: { code: "affiliate_not_enrolled", field: "affiliate" } },
    ]);
  }
  await eventually(async () => {
    expect([await earned(program, a.username), await earned(program, b.username)]).toEqual([1_000, -250]);
  });
  await eventually(async () => expect(await countAudit("adjustment.created", program)).toBe(3));
});

test("enrollments are created or changed in one transaction, with an entry of the audit log for each", async () => {
  const { program, a, b } = await setUp({ affiliates: 2 });
  await admin("POST", `/v1/programs/${program}/groups`, { slug: "vip", name: "VIP" });
  const [fresh, second] = [`${a.username}-fresh`, `${a.username}-second`];
  for (const username of [fresh, second]) {
    await admin("POST", "/v1/affiliates", { username, name: "New", email: `${username}@example.com` });
  }
  const path = `/v1/programs/${program}/enrollments/bulk`;
  const rows = [
    { affiliate: fresh, group: "vip" },
    { affiliate: second.toUpperCase(), status: "pending" },
    { affiliate: a.username, status: "suspended", reason: "Bids on the brand" },
    { affiliate: b.username, group: "vip" },
    { affiliate: b.username, status: "approved" },
    { affiliate: "nobody" },
    { affiliate: b.username, group: "nowhere" },
    { affiliate: b.username, status: "gone" },
    // A row sees what the rows before it have done.
    { affiliate: second, status: "approved" },
  ];
  const { status, json } = await post(path, { rows }, "enrollments-1");
  expect(status, JSON.stringify(json)).toBe(200);
  expect(json.data).toMatchObject([
    { status: 201, record: { program, affiliate: fresh, status: "approved", group: "vip" } },
    { status: 201, record: { affiliate: second, status: "pending", group: "default" } },
    { status: 200, record: { affiliate: a.username, status: "suspended", group: "default" } },
    { status: 200, record: { affiliate: b.username, status: "approved", group: "vip" } },
    { status: 200, record: { affiliate: b.username, status: "approved", group: "vip" } },
    { status: 422, problem: { code: "affiliate_not_found", field: "affiliate" } },
    { status: 422, problem: { code: "group_not_found", field: "group" } },
    { status: 422, problem: { code: "invalid_status", field: "status" } },
    { status: 200, record: { affiliate: second, status: "approved" } },
  ]);
  expect((await post(path, { rows }, "enrollments-1")).json).toEqual(json);
  const enrolled = async (affiliate: string) =>
    (await admin("GET", `/v1/programs/${program}/enrollments/${affiliate}`)).json;
  // A new enrollment is in its group from the beginning.
  expect(await enrolled(fresh)).toMatchObject({
    status: "approved",
    group: "vip",
    groups: [{ group: "vip", from: null }],
  });
  expect(await enrolled(second)).toMatchObject({ status: "approved" });
  expect(await enrolled(a.username)).toMatchObject({ status: "suspended" });
  const { results } = await env.DB.prepare(
    `SELECT action, subject, before, after FROM audit_entries
     WHERE action LIKE 'enrollment.%' AND program_id = (SELECT id FROM programs WHERE slug = ?) AND after LIKE '%Bids%'`,
  )
    .bind(program)
    .all();
  expect(results).toEqual([
    {
      ...{ action: "enrollment.updated", subject: a.username, before: '{"status":"approved"}' },
      after: '{"status":"suspended","reason":"Bids on the brand"}',
    },
  ]);
});
