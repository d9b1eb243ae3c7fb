/** Refunds and chargebacks in three programs, from end to end: the entries, and the balances as of any time. */
import { describe, expect, test } from "vitest";
import { startProgram } from "../support/dated-story.ts";

const SOLD = "2026-01-03";
/** The commission of a payment of 99.99. */
const cases = [
  { preset: "kartra", hold: "2026-02-17", earned: 9_999, thirds: [-3_333, -3_333, -3_333] },
  { preset: "carrot", hold: "2026-02-02", earned: 2_500, thirds: [-833, -834, -833] },
  { preset: "convertkit", hold: "2026-02-02", earned: 3_000, thirds: [-1_000, -1_000, -1_000] },
];

const payment = { customer: { id: "cus_1" }, payment: "pay_1", amount: 9_999, currency: "USD" };

async function sell(preset: string) {
  const program = await startProgram("2025-01-01", preset, { ann: {} });
  const click = await program.click("ann", "2026-01-02");
  const subscription = { id: "sub_1", interval: "month" };
  const sold = await program.post(SOLD, { ...payment, type: "sale", subscription, click });
  expect(sold.attributed_to).toBe("ann");
  return program;
}

describe.each(cases)("$preset", ({ preset, hold, earned, thirds }) => {
  test("a full refund within the hold period reverses the entry and restores the balance", async () => {
    const program = await sell(preset);
    await program.post("2026-01-20", { ...payment, type: "refund", refund: "re_1" });
    const days = await program.expectLedger("ann", [
      ["commission", earned],
      ["reversal", -earned],
    ]);
    expect(days).toEqual([hold, hold]);
    expect(await program.balances("ann", "2026-01-02")).toEqual([0, 0, 0, 0]);
    expect(await program.balances("ann", "2026-01-19")).toEqual([earned, earned, 0, 0]);
    expect(await program.balances("ann", "2026-01-20")).toEqual([0, 0, 0, 0]);
    expect(await program.balances("ann", hold)).toEqual([0, 0, 0, 0]);
  });

  test("a third refunded three times, each sent twice: the reversals add up to the commission exactly", async () => {
    const program = await sell(preset);
    for (const [index, at] of ["2026-01-10", "2026-01-11", "2026-01-12"].entries()) {
      const third = { ...payment, type: "refund", refund: `re_${index}`, amount: 3_333 };
      await program.post(at, third);
      await program.post(at, third);
    }
    await program.expectLedger("ann", [
      ["commission", earned],
      ...thirds.map((third): [string, number] => ["reversal", third]),
    ]);
    expect(await program.balances("ann", "2026-01-12")).toEqual([0, 0, 0, 0]);
  });

  test("a refund that fails restores the commission", async () => {
    const program = await sell(preset);
    await program.post("2026-01-20", { ...payment, type: "refund", refund: "re_1" });
    await program.post("2026-01-22", {
      customer: payment.customer,
      payment: "pay_1",
      type: "refund_failed",
      refund: "re_1",
    });
    await program.expectLedger("ann", [
      ["commission", earned],
      ["reversal", -earned],
      ["reversal", earned],
    ]);
    expect(await program.balances("ann", "2026-01-22")).toEqual([earned, earned, 0, 0]);
  });

  test("a sale on which the merchant pays no commission is credited, and earns nothing", async () => {
    const program = await startProgram("2025-01-01", preset, { ann: {} });
    const click = await program.click("ann", "2026-01-02");
    const sold = await program.post(SOLD, { ...payment, type: "sale", click, commissionable: false });
    expect(sold.attributed_to).toBe("ann");
    const [entry] = await program.entries("ann", 1);
    expect(entry).toMatchObject({ amount: 0, explanation: expect.stringContaining("pays no commission on this sale") });
  });

  test("a chargeback after the hold period reverses a due commission, and a won chargeback restores it", async () => {
    const program = await sell(preset);
    expect((await program.entries("ann", 1))[0].amount).toBe(earned);
    await program.post("2026-03-20", { ...payment, type: "chargeback", refund: "cb_1" });
    await program.post("2026-05-02", { ...payment, type: "chargeback_won", refund: "cb_1" });
    const entries = await program.entries("ann", 3);
    expect(entries.map(({ amount }: { amount: number }) => amount)).toEqual([earned, -earned, earned]);
    expect(entries[1].corrects).toBe(entries[0].id);
    expect(await program.balances("ann", "2026-03-19")).toEqual([earned, 0, earned, 0]);
    expect(await program.balances("ann", "2026-03-20")).toEqual([0, 0, 0, 0]);
    expect(await program.balances("ann", "2026-05-02")).toEqual([earned, 0, earned, 0]);
  });
});

test.each([
  { preset: "kartra", earned: 9_999, of_next: 20_000, pay_days: ["2026-03-16", "2026-05-16", "2026-07-16"] },
  { preset: "carrot", earned: 2_500, of_next: 5_000, pay_days: ["2026-03-12", "2026-05-12", "2026-07-12"] },
])(
  "$preset: a chargeback after the payout makes the balance negative, which is carried to the next statements",
  async (given) => {
    const { preset, earned, of_next, pay_days } = given;
    const [paid = "", carried = "", settled = ""] = pay_days;
    const program = await sell(preset);
    await program.makePayable("ann", "2026-02-01");
    await program.entries("ann", 1);
    expect(await program.pay(paid)).toMatchObject({ USD: { payments: 1, amount: earned } });
    await program.entries("ann", 2);
    expect(await program.balances("ann", paid)).toEqual([earned, 0, 0, earned]);

    await program.post("2026-04-20", { ...payment, type: "chargeback", refund: "cb_1" });
    await program.entries("ann", 3);
    expect(await program.balances("ann", "2026-04-19")).toEqual([earned, 0, 0, earned]);
    expect(await program.balances("ann", "2026-04-20")).toEqual([0, 0, -earned, earned]);
    expect(await program.pay(carried)).toMatchObject({ USD: { payments: 0, amount: 0, carried: -earned } });
    const debt = { opening: 0, total: -earned, payable: 0, carried: -earned, blocked: [{ code: "negative" }] };
    await program.statementThat("ann", 2, debt);

    // The next commissions settle the debt first.
    const click = await program.click("ann", "2026-05-01");
    const next = { customer: { id: "cus_2" }, payment: "pay_2", amount: 20_000, currency: "USD" };
    const subscription = { id: "sub_2", interval: "month" };
    await program.post("2026-05-02", { ...next, type: "sale", subscription, click });
    await program.entries("ann", 4);
    expect(await program.pay(settled)).toMatchObject({ USD: { payments: 1, amount: of_next - earned } });
    await program.statementThat("ann", 3, { opening: -earned, total: of_next - earned, payable: of_next - earned });
    await program.entries("ann", 5);
    expect(await program.balances("ann", settled)).toEqual([of_next, 0, 0, of_next]);
  },
);
