/** Rates by group and by affiliate: each sale has those of its own time, whatever order events and changes arrive in. */
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../portal/session.ts";
import { type Program, startProgram } from "../support/dated-story.ts";
import { admin } from "../support/story.ts";

/** 40% for everyone at first; from January 2 on, 50% for partners. */
async function startGroups() {
  const program = await startProgram("2026-01-01", "kartra-classic", { ann: {}, bob: {} });
  await program.call("2026-01-02", "POST", "/groups", { slug: "vip", name: "Partners" });
  await program.call("2026-01-02", "POST", "/terms", {
    terms: { rates: [{ groups: ["vip"], rate_bps: 5_000 }, { rate_bps: 4_000 }], binds_to: "customer" },
  });
  return program;
}

const move = (program: Program, at: string, affiliate: string, group: string, from: string) =>
  program.call(at, "PATCH", `/enrollments/${program.usernameOf(affiliate)}`, { group, group_from: from });

const setRates = (program: Program, at: string, affiliate: string, rates: object[] | null, from: string) =>
  program.call(at, "POST", `/enrollments/${program.usernameOf(affiliate)}/rates`, { rates, from });

/** Ann is a partner in February and March, and has her own rates in March. */
async function changeRates(program: Program) {
  await move(program, "2026-01-05", "ann", "vip", "2026-02-01T00:00:00Z");
  await move(program, "2026-01-05", "ann", "default", "2026-04-01T00:00:00Z");
  await setRates(
    program,
    "2026-02-20",
    "ann",
    [
      { product: ["Course"], rate_bps: 8_000 },
      { payment: { from: 1, to: 3 }, flat: 6_100 },
    ],
    "2026-03-01T00:00:00Z",
  );
  await setRates(program, "2026-02-20", "ann", null, "2026-04-01T00:00:00Z");
}

/** One customer's payments of $100.00, with what each earns by hand. */
const PAYMENTS: [payment: string, at: string, product: string, earned: number, explanation: string][] = [
  ["p1", "2026-01-31T23:59:59Z", "App", 4_000, "40% of $100.00 by rule 2 of terms version 2: 40% of each payment."],
  [
    "p2",
    "2026-02-01T00:00:00Z",
    "App",
    5_000,
    "50% of $100.00 by rule 1 of terms version 2: 50% of each payment, for affiliates in group “Partners”.",
  ],
  [
    "p3",
    "2026-03-02T10:00:00Z",
    "App",
    6_100,
    "A flat $61.00 by rule 2 of the affiliate’s own rates from Mar 1, 2026, 00:00 UTC: $61.00 for each of the first 3 payments.",
  ],
  [
    "p4",
    "2026-03-10T10:00:00Z",
    "course",
    8_000,
    "80% of $100.00 by rule 1 of the affiliate’s own rates from Mar 1, 2026, 00:00 UTC: 80% of each payment, for product “Course”.",
  ],
  [
    "p5",
    "2026-03-31T23:59:59Z",
    "App",
    5_000,
    "50% of $100.00 by rule 1 of terms version 2: 50% of each payment, for affiliates in group “Partners”.",
  ],
  ["p6", "2026-04-01T00:00:00Z", "Course", 4_000, "40% of $100.00 by rule 2 of terms version 2: 40% of each payment."],
];

const payment = (id: string, at: string, product: string, more: object = {}) => ({
  ...{
    type: "sale",
    customer: { id: "cus_1" },
    payment: id,
    amount: 10_000,
    currency: "USD",
    occurred_at: at,
    product,
  },
  ...more,
});

type Shown = { conversion: string; amount: number; explanation: string };

