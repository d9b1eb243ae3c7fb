/** A sponsor belongs to an enrollment, and a sale pays the sponsor of its own time. */
import { expect, test } from "vitest";
import { admin, click, eventually, postEvent, sale, setUp } from "../support/story.ts";

const SECOND_TIER = { terms: { second_tier: { rate_bps: 1_000, payments: "every" } } };

const pathOf = (program: string, affiliate: string) => `/v1/programs/${program}/enrollments/${affiliate}`;

const overridesOf = async (program: string, username: string) =>
  (await admin("GET", `/v1/programs/${program}/affiliates/${username}/entries`)).json.data.map(
    ({ kind, amount, from }: Record<string, unknown>) => ({ kind, amount, from }),
  );

test("the sponsor is set per program, and a refund is of the sponsor that the sale paid", async () => {
  const story = await setUp({ program: SECOND_TIER, affiliates: 3 });
  const { program, a, b, endpoint } = story;
  const rookie = story.affiliates[2] ?? a;
  const other = await setUp({ program: SECOND_TIER, affiliates: 1 });
  await admin("POST", `/v1/programs/${other.program}/enrollments`, { affiliate: rookie.username });
  const path = pathOf(program, rookie.username);
  expect((await admin("PATCH", path, { sponsor: a.username })).json).toMatchObject({ sponsor: a.username });
  expect((await admin("GET", pathOf(other.program, rookie.username))).json).toMatchObject({ sponsor: null });

  const first = sale({ click: (await click(rookie.slug)).token });
  await postEvent(endpoint, first);
  await eventually(async () => expect(await overridesOf(program, a.username)).toHaveLength(1));
  await admin("PATCH", path, { sponsor: b.username });
  const second = sale({ click: (await click(rookie.slug)).token });
  await postEvent(endpoint, second);
  await postEvent(endpoint, { ...first, type: "refund", refund: "re_1", occurred_at: new Date().toISOString() });
  await eventually(async () => expect(await overridesOf(program, a.username)).toHaveLength(2));
  await eventually(async () => expect(await overridesOf(program, b.username)).toHaveLength(1));
  const from = rookie.username;
  expect(await overridesOf(program, a.username)).toEqual([
    { kind: "reversal", amount: -990, from },
    { kind: "override", amount: 990, from },
  ]);
  expect(await overridesOf(program, b.username)).toEqual([{ kind: "override", amount: 990, from }]);
});

test("sponsors can't form a circle, also over earlier sponsors", async () => {
  const { program, a, b } = await setUp({ program: SECOND_TIER });
  const own = await admin("PATCH", pathOf(program, a.username), { sponsor: a.username });
  expect(own).toMatchObject({ status: 422, json: { code: "invalid_sponsor", field: "sponsor" } });
  await admin("PATCH", pathOf(program, a.username), { sponsor: b.username });
  await admin("PATCH", pathOf(program, a.username), { sponsor: null });
  const circle = await admin("PATCH", pathOf(program, b.username), { sponsor: a.username });
  expect(circle).toMatchObject({ status: 422, json: { code: "invalid_sponsor" } });
  const unknown = await admin("PATCH", pathOf(program, b.username), { sponsor: "nobody-at-all" });
  expect(unknown).toMatchObject({ status: 422, json: { code: "affiliate_not_found", field: "sponsor" } });
});

test.each(["left", "banned"] as const)("an affiliate that is %s earns nothing from then on", async (status) => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const before = sale({ click: (await click(a.slug)).token });
  const { json } = await postEvent(endpoint, before);
  expect(json.attributed_to).toBe(a.username);
  const changed = await admin("PATCH", pathOf(program, a.username), { status, reason: "So be it", may_reapply: false });
  expect(changed.json).toMatchObject({ status, reason: "So be it", may_reapply: false });
  const { token } = await click(a.slug);
  expect((await postEvent(endpoint, sale({ click: token }))).json).toMatchObject({ attributed_to: null });
  const listed = await admin("GET", `/v1/programs/${program}/enrollments?status=${status}`);
  expect(listed.json.data).toMatchObject([{ affiliate: a.username, sales: 1 }]);
  // What it earned before is still owed; only one that left is still paid.
  const next = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
  expect(next.status).toBe(200);
  const blocks = JSON.stringify(next.json.next_payout);
  expect(blocks.includes("not_approved")).toBe(status === "banned");
});
