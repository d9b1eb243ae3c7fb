/**
 * Kartra's programme from end to end: made from its preset, clicked, told of by Kartra's own notifications, and read by the
 * API. Kartra does not tell how often a subscription is paid, so monthly plans are told by the generic event.
 */
import { expect, test } from "vitest";
import { type Programme, startProgramme } from "../support/dated-story.ts";
import { notify } from "./kartra-ipn.ts";

const PAGE = "2025-01-01";
const start = (cast = {}) => startProgramme(PAGE, "kartra", { ann: {}, ben: {}, ...cast }, "kartra");

/** A payment of a subscription that is paid by the month. */
const monthly = (amount: number, payment: string, click?: string) => ({
  type: "sale",
  customer: { id: "cus_1" },
  payment,
  amount,
  currency: "USD",
  subscription: { id: "sub_1", interval: "month" },
  click,
});

/** Annual plans of two customers who came by Ann, some months before. */
async function sellTwo(programme: Programme, at: string, amounts: [string, string]): Promise<void> {
  for (const [index, amount] of amounts.entries()) {
    const id = `${at}-${index}`;
    const [lead, click] = [`earlier-${index}`, await programme.click("ann", at)];
    const sold = await notify(programme, at, { type: "sale", id, lead, amount, click });
    expect(sold.attributed_to).toBe("ann");
  }
  // Her account has heard of both before it judges another sale.
  await programme.entries("ann", amounts.length);
}

test("referral tier: of $119.00 monthly the first payment only", async () => {
  const programme = await startProgramme(PAGE, "kartra", { ann: {} });
  const click = await programme.click("ann", "2026-01-02");
  for (const [index, at] of ["2026-01-03", "2026-02-03", "2026-03-03"].entries()) {
    await programme.post(at, monthly(11_900, `pay_${index}`, index === 0 ? click : undefined));
  }
  await programme.expectLedger("ann", [
    ["commission", 11_900],
    ["commission", 0],
    ["commission", 0],
  ]);
  expect((await programme.entries("ann", 3)).map(({ reason }: { reason: string | null }) => reason)).toEqual([
    null,
    "The terms pay nothing for payment 2.",
    "The terms pay nothing for payment 3.",
  ]);
});

test("referral tier: of $1,188.00 annual the first payment only", async () => {
  const programme = await start();
  const click = await programme.click("ann", "2025-01-02");
  await notify(programme, "2025-01-03", { type: "sale", id: "1", lead: "lee", amount: "1188.00", click });
  const renewed = await notify(programme, "2026-01-03", { type: "rebill", id: "2", lead: "lee", amount: "1188.00" });
  expect(renewed).toMatchObject({ attributed_to: "ann", reason: "bound" });
  await programme.expectLedger("ann", [
    ["commission", 23_760],
    ["commission", 0],
  ]);
});

test("tier 2: 30 % of $1,188.00 annual, and of its renewal", async () => {
  const programme = await start();
  await sellTwo(programme, "2025-02-01", ["500.00", "500.01"]);
  expect(await programme.tier("ann", "2025-03-17")).toBe("referral");
  expect(await programme.tier("ann", "2025-03-18")).toBe("tier-2");
  const click = await programme.click("ann", "2025-04-01");
  await notify(programme, "2025-04-02", { type: "sale", id: "1", lead: "lee", amount: "1188.00", click });
  await programme.entries("ann", 3);
  // The others are renewed too, or nobody would be left in the window.
  for (const index of [0, 1]) {
    const again = { type: "rebill", id: `again-${index}`, lead: `earlier-${index}`, amount: "500.01" } as const;
    await notify(programme, "2026-01-31", again);
    await programme.entries("ann", 4 + index);
  }
  await notify(programme, "2026-04-02", { type: "rebill", id: "2", lead: "lee", amount: "1188.00" });
  const entries = await programme.entries("ann", 6);
  expect(entries.map(({ tier, amount }: { tier: string; amount: number }) => [tier, amount])).toEqual([
    ["referral", 10_000],
    ["referral", 10_000],
    ["tier-2", 35_640],
    ["tier-2", 15_000],
    ["tier-2", 15_000],
    ["tier-2", 35_640],
  ]);
});

