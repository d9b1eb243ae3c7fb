import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { startProgram, timeOf } from "../support/dated-story.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

/** A program with a coupon `SAVE10` of affiliate B. */
async function withCoupon(terms: Record<string, unknown> = {}) {
  const story = await setUp({ program: { terms } });
  const coupon = { program: story.program, affiliate: story.b.username, code: "SAVE10" };
  expect((await admin("POST", "/v1/coupons", coupon)).status).toBe(201);
  return story;
}

test.each(["SAVE10", "save10", " Save10 "])("the coupon %j credits its affiliate without a click", async (coupon) => {
  const { program, b, endpoint } = await withCoupon();
  const { json } = await postEvent(endpoint, sale({ coupon }));
  expect(json).toMatchObject({ status: "recorded", attributed_to: b.username, reason: "coupon" });
  const { explanation } = await conversionThat(json.conversion, { attributed_to: b.username });
  expect(explanation.touches).toEqual([
    expect.objectContaining({ source: "coupon", coupon: "SAVE10", affiliate: b.username, outcome: "chosen" }),
  ]);
  expect(explanation.text).toContain("coupon SAVE10");
  await eventually(async () => {
    const account = await admin("GET", `/v1/programs/${program}/affiliates/${b.username}`);
    expect(account.json.balances.reserve).toBe(3_960);
  });
});

test.each([
  [["FREESHIP", "SAVE10"], "SAVE10"],
  [["SAVE10", "A5"], "SAVE10"],
  [["FREESHIP", "A5", "SAVE10"], "A5"],
])("of the coupons %j, the first one that belongs to an affiliate counts", async (coupons, chosen) => {
  const { program, a, b, endpoint } = await withCoupon();
  await admin("POST", "/v1/coupons", { program, affiliate: a.username, code: "A5" });
  const { json } = await postEvent(endpoint, sale({ coupons }));
  const owner = chosen === "SAVE10" ? b : a;
  expect(json).toMatchObject({ attributed_to: owner.username, reason: "coupon" });
  const { explanation } = await conversionThat(json.conversion, { attributed_to: owner.username });
  expect(explanation.text).toContain(`coupon ${chosen}`);
});

test("a sale whose time is truncated to the second goes to a coupon that was assigned again in that second", async () => {
  const { program, a, b, endpoint } = await withCoupon();
  await admin("DELETE", `/v1/coupons/SAVE10?program=${program}`);
  expect((await admin("POST", "/v1/coupons", { program, affiliate: a.username, code: "SAVE10" })).status).toBe(201);
  const second = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString();
  const { json } = await postEvent(endpoint, sale({ coupon: "SAVE10", occurred_at: second }));
  expect([json.attributed_to, b.username]).toEqual([a.username, b.username]);
});

test("spellings of a code that look the same are one code", async () => {
  const { program, a, b, endpoint } = await withCoupon();
  const cafe = { program, affiliate: b.username, code: "CAF\u00c910" };
  expect((await admin("POST", "/v1/coupons", cafe)).json.code).toBe("CAF\u00c910");
  for (const code of ["CAFE\u030110", "cafe\u030110", "CAF\u200b\u00c910", "\ufeffCAF\u00c9\u00ad10"]) {
    const taken = await admin("POST", "/v1/coupons", { ...cafe, affiliate: a.username, code });
    expect([taken.status, taken.json.code]).toEqual([409, "coupon_taken"]);
    expect((await postEvent(endpoint, sale({ coupon: code }))).json).toMatchObject({ attributed_to: b.username });
  }
});

describe("a coupon of B against a click of A", () => {
  test.each([
    ["coupon", "b", "coupon", { coupon: "chosen", click: "coupon_won" }],
    ["click", "a", "last_click", { coupon: "click_won", click: "chosen" }],
  ] as const)("precedence %s: %s", async (precedence, winner, reason, outcomes) => {
    const story = await withCoupon({ precedence });
    const { token } = await click(story.a.slug);
    const { json } = await postEvent(story.endpoint, sale({ click: token, coupon: "SAVE10" }));
    expect(json).toMatchObject({ attributed_to: story[winner].username, reason });
    const { explanation } = await conversionThat(json.conversion, { explanation: { rule: { precedence } } });
    const touched = explanation.touches.map(({ source, outcome }: Record<string, string>) => [source, outcome]);
    expect(Object.fromEntries(touched)).toEqual(outcomes);
  });
});

