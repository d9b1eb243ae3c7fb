/** Payments and months counted through changes of plan and across a customer's subscriptions, from the click to the ledger. */
import { expect, test } from "vitest";
import { type Line, startProgram } from "../support/dated-story.ts";

interface Sold {
  at: string;
  amount: number;
  /** The subscription's id, and the one it replaces. */
  subscription?: string;
  replaces?: string;
  interval?: "month" | "year";
  /** Changes of the event. */
  more?: Record<string, unknown>;
}

/** One customer's payments in a program; what its affiliate earns of each. */
async function sell(preset: string, sales: readonly Sold[]): Promise<Line[]> {
  const program = await startProgram("2025-01-01", preset, { ann: {} });
  const click = await program.click("ann", "2026-01-01");
  for (const [index, { at, amount, subscription, replaces, interval = "month", more }] of sales.entries()) {
    const sold = await program.post(at, {
      ...{ type: "sale", customer: { id: "cus_1" }, payment: `pay_${index}`, amount, currency: "USD" },
      ...(subscription !== undefined && { subscription: { id: subscription, interval, replaces } }),
      ...(index === 0 && { click }),
      ...more,
    });
    expect(sold.attributed_to).toBe("ann");
  }
  const entries = await program.entries("ann", sales.length);
  return entries.map(({ kind, amount }: { kind: string; amount: number }): Line => [kind, amount]);
}

/** The days of a month's payments, a month apart each, from 3 January 2026. */
const monthly = (count: number) =>
  Array.from({ length: count }, (_, n) => new Date(Date.UTC(2026, n, 3, 10)).toISOString());
const commissions = (...amounts: number[]) => amounts.map((amount): Line => ["commission", amount]);

test("kartra: a change of plan under a new subscription id is not another first payment", async () => {
  const earned = await sell("kartra", [
    { at: "2026-01-03", amount: 9_900, subscription: "sub_1" },
    { at: "2026-02-03", amount: 19_900, subscription: "sub_2", replaces: "sub_1" },
    { at: "2026-03-03", amount: 19_900, subscription: "sub_2" },
  ]);
  expect(earned).toEqual(commissions(9_900, 0, 0));
});

test("builderall: after a change of plan the second payment earns 30%", async () => {
  const earned = await sell("builderall", [
    { at: "2026-01-03", amount: 10_000, subscription: "sub_1" },
    { at: "2026-02-03", amount: 9_900, subscription: "sub_2", replaces: "sub_1" },
  ]);
  expect(earned).toEqual(commissions(10_000, 2_970));
});

test("convertkit: months go on counting through a change of plan in month 23", async () => {
  const earned = await sell("convertkit", [
    { at: "2026-01-03", amount: 10_000, subscription: "sub_1" },
    { at: "2027-12-03", amount: 20_000, subscription: "sub_2", replaces: "sub_1" },
    { at: "2028-01-03", amount: 20_000, subscription: "sub_2" },
  ]);
  expect(earned).toEqual(commissions(3_000, 6_000, 0));
});

test("notion: a second subscription, and a purchase without one, are counted from the customer's first payment", async () => {
  const days = monthly(14);
  const sales = days.map(
    (at, n): Sold => ({ at, amount: 10_000, ...(n !== 5 && { subscription: n < 9 ? "sub_1" : "sub_2" }) }),
  );
  expect(await sell("notion", sales)).toEqual(commissions(...Array<number>(12).fill(5_000), 0, 0));
});

test("bigcommerce: a second subscription of the same customer earns nothing", async () => {
  const earned = await sell("bigcommerce", [
    { at: "2026-01-03", amount: 3_900, subscription: "sub_1" },
    { at: "2026-01-20", amount: 10_500, subscription: "sub_2" },
    { at: "2026-02-20", amount: 3_900 },
  ]);
  expect(earned).toEqual(commissions(7_800, 0, 0));
});

test("exness: an active client is one, whatever further accounts it opens", async () => {
  const where = { country: "AE", platform: "web" };
  const earned = await sell("exness", [
    { at: "2026-01-03", amount: 100_000, more: where },
    { at: "2026-02-03", amount: 100_000, subscription: "account_2", more: where },
  ]);
  expect(earned).toEqual(commissions(185_000, 0));
});

test("a payment that a provider bills up to a day early belongs to the next month", async () => {
  const early = [
    "2026-01-16T07:30:00Z",
    ...Array.from({ length: 12 }, (_, n) => new Date(Date.UTC(2026, 1 + n, 15, 10)).toISOString()),
  ];
  const sales = early.map((at): Sold => ({ at, amount: 10_000, subscription: "sub_1" }));
  expect(await sell("notion", sales)).toEqual(commissions(...Array<number>(12).fill(5_000), 0));
});