test.each([
  ["exactly $1,000.00 is tier 1", ["500.00", "500.00"], "tier-1", 23_760],
  ["over $10,000.00 is tier 3", ["5000.00", "5000.01"], "tier-3", 47_520],
] as const)("%s", async (_, [first, second], tier, earned) => {
  const programme = await start();
  await sellTwo(programme, "2025-02-01", [first, second]);
  const click = await programme.click("ann", "2025-04-01");
  await notify(programme, "2025-04-02", { type: "sale", id: "1", lead: "lee", amount: "1188.00", click });
  expect((await programme.entries("ann", 3)).at(-1)).toMatchObject({ tier, amount: earned });
});

test("$20,000.00 from a single customer is still the referral tier", async () => {
  const programme = await start();
  const click = await programme.click("ann", "2025-02-01");
  await notify(programme, "2025-02-01", { type: "sale", id: "1", lead: "rich", amount: "10000.00", click });
  await notify(programme, "2025-02-02", { type: "rebill", id: "2", lead: "rich", amount: "10000.00" });
  await programme.entries("ann", 2);
  expect(await programme.tier("ann", "2025-04-01")).toBe("referral");
});

test("second tier: the sponsor has 9.90 of $99.00 at every payment, and gives it back with a refund", async () => {
  const programme = await start({ cat: { sponsor: "ann" } });
  const click = await programme.click("cat", "2026-01-02");
  const payment = { lead: "lee", amount: "99.00" };
  await notify(programme, "2026-01-03", { ...payment, type: "sale", id: "1", click });
  await notify(programme, "2026-02-03", { ...payment, type: "rebill", id: "2" });
  await notify(programme, "2026-03-03", { ...payment, type: "rebill", id: "3" });
  await programme.expectLedger("ann", [
    ["override", 990],
    ["override", 990],
    ["override", 990],
  ]);
  await notify(programme, "2026-03-05", { ...payment, type: "refund", id: "4", of: "3" });
  const entries = await programme.entries("ann", 4);
  expect(entries[3]).toMatchObject({ kind: "reversal", amount: -990, corrects: entries[2].id });
});

test("sales on 3 and 17 January clear on 17 February and 3 March, and are paid in March and in April", async () => {
  const programme = await start();
  for (const [lead, at] of [
    ["lee", "2026-01-03"],
    ["kim", "2026-01-17"],
  ] as const) {
    const click = await programme.click("ann", at);
    await notify(programme, at, { type: "sale", id: lead, lead, amount: "400.00", click });
  }
  const days = await programme.expectLedger("ann", [
    ["commission", 8_000],
    ["commission", 8_000],
  ]);
  expect(days).toEqual(["2026-02-17", "2026-03-03"]);
  expect(await programme.balances("ann", "2026-01-02")).toEqual([0, 0, 0, 0]);
  expect(await programme.balances("ann", "2026-02-16")).toEqual([16_000, 16_000, 0, 0]);
  expect(await programme.balances("ann", "2026-02-17")).toEqual([16_000, 8_000, 8_000, 0]);
  expect(await programme.balances("ann", "2026-03-02")).toEqual([16_000, 8_000, 8_000, 0]);
  expect(await programme.balances("ann", "2026-03-03")).toEqual([16_000, 0, 16_000, 0]);
  await programme.makePayable("ann", "2026-02-01");
  for (const [at, entries] of [
    ["2026-03-15", 3],
    ["2026-04-20", 4],
  ] as const) {
    expect(await programme.pay(at)).toMatchObject({ USD: { payments: 1, amount: 8_000 } });
    await programme.entries("ann", entries);
  }
  expect(await programme.balances("ann", "2026-03-15")).toEqual([16_000, 0, 8_000, 8_000]);
  expect(await programme.balances("ann", "2026-04-20")).toEqual([16_000, 0, 0, 16_000]);
});

