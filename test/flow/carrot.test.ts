/** Carrot's program from end to end: created from its preset, with clicks and generic events, and read from the API. */
import { expect, test } from "vitest";
import { type Line, startProgram } from "../support/dated-story.ts";

const start = () => startProgram("2018-01-01", "carrot", { ann: {}, ben: {} });
const customer = { id: "cus_1" };
const payment = (changes: Record<string, unknown>) => ({
  type: "sale",
  customer,
  amount: 10_000,
  currency: "USD",
  subscription: { id: "sub_1", interval: "month" },
  ...changes,
});

test("$100.00 monthly for 36 months, after a click five years before the sign-up, earns 25.00 each and 900.00 in all", async () => {
  const program = await start();
  const click = await program.click("ann", "2018-06-15");
  const signedUp = await program.post("2023-06-15", { type: "lead", customer, click });
  expect(signedUp).toMatchObject({ attributed_to: "ann", reason: "last_click" });
  for (let month = 0; month < 36; month += 1) {
    const at = new Date(Date.UTC(2023, 5 + month, 15, 11)).toISOString();
    const sold = await program.post(at, payment({ payment: `pay_${month}` }));
    expect(sold.attributed_to).toBe("ann");
  }
  await program.expectLedger("ann", Array<Line>(36).fill(["commission", 2_500]));
  // The 35th was paid on April 15 and has cleared; the last one clears on June 14.
  expect(await program.balances("ann", "2026-06-13")).toEqual([90_000, 2_500, 87_500, 0]);
  expect(await program.balances("ann", "2026-06-15")).toEqual([90_000, 0, 90_000, 0]);
});

test("a sale on January 31, 2026 clears on March 2 and is paid from March 10 on", async () => {
  const program = await start();
  await program.post("2026-01-31", payment({ payment: "p1", click: await program.click("ann", "2026-01-30") }));
  expect(await program.expectLedger("ann", [["commission", 2_500]])).toEqual(["2026-03-02"]);
  expect(await program.balances("ann", "2026-03-01")).toEqual([2_500, 2_500, 0, 0]);
  expect(await program.balances("ann", "2026-03-02")).toEqual([2_500, 0, 2_500, 0]);
  await program.makePayable("ann", "2026-02-01");
  expect(await program.pay("2026-03-10")).toMatchObject({ USD: { payments: 1, amount: 2_500 } });
  await program.entries("ann", 2);
  expect(await program.balances("ann", "2026-03-10")).toEqual([2_500, 0, 0, 2_500]);
});

test("an education product earns half", async () => {
  const program = await start();
  const click = await program.click("ann", "2026-01-30");
  await program.post("2026-01-31", payment({ payment: "p1", product: "education", click }));
  await program.expectLedger("ann", [["commission", 5_000]]);
});

test("the last click before the sign-up counts, and a later one does not", async () => {
  const program = await start();
  const clicks = { ann: await program.click("ann", "2025-01-01"), ben: await program.click("ben", "2025-03-01") };
  await program.post("2025-02-01", { type: "lead", customer, click: clicks.ann });
  const sold = await program.post("2025-03-02", payment({ payment: "p1", click: clicks.ben }));
  expect(sold).toMatchObject({ attributed_to: "ann", reason: "last_click" });
  const other = { customer: { id: "cus_2" }, subscription: null };
  await program.post("2025-02-01", { type: "lead", ...other });
  const late = await program.post("2025-03-02", payment({ ...other, payment: "p2", click: clicks.ben }));
  expect(late).toMatchObject({ attributed_to: null, reason: "click_after_signup" });
});

test("a customer is bound for life, including a subscription years later", async () => {
  const program = await start();
  await program.post("2020-02-01", payment({ payment: "p1", click: await program.click("ann", "2020-01-31") }));
  await program.post("2020-03-01", { type: "cancellation", customer, subscription: { id: "sub_1" } });
  const again = payment({ payment: "p2", subscription: { id: "sub_2", interval: "year" } });
  const sold = await program.post("2025-02-01", { ...again, click: await program.click("ben", "2025-01-31") });
  expect(sold).toMatchObject({ attributed_to: "ann", reason: "bound" });
  await program.expectLedger("ann", [
    ["commission", 2_500],
    ["commission", 2_500],
  ]);
});
