/** Pay per lead: the first thing known of a customer earns a fixed amount, once, whatever order events arrive in. */
import { expect, test } from "vitest";
import { startProgram } from "../support/dated-story.ts";

const RATES = [{ event: "lead", country: ["DE"], flat: 800 }, { event: "lead", flat: 500 }, { rate_bps: 4_000 }];

async function startStory() {
  const program = await startProgram("2026-01-01", "kartra-classic", { ann: {} });
  await program.call("2026-01-01", "POST", "/terms", { terms: { rates: RATES, binds_to: "customer" } });
  const click = await program.click("ann", "2026-01-02");
  const lead = (at: string, id: string, more: object = {}) =>
    program.post(at, { type: "lead", customer: { id }, click, ...more });
  const sell = (at: string, id: string) =>
    program.post(at, {
      ...{ type: "sale", customer: { id }, click, payment: `pay_${id}` },
      ...{ amount: 10_000, currency: "USD" },
    });
  return { program, lead, sell };
}

test("a customer's first lead earns by its rule; other leads earn nothing", async () => {
  const { program, lead, sell } = await startStory();
  await lead("2026-01-03", "one");
  await lead("2026-01-04", "one", { country: "DE" });
  await sell("2026-01-05", "one");
  await lead("2026-01-06", "one");
  await lead("2026-01-07", "two", { country: "DE" });
  // A customer who has bought is no new lead.
  await sell("2026-01-08", "three");
  await lead("2026-01-09", "three");
  const entries = await program.entries("ann", 4);
  expect(entries.map(({ amount, explanation }: Record<string, unknown>) => [amount, explanation])).toEqual([
    [500, "A flat $5.00 by rule 2 of terms version 2: $5.00 for each new lead."],
    [4_000, "40% of $100.00 by rule 3 of terms version 2: 40% of each payment."],
    [800, "A flat $8.00 by rule 1 of terms version 2: $8.00 for each new lead, for customers in Germany."],
    [4_000, "40% of $100.00 by rule 3 of terms version 2: 40% of each payment."],
  ]);
  expect(entries[0]).toMatchObject({ base_amount: null, flat: 500, currency: "USD" });
  // Leads are held as long as sales: 45 days.
  expect(entries[0].clears_at.slice(0, 10)).toBe("2026-02-17");
});

test("an earlier lead that arrives late earns instead", async () => {
  const { program, lead } = await startStory();
  await lead("2026-01-07", "two", { country: "DE" });
  await program.expectLedger("ann", [["commission", 800]]);
  await lead("2026-01-08", "two", { occurred_at: "2026-01-03T10:00:00Z" });
  const entries = await program.entries("ann", 3);
  const amounts = entries.map(({ kind, amount }: Record<string, unknown>) => `${kind} ${amount}`).sort();
  expect(amounts).toEqual(["commission 500", "commission 800", "reversal -800"]);
});

test("terms without a rule for leads enter none", async () => {
  const program = await startProgram("2026-01-01", "kartra-classic", { ann: {} });
  const click = await program.click("ann", "2026-01-02");
  await program.post("2026-01-03", { type: "lead", customer: { id: "one" }, click });
  await program.post("2026-01-04", {
    ...{ type: "sale", customer: { id: "one" }, payment: "p1", amount: 10_000, currency: "USD" },
  });
  const entries = await program.entries("ann", 1);
  expect(entries[0]).toMatchObject({ kind: "commission", base_amount: 10_000 });
});

test("a lead waits for no money where the terms pay after settlement", async () => {
  const { program, lead } = await startStory();
  const payout = { basis: "cleared", lag_months: 1, first_day: 15, last_day: 20, after_settlement: true };
  await program.call("2026-01-02", "POST", "/terms", { terms: { payout } });
  await lead("2026-01-03", "one");
  await program.expectLedger("ann", [["commission", 500]]);
  await program.makePayable("ann", "2026-01-04");
  expect((await program.pay("2026-03-15")).USD).toMatchObject({ payments: 1, amount: 500 });
});

test("the preview pays for new leads", async () => {
  const { program } = await startStory();
  const at = (day: number) => ({ occurred_at: `2026-02-0${day}T10:00:00Z`, amount: 0, customer: "a" });
  const { sales } = await program.call("2026-02-01", "POST", "/terms/preview", {
    sales: [
      { ...at(1), type: "lead" },
      { ...at(2), type: "lead" },
      { ...at(3), amount: 10_000 },
    ],
  });
  const earned = sales.map(({ entries }: { entries: { amount: number }[] }) => entries.map(({ amount }) => amount));
  expect(earned).toEqual([[500], [], [4_000]]);
});
