/**
 * Kartra's program from end to end: created from its preset, with clicks and Kartra's own notifications, and read from the API.
 * Kartra doesn't send a subscription's interval, so monthly plans use the generic event.
 */
import { expect, test } from "vitest";
import { formatDate } from "../../src/lib/format-date.ts";
import { type Program, startProgram } from "../support/dated-story.ts";
import { notify } from "./kartra-ipn.ts";

const PAGE = "2025-01-01";
const start = (cast = {}) => startProgram(PAGE, "kartra", { ann: {}, ben: {}, ...cast }, "kartra");

/** A payment of a monthly subscription. */
const monthly = (amount: number, payment: string, click?: string) => ({
  type: "sale",
  customer: { id: "cus_1" },
  payment,
  amount,
  currency: "USD",
  subscription: { id: "sub_1", interval: "month" },
  click,
});

/** Sells annual plans to two customers of Ann. */
async function sellTwo(program: Program, at: string, amounts: [string, string]): Promise<void> {
  for (const [index, amount] of amounts.entries()) {
    const id = `${at}-${index}`;
    const [lead, click] = [`earlier-${index}`, await program.click("ann", at)];
    const sold = await notify(program, at, { type: "sale", id, lead, amount, click });
    expect(sold.attributed_to).toBe("ann");
  }
  // Her account must have both sales before the next one.
  await program.entries("ann", amounts.length);
}

test("referral tier: only the first of monthly payments of $119.00", async () => {
  const program = await startProgram(PAGE, "kartra", { ann: {} });
  const click = await program.click("ann", "2026-01-02");
  for (const [index, at] of ["2026-01-03", "2026-02-03", "2026-03-03"].entries()) {
    await program.post(at, monthly(11_900, `pay_${index}`, index === 0 ? click : undefined));
  }
  await program.expectLedger("ann", [
    ["commission", 11_900],
    ["commission", 0],
    ["commission", 0],
  ]);
  expect((await program.entries("ann", 3)).map(({ reason }: { reason: string | null }) => reason)).toEqual([
    null,
    "In tier “referral”, the terms pay nothing for payment 2.",
    "In tier “referral”, the terms pay nothing for payment 3.",
  ]);
});

test("referral tier: only the first of annual payments of $1,188.00", async () => {
  const program = await start();
  const click = await program.click("ann", "2025-01-02");
  await notify(program, "2025-01-03", { type: "sale", id: "1", lead: "lee", amount: "1188.00", click });
  const renewed = await notify(program, "2026-01-03", { type: "rebill", id: "2", lead: "lee", amount: "1188.00" });
  expect(renewed).toMatchObject({ attributed_to: "ann", reason: "bound" });
  await program.expectLedger("ann", [
    ["commission", 23_760],
    ["commission", 0],
  ]);
});

test("tier 2: 30% of an annual payment of $1,188.00, and of its renewal", async () => {
  const began = Date.now();
  const program = await start();
  await sellTwo(program, "2025-02-01", ["500.00", "500.01"]);
  expect(await program.tier("ann", "2025-03-17")).toBe("referral");
  expect(await program.tier("ann", "2025-03-18")).toBe("tier-2");
  const click = await program.click("ann", "2025-04-01");
  await notify(program, "2025-04-02", { type: "sale", id: "1", lead: "lee", amount: "1188.00", click });
  await program.entries("ann", 3);
  // The others are renewed too; otherwise no sale would be left in the tier's window.
  for (const index of [0, 1]) {
    const again = { type: "rebill", id: `again-${index}`, lead: `earlier-${index}`, amount: "500.01" } as const;
    await notify(program, "2026-01-31", again);
    await program.entries("ann", 4 + index);
  }
  await notify(program, "2026-04-02", { type: "rebill", id: "2", lead: "lee", amount: "1188.00" });
  const entries = await program.entries("ann", 6);
  expect(entries.map(({ tier, amount }: { tier: string; amount: number }) => [tier, amount])).toEqual([
    ["referral", 10_000],
    ["referral", 10_000],
    ["tier-2", 35_640],
    ["tier-2", 15_000],
    ["tier-2", 15_000],
    ["tier-2", 35_640],
  ]);
  for (const { tier, tier_at, explanation } of entries) {
    // Objects post at the real time.
    expect(Date.parse(tier_at)).toBeGreaterThanOrEqual(began);
    expect(Date.parse(tier_at)).toBeLessThanOrEqual(Date.now());
    expect(explanation).toContain(`(“${tier}” when this sale was recorded on ${formatDate(Date.parse(tier_at))})`);
  }
  expect(
    await program.call("2026-04-03", "GET", `/affiliates/${program.usernameOf("ann")}/ledger-check`),
  ).toMatchObject({
    whole: true,
  });
});