test("as each payment is made", async () => {
  const program = await startGroups();
  await changeRates(program);
  const click = await program.click("ann", "2026-01-30");
  for (const [id, at, product] of PAYMENTS) await program.post(at, payment(id, at, product, { click }));
  const entries = await program.entries("ann", PAYMENTS.length);
  const shown = entries.map(({ amount, explanation }: Shown) => [amount, explanation]);
  expect(shown).toEqual(PAYMENTS.map(([, , , earned, explanation]) => [earned, explanation]));
  expect(entries[2].own_rates_from).toBe("2026-03-01T00:00:00.000Z");
  expect(entries[4].own_rates_from).toBeNull();

  // A late refund is of what the sale earned, though the rates are others now.
  await program.post("2026-05-01", {
    type: "refund",
    payment: "p4",
    customer: { id: "cus_1" },
    amount: 5_000,
    currency: "USD",
  });
  const refunded = (await program.entries("ann", 7)).at(-1);
  expect(refunded.amount).toBe(-4_000);
  expect(refunded.explanation).toContain("of the affiliate’s own rates from Mar 1, 2026");
  expect(refunded.explanation).not.toContain("It is now");

  const account = `/affiliates/${program.usernameOf("ann")}`;
  expect(await program.call("2026-05-02", "GET", `${account}/ledger-check`)).toMatchObject({ whole: true });
  // Only the name of a group can change.
  await program.call("2026-05-02", "PATCH", "/groups/vip", { name: "Gold" });
  const [, renamed] = await program.entries("ann", 7);
  expect(renamed.explanation).toContain("group “Gold”");
});

test("the same if everything arrives later and in another order", async () => {
  const program = await startGroups();
  await changeRates(program);
  const click = await program.click("ann", "2026-01-30");
  for (const [id, at, product] of PAYMENTS.toReversed()) {
    await program.post("2026-06-01", payment(id, at, product, { click }));
  }
  const amounts = new Map<string, number>();
  const first = PAYMENTS.length;
  // Each earlier payment renumbers the later ones, so entries for the first three payments are corrected.
  const path = `/affiliates/${program.usernameOf("ann")}/entries?limit=200`;
  const expected = PAYMENTS.map(([, , , earned]) => earned).toSorted((a, b) => a - b);
  await expect
    .poll(
      async () => {
        amounts.clear();
        const { data } = await program.call("2026-06-02", "GET", path);
        for (const { conversion, amount } of data as Shown[]) {
          amounts.set(conversion, (amounts.get(conversion) ?? 0) + amount);
        }
        return [...amounts.values()].toSorted((a, b) => a - b);
      },
      { timeout: 10_000 },
    )
    .toEqual(expected);
  expect(amounts.size).toBe(first);
});

test("by the credited affiliate: another affiliate has other rates for the same sale", async () => {
  const program = await startGroups();
  await changeRates(program);
  const click = await program.click("bob", "2026-03-01");
  await program.post("2026-03-02", payment("p1", "2026-03-02T10:00:00Z", "Course", { click }));
  await program.expectLedger("bob", [["commission", 4_000]]);
});

test("a group from the enrollment on applies to all sales", async () => {
  const program = await startGroups();
  const carl = program.usernameOf("carl");
  await admin("POST", "/v1/affiliates", { username: carl, name: "Carl", email: `${carl}@example.com` });
  const enrolled = await program.call("2026-02-01", "POST", "/enrollments", { affiliate: carl, group: "vip" });
  expect(enrolled).toMatchObject({ group: "vip" });
  expect(await program.call("2026-02-01", "GET", `/enrollments/${carl}`)).toMatchObject({
    group: "vip",
    groups: [{ group: "vip", from: null }],
  });
});

test("the portal shows the affiliate's group and own rates, and no rule for other groups", async () => {
  const program = await startGroups();
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  const now = new Date(Date.now() + 60_000).toISOString();
  await setRates(program, "2026-01-05", "ann", [{ product: ["Course"], rate_bps: 8_000 }], "2026-01-06T00:00:00Z");
  await setRates(program, now, "ann", null, soon);
  await move(program, "2026-01-05", "bob", "vip", "2026-01-06T00:00:00Z");
  const pageOf = async (name: string) => {
    const { open } = await signIn(program.usernameOf(name));
    return bodyOf((await open("/app/program")).html);
  };
  const ann = await pageOf("ann");
  expect(ann).toContain("Your group: “Default”. Rules for other groups aren’t shown.");
  expect(ann).toContain("Rule 1: 80% of each payment, for product “Course”.");
  expect(ann).toContain("Your own rates end, and the rules of the terms apply.");
  expect(ann).toContain("Rule 2: 40% of each payment.");
  expect(ann).not.toContain("50% of each payment");
  const bob = await pageOf("bob");
  expect(bob).toContain("Rule 1: 50% of each payment, for affiliates in group “Partners”.");
  expect(bob).not.toContain("Your own rates");
});

