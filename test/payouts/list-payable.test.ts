/** The month in which each entry is paid: the programs' worked examples, and corrections. */
import { describe, expect, test } from "vitest";
import { blankEntry, type LedgerEntry } from "../../src/commissions/ledger.ts";
import { addToMonth } from "../../src/lib/calendar.ts";
import { listPayable } from "../../src/payouts/list-payable.ts";
import { listWindows, nameWindow, payWindowOf, windowOf } from "../../src/payouts/payout-window.ts";
import { presets } from "../../src/programs/presets/index.ts";
import type { Payout, ProgramTerms } from "../../src/programs/terms.ts";

const DAY = 86_400_000;
const at = (day: string) => Date.parse(`${day}T09:00:00Z`);
const LATER = at("2030-01-01");

function entry(number: number, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    ...blankEntry,
    id: `en_1_2_${number}`,
    program_id: 1,
    affiliate_id: 2,
    number,
    kind: "commission",
    amount: 8_000,
    currency: "USD",
    occurred_at: at("2026-01-03"),
    clears_at: at("2026-02-17"),
    hash: "",
    ...changes,
  };
}

function termsOf(preset: string): ProgramTerms & { payout: Payout } {
  const terms = presets[preset];
  if (!terms?.payout) throw new Error(`${preset} has no payout`);
  return { ...terms, payout: terms.payout };
}

const payoutOf = (preset: string) => termsOf(preset).payout;

/** The window whose statement includes each entry, with each run drafted at the end of its window. */
function monthsOf(preset: string, entries: readonly LedgerEntry[]): Record<number, string> {
  const payout = payoutOf(preset);
  const stated = new Map<string, string>();
  for (let month = "2026-01"; month <= "2026-12"; month = addToMonth(month, 1)) {
    for (const window of listWindows(payout, month)) {
      const order = { ...window, payout, drafted_at: windowOf(payout, window).to };
      const left = entries.filter(({ id, occurred_at }) => !stated.has(id) && occurred_at <= order.drafted_at);
      for (const { id } of listPayable(left, (name) => stated.has(name), order)) stated.set(id, nameWindow(window));
    }
  }
  return Object.fromEntries(entries.map(({ id, number }) => [number, stated.get(id) ?? "never"]));
}

const paydays: [string, string, string, [from: string, to: string]][] = [
  ["kartra", "2026-01-03", "2026-03", ["2026-03-15", "2026-03-20"]],
  ["kartra", "2026-01-17", "2026-04", ["2026-04-15", "2026-04-20"]],
  // The first full-price payment after a trial from January 1.
  ["kartra", "2026-01-31", "2026-04", ["2026-04-15", "2026-04-20"]],
  // Clear on March 14 and 15, at midnight: paid on March 15 and on April 1.
  ["clickfunnels", "2026-01-28", "2026-03/2", ["2026-03-15", "2026-03-15"]],
  ["clickfunnels", "2026-01-29", "2026-04", ["2026-04-01", "2026-04-01"]],
  ["clickfunnels", "2026-01-31", "2026-04", ["2026-04-01", "2026-04-01"]],
  ["carrot", "2026-01-31", "2026-03", ["2026-03-10", "2026-03-15"]],
  ["carrot", "2026-02-01", "2026-04", ["2026-04-10", "2026-04-15"]],
];

test.each(paydays)("%s pays a sale of %s in %s", (preset, day, month, [from, to]) => {
  const occurred_at = at(day);
  const { hold_days } = termsOf(preset);
  const payout = payoutOf(preset);
  const sold = entry(1, { occurred_at, clears_at: occurred_at + hold_days * DAY });
  expect(monthsOf(preset, [sold])).toEqual({ 1: month });
  const paid = payWindowOf(payout, payout.basis === "cleared" ? sold.clears_at : occurred_at);
  expect(nameWindow(paid)).toBe(month);
  const window = windowOf(payout, paid);
  expect([window.from, window.to]).toEqual([Date.parse(from), Date.parse(to)]);
});

describe("a statement's entries", () => {
  const sold = entry(1);
  const order = { month: "2026-03", payout: payoutOf("kartra"), drafted_at: at("2026-03-15") };
  const numbers = (entries: readonly LedgerEntry[], stated: readonly string[] = []) =>
    listPayable(entries, (id) => stated.includes(id), order).map(({ number }) => number);
  const reversal = entry(2, { kind: "reversal", amount: -8_000, corrects: sold.id, occurred_at: at("2026-03-14") });

  test("include a sale's refund, even if it arrived after the paid month", () => {
    expect(numbers([sold, reversal])).toEqual([1, 2]);
  });

  test("include the refund of a sale on an earlier statement", () => {
    expect(numbers([reversal], [sold.id])).toEqual([2]);
  });

  test("leave a refund to wait with its sale for the end of the hold period", () => {
    const held = { ...sold, clears_at: at("2026-03-02") };
    expect(numbers([held, reversal])).toEqual([]);
  });

  test("leave entries that clear in the first moment of a month to that month", () => {
    expect(numbers([{ ...sold, clears_at: Date.UTC(2026, 2, 1) - 1 }])).toEqual([1]);
    expect(numbers([{ ...sold, clears_at: Date.UTC(2026, 2, 1) }])).toEqual([]);
  });

  test("include negative adjustments at once, and positive ones by their time", () => {
    const adjusted = { kind: "adjustment", occurred_at: at("2026-03-10"), clears_at: at("2026-03-10") } as const;
    expect(numbers([entry(1, { ...adjusted, amount: -5 }), entry(2, { ...adjusted, amount: 5 })])).toEqual([1]);
  });

  test("wait for the sale's money, if the terms say so", () => {
    const waiting = { ...order, payout: { ...order.payout, after_settlement: true } };
    const numbersAt = (settled_at: number | null) =>
      listPayable(
        [{ ...sold, conversion: "cv_1" }, reversal, bonus],
        () => false,
        waiting,
        () => settled_at,
      ).map(({ number }) => number);
    const bonus = entry(3, { kind: "bonus", conversion: null });
    expect(numbersAt(null)).toEqual([3]);
    expect(numbersAt(order.drafted_at + 1)).toEqual([3]);
    expect(numbersAt(order.drafted_at)).toEqual([1, 2, 3]);
  });

  test("include returned payments, but never payments", () => {
    const payment = entry(3, { kind: "payout", amount: -8_000, occurred_at: at("2026-03-01") });
    const back = { ...payment, number: 4, id: "en_1_2_4", amount: 8_000, corrects: payment.id };
    expect(numbers([payment, back])).toEqual([4]);
  });

  test("include all of a month's earnings that cleared by the draft where the terms pay by month earned", () => {
    const carrot = { month: "2026-03", payout: payoutOf("carrot"), drafted_at: at("2026-03-01") };
    const january = entry(1, { occurred_at: at("2026-01-20"), clears_at: at("2026-02-19") });
    const late = entry(2, { occurred_at: at("2026-01-31"), clears_at: at("2026-03-02") });
    expect(listPayable([january, late], () => false, carrot)).toEqual([january]);
    expect(listPayable([january, late], () => false, { ...carrot, drafted_at: LATER })).toEqual([january, late]);
  });
});