test.each([
  ["exactly $1,000.00 is tier 1", ["500.00", "500.00"], "tier-1", 23_760],
  ["over $10,000.00 is tier 3", ["5000.00", "5000.01"], "tier-3", 47_520],
] as const)("%s", async (_, [first, second], tier, earned) => {
  const program = await start();
  await sellTwo(program, "2025-02-01", [first, second]);
  const click = await program.click("ann", "2025-04-01");
  await notify(program, "2025-04-02", { type: "sale", id: "1", lead: "lee", amount: "1188.00", click });
  expect((await program.entries("ann", 3)).at(-1)).toMatchObject({ tier, amount: earned });
});

test("$20,000.00 from a single customer is still the referral tier", async () => {
  const program = await start();
  const click = await program.click("ann", "2025-02-01");
  await notify(program, "2025-02-01", { type: "sale", id: "1", lead: "rich", amount: "10000.00", click });
  await notify(program, "2025-02-02", { type: "rebill", id: "2", lead: "rich", amount: "10000.00" });
  await program.entries("ann", 2);
  expect(await program.tier("ann", "2025-04-01")).toBe("referral");
});

test("second tier: the sponsor earns $9.90 of every payment of $99.00, reversed by a refund", async () => {
  const program = await start({ cat: { sponsor: "ann" } });
  const click = await program.click("cat", "2026-01-02");
  const payment = { lead: "lee", amount: "99.00" };
  await notify(program, "2026-01-03", { ...payment, type: "sale", id: "1", click });
  await notify(program, "2026-02-03", { ...payment, type: "rebill", id: "2" });
  await notify(program, "2026-03-03", { ...payment, type: "rebill", id: "3" });
  await program.expectLedger("ann", [
    ["override", 990],
    ["override", 990],
    ["override", 990],
  ]);
  await notify(program, "2026-03-05", { ...payment, type: "refund", id: "4", of: "3" });
  const entries = await program.entries("ann", 4);
  expect(entries[3]).toMatchObject({ kind: "reversal", amount: -990, corrects: entries[2].id });
});

test("sales on January 3 and 17 clear on February 17 and March 3, and are paid in March and April", async () => {
  const program = await start();
  for (const [lead, at] of [
    ["lee", "2026-01-03"],
    ["kim", "2026-01-17"],
  ] as const) {
    const click = await program.click("ann", at);
    await notify(program, at, { type: "sale", id: lead, lead, amount: "400.00", click });
  }
  const days = await program.expectLedger("ann", [
    ["commission", 8_000],
    ["commission", 8_000],
  ]);
  expect(days).toEqual(["2026-02-17", "2026-03-03"]);
  expect(await program.balances("ann", "2026-01-02")).toEqual([0, 0, 0, 0]);
  expect(await program.balances("ann", "2026-02-16")).toEqual([16_000, 16_000, 0, 0]);
  expect(await program.balances("ann", "2026-02-17")).toEqual([16_000, 8_000, 8_000, 0]);
  expect(await program.balances("ann", "2026-03-02")).toEqual([16_000, 8_000, 8_000, 0]);
  expect(await program.balances("ann", "2026-03-03")).toEqual([16_000, 0, 16_000, 0]);
  await program.makePayable("ann", "2026-02-01");
  for (const [at, entries] of [
    ["2026-03-15", 3],
    ["2026-04-20", 4],
  ] as const) {
    expect(await program.pay(at)).toMatchObject({ USD: { payments: 1, amount: 8_000 } });
    await program.entries("ann", entries);
  }
  expect(await program.balances("ann", "2026-03-15")).toEqual([16_000, 0, 8_000, 8_000]);
  expect(await program.balances("ann", "2026-04-20")).toEqual([16_000, 0, 0, 16_000]);
});

