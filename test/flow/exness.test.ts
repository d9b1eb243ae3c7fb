/** The first deposit that qualifies earns the amount, once, though a smaller one came first and they arrive out of order. */
import { expect, test } from "vitest";
import { startProgram } from "../support/dated-story.ts";

test("exness: $5.00, then $1,000.00, then $1,000.00 through another subscription", async () => {
  const program = await startProgram("2025-01-01", "exness", { ann: {} });
  const click = await program.click("ann", "2026-01-02");
  const deposit = (payment: string, amount: number, more: object = {}) => ({
    ...{ type: "sale", customer: { id: "client_1" }, payment, amount, currency: "USD" },
    ...{ country: "AE", platform: "WEB", ...more },
  });
  await program.post("2026-01-03", deposit("p1", 500, { click }));
  await program.post("2026-03-05", deposit("p3", 100_000, { subscription: { id: "sub_2", interval: "month" } }));
  await program.expectLedger("ann", [
    ["commission", 0],
    ["commission", 185_000],
  ]);
  // An earlier deposit that qualifies becomes known: it earns the amount instead.
  await program.post("2026-03-06", { ...deposit("p2", 100_000), occurred_at: "2026-02-04T00:00:00Z" });
  const entries = await program.entries("ann", 4);
  const sum = (list: { amount: number }[]) => list.reduce((total, { amount }) => total + amount, 0);
  expect(sum(entries)).toBe(185_000);
  expect(entries.map(({ amount }: { amount: number }) => amount).toSorted((a: number, b: number) => a - b)).toEqual([
    -185_000, 0, 185_000, 185_000,
  ]);
});
