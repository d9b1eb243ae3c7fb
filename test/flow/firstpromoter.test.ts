/** FirstPromoter's referral ids and repeated signups, end to end. */
import { expect, test } from "vitest";
import { admin, send, setUp } from "../support/story.ts";

async function openTracking() {
  const story = await setUp();
  const { json } = await admin("POST", `/v1/programs/${story.program}/endpoints`, { source: "firstpromoter" });
  const track = async (call: string, body: object, version = "v2") => {
    const key = version === "v1" ? { "x-api-key": json.secret } : { Authorization: `Bearer ${json.secret}` };
    const headers = { ...key, "Content-Type": "application/json" };
    const response = await send(`/api/${version}/track/${call}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return { status: response.status, json: JSON.parse(await response.text()) };
  };
  return { ...story, track };
}

const sale = { event_id: "p1", amount: 5_000, currency: "USD" };

test.each(["v1", "v2"])(
  "a signup's ref_id, a username, refers the customer of the later sale in %s",
  async (version) => {
    const { a, track } = await openTracking();
    expect((await track("signup", { uid: "u1", ref_id: a.username }, version)).status).toBe(200);
    const { json } = await track("sale", { uid: "u1", ...sale }, version);
    expect(json).toMatchObject({ status: "recorded", attributed_to: a.username, reason: "referral" });
  },
);

test("a sale's ref_id may be the slug of a link, in any case", async () => {
  const { b, track } = await openTracking();
  const { json } = await track("sale", { uid: "u1", ...sale, ref_id: b.slug.toUpperCase() });
  expect(json).toMatchObject({ attributed_to: b.username, reason: "referral" });
});

test("a link of another program is not one", async () => {
  const other = await setUp();
  const { track } = await openTracking();
  const { json } = await track("sale", { uid: "u1", ...sale, ref_id: other.a.slug });
  expect(json).toMatchObject({ status: "recorded", attributed_to: null });
});

test("an unknown ref_id never refuses a sale", async () => {
  const { track } = await openTracking();
  const { status, json } = await track("sale", { uid: "u1", ...sale, ref_id: "nobody" });
  expect([status, json.status, json.attributed_to]).toEqual([200, "recorded", null]);
});

test("a signup that is repeated, also with another time, is answered as FirstPromoter does", async () => {
  const { program, a, track } = await openTracking();
  const signup = { uid: "u1", ref_id: a.username, created_at: "2026-01-02T10:00:00Z" };
  await track("signup", signup);
  for (const repeated of [signup, { ...signup, created_at: "2026-01-03T10:00:00Z" }, { uid: "u1" }]) {
    expect(await track("signup", repeated)).toEqual({
      status: 422,
      json: { transaction_id: "A signup of this lead already exists.", code: "duplicate" },
    });
  }
  const { json: log } = await admin("GET", `/v1/programs/${program}/deliveries`);
  const outcomes = log.data.map(({ outcome }: { outcome: string }) => outcome);
  expect(outcomes).toEqual(["refused", "refused", "duplicate", "recorded"]);
});