test("a 30-day trial is not a sale; the first full payment is, clears on March 17, and is paid in April", async () => {
  const program = await start();
  const click = await program.click("ann", "2025-12-31");
  const began = await notify(program, "2026-01-01", { type: "trial", id: "1", lead: "lee", amount: "0.00", click });
  expect(began.attributed_to).toBe("ann");
  // The trial bound the subscription, so that a later click of another affiliate doesn't count.
  await program.click("ben", "2026-01-30");
  const paid = await notify(program, "2026-01-31", { type: "rebill", id: "2", lead: "lee", amount: "400.00" });
  expect(paid).toMatchObject({ attributed_to: "ann", reason: "bound" });
  expect(await program.expectLedger("ann", [["commission", 8_000]])).toEqual(["2026-03-17"]);
  await program.makePayable("ann", "2026-02-01");
  expect(await program.pay("2026-03-20")).toEqual({});
  expect(await program.pay("2026-04-15")).toMatchObject({ USD: { payments: 1, amount: 8_000 } });
});

test("a customer who clicks A on day 0 and B on day 3 and buys on day 20 is credited to B", async () => {
  const program = await startProgram(PAGE, "kartra", { ann: {}, ben: {} });
  const customer = { id: "cus_1" };
  await program.post("2026-01-01", { type: "lead", customer, click: await program.click("ann", "2026-01-01") });
  await program.post("2026-01-04", { type: "lead", customer, click: await program.click("ben", "2026-01-04") });
  const sold = await program.post("2026-01-21", monthly(11_900, "pay_1"));
  expect(sold).toMatchObject({ attributed_to: "ben", reason: "last_click" });
  await program.expectLedger("ben", [["commission", 11_900]]);
  await program.expectLedger("ann", []);
});

test.each([
  ["2026-01-31T10:00:00Z", "ann"],
  ["2026-01-31T10:00:01Z", null],
  ["2026-02-01", null],
])("a sale on %s after a click on January 1 at ten is credited to %s", async (at, credited) => {
  const program = await start();
  const click = await program.click("ann", "2026-01-01");
  const sold = await notify(program, at, { type: "sale", id: "1", lead: "lee", amount: "119.00", click });
  expect(sold).toMatchObject({ attributed_to: credited, reason: credited === null ? "outside_window" : "last_click" });
  await program.expectLedger("ann", credited === null ? [] : [["commission", 2_380]]);
});

test("a refund within the hold period, by Kartra's notification, restores the balance", async () => {
  const program = await start();
  const payment = { lead: "lee", amount: "1188.00" };
  const click = await program.click("ann", "2026-01-02");
  await notify(program, "2026-01-03", { ...payment, type: "sale", id: "1", click });
  await notify(program, "2026-01-20", { ...payment, type: "refund", id: "2", of: "1" });
  await program.expectLedger("ann", [
    ["commission", 23_760],
    ["reversal", -23_760],
  ]);
  expect(await program.balances("ann", "2026-01-19")).toEqual([23_760, 23_760, 0, 0]);
  expect(await program.balances("ann", "2026-01-20")).toEqual([0, 0, 0, 0]);
  expect(await program.balances("ann", "2026-03-01")).toEqual([0, 0, 0, 0]);
});

test("a third refunded three times, by Kartra's notifications, reverses the commission exactly", async () => {
  const program = await start();
  const click = await program.click("ann", "2026-01-02");
  await notify(program, "2026-01-03", { type: "sale", id: "1", lead: "lee", amount: "99.99", click });
  for (const [index, at] of ["2026-01-10", "2026-01-11", "2026-01-12"].entries()) {
    const third = { type: "partial_refund", id: `third-${index}`, lead: "lee", amount: "33.33", of: "1" } as const;
    await notify(program, at, third);
  }
  await program.expectLedger("ann", [
    ["commission", 2_000],
    ["reversal", -667],
    ["reversal", -666],
    ["reversal", -667],
  ]);
  expect(await program.balances("ann", "2026-01-12")).toEqual([0, 0, 0, 0]);
});
