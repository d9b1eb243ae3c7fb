import { describe, expect, test } from "vitest";
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

test("another program's coupon credits no affiliate", async () => {
  await withCoupon();
  const other = await setUp();
  const { json } = await postEvent(other.endpoint, sale({ coupon: "SAVE10" }));
  expect(json).toMatchObject({ attributed_to: null, reason: "no_touch" });
});
