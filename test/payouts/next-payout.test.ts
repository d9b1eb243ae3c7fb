import { expect, test } from "vitest";
import { blankEntry } from "../../src/commissions/ledger.ts";
import { listPayable } from "../../src/payouts/list-payable.ts";
import { findNextPayout, listComingWindows } from "../../src/payouts/next-payout.ts";
import { nameWindow } from "../../src/payouts/payout-window.ts";
import { type Block, makeStatement } from "../../src/payouts/statements/statement.ts";
import { presets } from "../../src/programs/presets/index.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";

const { payout } = kartra;

const coming: [string, string, string[], string][] = [
  ["before the window", "2026-03-01T00:00:00Z", [], "2026-03"],
  ["in the window", "2026-03-17T12:00:00Z", [], "2026-03"],
  ["on its last day", "2026-03-20T23:59:59Z", [], "2026-03"],
  ["after it", "2026-03-21T00:00:00Z", [], "2026-04"],
  ["after the month's run", "2026-03-16T00:00:00Z", ["2026-03"], "2026-04"],
  ["at the end of a year", "2026-12-31T00:00:00Z", [], "2027-01"],
];

test.each(coming)("the next payout, %s", (_, now, run, month) => {
  if (payout === null) throw new Error("kartra pays");
  expect(listComingWindows(payout, Date.parse(now), (one) => run.includes(nameWindow(one)))[0]).toEqual({ month });
});

const DAY = 86_400_000;
const noon = (day: string) => Date.parse(`${day}T12:00:00Z`);

/** The next payout shown on a day to an affiliate that earned 80.00 on each of these days. */
function nextPayout(
  preset: string,
  days: readonly string[],
  today: string,
  options: { amount?: number; run?: string[] } = {},
) {
  const { amount = 8_000, run = [] } = options;
  const terms = presets[preset];
  if (!terms?.payout) throw new Error(`${preset} has no payout`);
  const entries = days.map((day, place) => {
    const times = { occurred_at: noon(day), clears_at: noon(day) + terms.hold_days * DAY };
    const number = place + 1;
    return {
      ...blankEntry,
      id: `en_1_2_${number}`,
      number,
      kind: "commission" as const,
      amount,
      currency: "USD",
      ...times,
    };
  });
  const asked = { payout: terms.payout, program_currency: "USD", now: noon(today) };
  const next = findNextPayout(
    asked,
    (window) => run.includes(nameWindow(window)),
    (order) => {
      const lines = listPayable(entries, () => false, order);
      const account = { program_id: 1, affiliate_id: 2 };
      return [makeStatement(order, [], { account, number: 1, currency: "USD", opening: 0, lines, sales: 0 })];
    },
  );
  if (next === null) return null;
  const [part] = next.parts;
  const toDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return [toDay(next.window.from), toDay(next.window.to), part?.total, part?.blocked.map((block: Block) => block.code)];
}

const paydays: [string, string[], string, [string, string, number, string[]]][] = [
  // Clear on February 17 and March 3: paid in March and April.
  ["kartra", ["2026-01-03"], "2026-01-04", ["2026-03-15", "2026-03-20", 8_000, []]],
  ["kartra", ["2026-01-03", "2026-01-17"], "2026-01-18", ["2026-03-15", "2026-03-20", 8_000, []]],
  ["kartra", ["2026-01-17"], "2026-01-18", ["2026-04-15", "2026-04-20", 8_000, []]],
  ["kartra", ["2026-01-31"], "2026-02-01", ["2026-04-15", "2026-04-20", 8_000, []]],
  // Missed in March: the next window pays both.
  ["kartra", ["2026-01-03", "2026-01-17"], "2026-03-21", ["2026-04-15", "2026-04-20", 16_000, []]],
  // ClickFunnels pays on the 1st and the 15th; the sales clear on March 14 and 19.
  ["clickfunnels", ["2026-01-28"], "2026-02-01", ["2026-03-15", "2026-03-15", 8_000, ["below_minimum"]]],
  ["clickfunnels", ["2026-01-28", "2026-02-02"], "2026-03-16", ["2026-04-01", "2026-04-01", 16_000, []]],
  ["carrot", ["2026-01-31"], "2026-02-01", ["2026-03-10", "2026-03-15", 8_000, []]],
  ["carrot", ["2026-02-01"], "2026-02-02", ["2026-04-10", "2026-04-15", 8_000, []]],
];

test.each(paydays)("%s pays sales of %j, as shown on %s", (preset, days, today, expected) => {
  expect(nextPayout(preset, days, today)).toEqual(expected);
});

test("a balance below the minimum shows the missing amount", () => {
  const shown = nextPayout("carrot", ["2026-01-31"], "2026-02-01", { amount: 2_499 });
  expect(shown).toEqual(["2026-03-10", "2026-03-15", 2_499, ["below_minimum"]]);
});

test("there is no further payout for a month after its run, and none without commissions", () => {
  const shown = nextPayout("kartra", ["2026-01-03"], "2026-03-16", { run: ["2026-03"] });
  expect(shown).toEqual(["2026-04-15", "2026-04-20", 8_000, []]);
  expect(nextPayout("kartra", [], "2026-01-04")).toBeNull();
});