test("a trial of 30 days is no sale; the first full-price payment is, clears on 17 March and is paid in April", async () => {
  const programme = await start();
  const click = await programme.click("ann", "2025-12-31");
  const began = await notify(programme, "2026-01-01", { type: "trial", id: "1", lead: "lee", amount: "0.00", click });
  expect(began.attributed_to).toBe("ann");
  // The trial has bound the subscription: the click is a month old, and another one comes too late.
  await programme.click("ben", "2026-01-30");
  const paid = await notify(programme, "2026-01-31", { type: "rebill", id: "2", lead: "lee", amount: "400.00" });
  expect(paid).toMatchObject({ attributed_to: "ann", reason: "bound" });
  expect(await programme.expectLedger("ann", [["commission", 8_000]])).toEqual(["2026-03-17"]);
  await programme.makePayable("ann", "2026-02-01");
  expect(await programme.pay("2026-03-20")).toEqual({});
  expect(await programme.pay("2026-04-15")).toMatchObject({ USD: { payments: 1, amount: 8_000 } });
});

test("who clicks A on day 0 and B on day 3 and buys on day 20 came by B", async () => {
  const programme = await startProgramme(PAGE, "kartra", { ann: {}, ben: {} });
  const customer = { id: "cus_1" };
  await programme.post("2026-01-01", { type: "lead", customer, click: await programme.click("ann", "2026-01-01") });
  await programme.post("2026-01-04", { type: "lead", customer, click: await programme.click("ben", "2026-01-04") });
  const sold = await programme.post("2026-01-21", monthly(11_900, "pay_1"));
  expect(sold).toMatchObject({ attributed_to: "ben", reason: "last_click" });
  await programme.expectLedger("ben", [["commission", 11_900]]);
  await programme.expectLedger("ann", []);
});

test.each([
  ["2026-01-31T10:00:00Z", "ann"],
  ["2026-01-31T10:00:01Z", null],
  ["2026-02-01", null],
])("who clicks A on 1 January at ten and buys on %s came by %s", async (at, credited) => {
  const programme = await start();
  const click = await programme.click("ann", "2026-01-01");
  const sold = await notify(programme, at, { type: "sale", id: "1", lead: "lee", amount: "119.00", click });
  expect(sold).toMatchObject({ attributed_to: credited, reason: credited === null ? "outside_window" : "last_click" });
  await programme.expectLedger("ann", credited === null ? [] : [["commission", 2_380]]);
});

test("a refund inside the hold, by Kartra's notification, leaves what was", async () => {
  const programme = await start();
  const payment = { lead: "lee", amount: "1188.00" };
  const click = await programme.click("ann", "2026-01-02");
  await notify(programme, "2026-01-03", { ...payment, type: "sale", id: "1", click });
  await notify(programme, "2026-01-20", { ...payment, type: "refund", id: "2", of: "1" });
  await programme.expectLedger("ann", [
    ["commission", 23_760],
    ["reversal", -23_760],
  ]);
  expect(await programme.balances("ann", "2026-01-19")).toEqual([23_760, 23_760, 0, 0]);
  expect(await programme.balances("ann", "2026-01-20")).toEqual([0, 0, 0, 0]);
  expect(await programme.balances("ann", "2026-03-01")).toEqual([0, 0, 0, 0]);
});

test("a third, refunded three times by Kartra's notifications, takes back the commission exactly", async () => {
  const programme = await start();
  const click = await programme.click("ann", "2026-01-02");
  await notify(programme, "2026-01-03", { type: "sale", id: "1", lead: "lee", amount: "99.99", click });
  for (const [index, at] of ["2026-01-10", "2026-01-11", "2026-01-12"].entries()) {
    const third = { type: "partial_refund", id: `third-${index}`, lead: "lee", amount: "33.33", of: "1" } as const;
    await notify(programme, at, third);
  }
  await programme.expectLedger("ann", [
    ["commission", 2_000],
    ["reversal", -667],
    ["reversal", -666],
    ["reversal", -667],
  ]);
  expect(await programme.balances("ann", "2026-01-12")).toEqual([0, 0, 0, 0]);
});