test("an unknown or deleted coupon credits no affiliate", async () => {
  const { program, endpoint } = await withCoupon();
  const unknown = await postEvent(endpoint, sale({ coupon: "SAVE11" }));
  expect(unknown.json).toMatchObject({ attributed_to: null, reason: "no_touch" });
  await admin("DELETE", `/v1/coupons/SAVE10?program=${program}`);
  const gone = await postEvent(endpoint, sale({ coupon: "SAVE10" }));
  expect(gone.json).toMatchObject({ attributed_to: null, reason: "no_touch" });
});

test("a sale is credited to the coupon's owner at its own time, however late it arrives", async () => {
  const program = await startProgram("2026-01-01", "kartra-classic", { ann: {}, ben: {} });
  await program.createCoupon("2026-02-01", "ann", "SAVE10");
  await program.deleteCoupon("2026-03-01", "SAVE10");
  await program.createCoupon("2026-04-01", "ben", "SAVE10");
  const owners: [string, string | null][] = [
    // A merchant may register a coupon after it was given out.
    ["2026-01-15", "ann"],
    ["2026-02-15", "ann"],
    ["2026-03-15", null],
    ["2026-04-15", "ben"],
  ];
  for (const [at, owner] of owners) {
    const late = { ...sale({ coupon: "save10" }), occurred_at: new Date(timeOf(at)).toISOString() };
    expect(await program.post("2026-05-01", late), at).toMatchObject({ attributed_to: owner });
  }
});

/** The owners of a coupon in order; null while it has none. */
const ownersOf = async (program: string, code: string) => {
  const query = `SELECT a.username FROM coupon_owners o JOIN programs p ON p.id = o.program_id
    LEFT JOIN affiliates a ON a.id = o.affiliate_id WHERE p.slug = ? AND o.code = ? ORDER BY o.at`;
  const { results } = await env.DB.prepare(query).bind(program, code).all<{ username: string | null }>();
  return results.map(({ username }) => username);
};

test("a coupon that is given to another affiliate at once keeps its history in order", async () => {
  const { program, a, b, endpoint } = await withCoupon();
  await admin("DELETE", `/v1/coupons/SAVE10?program=${program}`);
  const coupon = { program, affiliate: a.username, code: "SAVE10" };
  expect((await admin("POST", "/v1/coupons", coupon)).status).toBe(201);
  expect(await ownersOf(program, "SAVE10")).toEqual([b.username, null, a.username]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await postEvent(endpoint, sale({ coupon: "SAVE10" }))).json).toMatchObject({ attributed_to: a.username });
});

test("a coupon that an earlier release deletes has its history too", async () => {
  const { program, b, endpoint } = await withCoupon();
  const before = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await env.DB.prepare("DELETE FROM coupons WHERE program_id = (SELECT id FROM programs WHERE slug = ?)")
    .bind(program)
    .run();
  expect(await ownersOf(program, "SAVE10")).toEqual([b.username, null]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const earlier = { ...sale({ coupon: "SAVE10" }), occurred_at: before };
  expect((await postEvent(endpoint, earlier)).json).toMatchObject({ attributed_to: b.username });
  expect((await postEvent(endpoint, sale({ coupon: "SAVE10" }))).json).toMatchObject({ attributed_to: null });
});

test("another program's coupon credits no affiliate", async () => {
  await withCoupon();
  const other = await setUp();
  const { json } = await postEvent(other.endpoint, sale({ coupon: "SAVE10" }));
  expect(json).toMatchObject({ attributed_to: null, reason: "no_touch" });
});
