/** ConvertKit's program from end to end: created from its preset, with clicks and generic events, and read from the API. */
import { expect, test } from "vitest";
import { type Line, startProgram } from "../support/dated-story.ts";

test("24 monthly payments of $100.00 earn 30.00 each and 720.00 in all, and the 25th earns no commission", async () => {
  const program = await startProgram("2024-01-01", "convertkit", { ann: {} });
  const click = await program.click("ann", "2024-01-20");
  for (let month = 0; month < 25; month += 1) {
    // A renewal is at about the hour of the first payment, and on the last day of a month without a 31st.
    const last = new Date(Date.UTC(2024, month + 1, 0, 9 + (month % 3))).toISOString();
    const sold = await program.post(last, {
      type: "sale",
      customer: { id: "cus_1" },
      payment: `pay_${month}`,
      amount: 10_000,
      currency: "USD",
      subscription: { id: "sub_1", interval: "month" },
      ...(month === 0 && { click }),
    });
    expect(sold.attributed_to).toBe("ann");
  }
  await program.expectLedger("ann", [...Array<Line>(24).fill(["commission", 3_000]), ["commission", 0]]);
  expect((await program.entries("ann", 25)).at(-1)).toMatchObject({
    reason: "The terms pay nothing for a payment 24 months after the first.",
  });
  expect(await program.balances("ann", "2026-03-31")).toEqual([72_000, 0, 72_000, 0]);
});