test("the preview calculates by group and own rates", async () => {
  const program = await startGroups();
  const sales = [{ occurred_at: "2026-03-01T00:00:00Z", amount: 10_000, product: "Course" }];
  const preview = (more: object) => program.call("2026-02-01", "POST", "/terms/preview", { sales, ...more });
  const amountOf = async (more: object) => (await preview(more)).sales[0].entries[0];
  expect(await amountOf({})).toMatchObject({ amount: 4_000, rule: 1, is_own_rate: false });
  expect(await amountOf({ group: "vip" })).toMatchObject({ amount: 5_000, rule: 0, is_own_rate: false });
  const own_rates = [{ product: ["course"], rate_bps: 8_000 }];
  expect(await amountOf({ group: "vip", own_rates })).toMatchObject({
    ...{ amount: 8_000, rule: 0, is_own_rate: true },
    explanation: expect.stringContaining("80% of $100.00 by rule 1 of the affiliate’s own rates"),
  });
  expect((await preview({ own_rates })).own_rates[0]).toBe("Rule 1: 80% of each payment, for product “course”.");
});

test("names what is wrong", async () => {
  const program = await startGroups();
  const path = `/v1/programs/${program.slug}`;
  const enrollment = `${path}/enrollments/${program.usernameOf("ann")}`;
  const rates = [{ groups: ["gold"], rate_bps: 1 }];
  const sales = [{ occurred_at: "2026-03-01T00:00:00Z", amount: 1 }];
  const past = "2026-01-01T00:00:00Z";
  const faults: [string, string, object, number, string, RegExp][] = [
    ["POST", `${path}/terms`, { terms: { rates } }, 422, "invalid_terms_rates_groups", /use one of default, vip/],
    ["POST", `${path}/terms/preview`, { group: "gold", sales }, 422, "invalid_group", /use one of default, vip/],
    ["POST", `${path}/groups`, { slug: "vip", name: "Again" }, 409, "group_exists", /vip/],
    ["POST", `${path}/groups`, { slug: "default", name: "Again" }, 409, "group_exists", /default/],
    ["POST", `${path}/groups`, { slug: "Not a slug", name: "Odd" }, 422, "invalid_slug", /must be/],
    ["PATCH", `${path}/groups/gold`, { name: "Gold" }, 404, "group_not_found", /gold/],
    ["PATCH", enrollment, { group: "gold" }, 422, "group_not_found", /gold/],
    ["PATCH", enrollment, { group: "vip", group_from: past }, 422, "invalid_group_from", /past/],
    ["PATCH", enrollment, { group_from: past }, 422, "invalid_group_from", /needs a group/],
    ["PATCH", enrollment, {}, 422, "invalid_body", /status, group, sponsor or may_reapply/],
    ["POST", `${enrollment}/rates`, { rates: [{ rate_bps: 1 }], from: past }, 422, "invalid_from", /past/],
    ["POST", `${enrollment}/rates`, { rates }, 422, "invalid_rates_groups", /one affiliate's own/],
    ["POST", `${enrollment}/rates`, { rates: [] }, 422, "invalid_rates", /at least one rule/],
  ];
  for (const [method, url, body, status, code, detail] of faults) {
    const answer = await admin(method, url, body);
    expect([answer.status, answer.json.code], JSON.stringify(answer.json)).toEqual([status, code]);
    expect(answer.json.detail).toMatch(detail);
  }
  const { data } = await program.call("2026-02-01", "GET", "/groups");
  expect(data.map(({ slug, name }: { slug: string; name: string }) => [slug, name])).toEqual([
    ["default", "Default"],
    ["vip", "Partners"],
  ]);
});
