/** What any programme promises of what is taken back, from end to end for three of them: by the entries, and by balances as of any time. */
import { describe, expect, test } from "vitest";
import { startProgramme } from "../support/dated-story.ts";

const SOLD = "2026-01-03";
/** Of a payment of 99.99. */
const cases = [
  { preset: "kartra", hold: "2026-02-17", earned: 9_999, thirds: [-3_333, -3_333, -3_333] },
  { preset: "carrot", hold: "2026-02-02", earned: 2_500, thirds: [-833, -834, -833] },
  { preset: "convertkit", hold: "2026-02-02", earned: 3_000, thirds: [-1_000, -1_000, -1_000] },
];

const payment = { customer: { id: "cus_1" }, payment: "pay_1", amount: 9_999, currency: "USD" };

async function sell(preset: string) {
  const programme = await startProgramme("2025-01-01", preset, { ann: {} });
  const click = await programme.click("ann", "2026-01-02");
  const subscription = { id: "sub_1", interval: "month" };
  const sold = await programme.post(SOLD, { ...payment, type: "sale", subscription, click });
  expect(sold.attributed_to).toBe("ann");
  return programme;
}

describe.each(cases)("$preset", ({ preset, hold, earned, thirds }) => {
  test("a full refund inside the hold: the entry is reversed, the balance what it was", async () => {
    const programme = await sell(preset);
    await programme.post("2026-01-20", { ...payment, type: "refund", refund: "re_1" });
    const days = await programme.expectLedger("ann", [
      ["commission", earned],
      ["reversal", -earned],
    ]);
    expect(days).toEqual([hold, hold]);
    expect(await programme.balances("ann", "2026-01-02")).toEqual([0, 0, 0, 0]);
    expect(await programme.balances("ann", "2026-01-19")).toEqual([earned, earned, 0, 0]);
    expect(await programme.balances("ann", "2026-01-20")).toEqual([0, 0, 0, 0]);
    expect(await programme.balances("ann", hold)).toEqual([0, 0, 0, 0]);
  });

  test("a third refunded three times, each told twice: the reversals add up to the commission exactly", async () => {
    const programme = await sell(preset);
    for (const [index, at] of ["2026-01-10", "2026-01-11", "2026-01-12"].entries()) {
      const third = { ...payment, type: "refund", refund: `re_${index}`, amount: 3_333 };
      await programme.post(at, third);
      await programme.post(at, third);
    }
    await programme.expectLedger("ann", [
      ["commission", earned],
      ...thirds.map((third): [string, number] => ["reversal", third]),
    ]);
    expect(await programme.balances("ann", "2026-01-12")).toEqual([0, 0, 0, 0]);
  });

  test("a chargeback after the hold takes what was due, and its being won gives it back", async () => {
    const programme = await sell(preset);
    expect((await programme.entries("ann", 1))[0].amount).toBe(earned);
    await programme.post("2026-03-20", { ...payment, type: "chargeback", refund: "cb_1" });
    await programme.post("2026-05-02", { ...payment, type: "chargeback_won", refund: "cb_1" });
    const entries = await programme.entries("ann", 3);
    expect(entries.map(({ amount }: { amount: number }) => amount)).toEqual([earned, -earned, earned]);
    expect(entries[1].corrects).toBe(entries[0].id);
    expect(await programme.balances("ann", "2026-03-19")).toEqual([earned, 0, earned, 0]);
    expect(await programme.balances("ann", "2026-03-20")).toEqual([0, 0, 0, 0]);
    expect(await programme.balances("ann", "2026-05-02")).toEqual([earned, 0, earned, 0]);
  });
});
