/** Worked examples from the known programs' own pages, or derived from them, each with its preset. */
import { expect, test } from "vitest";
import { balancesOf } from "../../src/commissions/balances.ts";
import { type PreviewSale, previewSales } from "../../src/commissions/preview.ts";
import { presets } from "../../src/programs/presets/index.ts";
import type { ProgramTerms } from "../../src/programs/terms.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 31);

function termsOf(name: string): ProgramTerms {
  const terms = presets[name];
  if (terms === undefined) throw new Error(`there is no preset ${name}`);
  return terms;
}

/** Payments of one subscription, a month or a year apart. */
function payments(count: number, amount: number, interval: "month" | "year", more: Partial<PreviewSale> = {}) {
  return Array.from({ length: count }, (_, index): PreviewSale => {
    const occurred_at = interval === "month" ? Date.UTC(2026, 1 + index, 0, 12) : Date.UTC(2026 + index, 0, 31, 12);
    return { occurred_at, amount, interval, subscription: "sub_1", customer: "the customer", ...more };
  });
}

/** Earlier sales to other customers, cleared and counted. */
const before = (...amounts: number[]): PreviewSale[] =>
  amounts.map((amount, n) => ({
    occurred_at: START - 100 * DAY + n,
    amount,
    customer: `earlier ${n}`,
    subscription: `earlier ${n}`,
    interval: "year",
  }));

function earn(preset: string, sales: readonly PreviewSale[], earlier: readonly PreviewSale[] = []) {
  const preview = previewSales(termsOf(preset), "USD", [...earlier, ...sales]);
  return preview.sales.filter(({ sale }) => sale >= earlier.length);
}
const amounts = (sales: ReturnType<typeof earn>) =>
  sales.map(({ entries }) =>
    entries.filter(({ kind }) => kind !== "bonus").reduce((sum, entry) => sum + entry.amount, 0),
  );
/** A monthly payment of one subscription, and one a month later of another, which may replace it. */
function changes(amount: number, [later, subscription, replaces]: [number, string | null, string?]): PreviewSale[] {
  const [first = { occurred_at: START, amount }, second = first] = payments(2, amount, "month");
  return [first, { ...second, amount: later, subscription, replaces }];
}

const repeat = (times: number, amount: number) => Array.from({ length: times }, () => amount);

const examples: [string, string, PreviewSale[], PreviewSale[], number[]][] = [
  ["kartra", "referral, $119.00 monthly, three payments", [], payments(3, 11_900, "month"), [11_900, 0, 0]],
  ["kartra", "referral, $1,188.00 annual, renewed once", [], payments(2, 118_800, "year"), [23_760, 0]],
  [
    "kartra",
    "two customers and exactly $1,000.00: tier 1",
    before(50_000, 50_000),
    payments(1, 118_800, "year"),
    [23_760],
  ],
  [
    "kartra",
    "tier 2, $1,188.00 annual, in its first year",
    before(50_000, 50_001),
    payments(1, 118_800, "year"),
    [35_640],
  ],
  ["kartra", "tier 3", before(500_000, 500_001), payments(2, 9_900, "month"), [3_960, 3_960]],
  ["kartra", "$20,000.00 from one customer: referral", before(2_000_000), payments(2, 11_900, "month"), [11_900, 0]],
  ["kartra-classic", "$99.00 monthly for 12 months", [], payments(12, 9_900, "month"), repeat(12, 3_960)],
  ["carrot", "$100.00 monthly for 36 months", [], payments(36, 10_000, "month"), repeat(36, 2_500)],
  ["builderall", "$100.00 monthly, 12 payments", [], payments(12, 10_000, "month"), [10_000, ...repeat(11, 3_000)]],
  ["convertkit", "$100.00 monthly, 25 payments", [], payments(25, 10_000, "month"), [...repeat(24, 3_000), 0]],
  ["notion", "$100.00 monthly, 14 payments", [], payments(14, 10_000, "month"), [...repeat(12, 5_000), 0, 0]],
  ["bigcommerce", "$39.00, and again", [], payments(2, 3_900, "month"), [7_800, 0]],
  ["bigcommerce", "$348.00 annual, renewed once", [], payments(2, 34_800, "year"), [5_800, 0]],
  [
    "bigcommerce",
    "enterprise, whatever it costs",
    [],
    payments(2, 990_000, "year", { product: "enterprise" }),
    [15_000, 0],
  ],
  ["bigcommerce", "product “Enterprise”", [], payments(1, 3_900, "month", { product: "Enterprise" }), [15_000]],
  ["carrot", "product “Education”", [], payments(1, 10_000, "month", { product: "Education" }), [5_000]],
  [
    "kartra",
    "referral, $99.00 monthly, then a plan of $199.00 under a new subscription id",
    [],
    changes(9_900, [19_900, "sub_2", "sub_1"]),
    [9_900, 0],
  ],
  ["builderall", "$100.00, then a plan of $99.00", [], changes(10_000, [9_900, "sub_2", "sub_1"]), [10_000, 2_970]],
  [
    "convertkit",
    "$100.00 monthly, another plan in month 23",
    [],
    payments(25, 10_000, "month").map((sale, n) =>
      n < 23 ? sale : { ...sale, subscription: "sub_2", replaces: "sub_1" },
    ),
    [...repeat(24, 3_000), 0],
  ],
  [
    "notion",
    "a second subscription of the same customer from month 10 on",
    [],
    payments(14, 10_000, "month").map((sale, n) => (n < 10 ? sale : { ...sale, subscription: "sub_2" })),
    [...repeat(12, 5_000), 0, 0],
  ],
  ["bigcommerce", "a second subscription of the same customer", [], changes(3_900, [10_500, "sub_2"]), [7_800, 0]],
  ["bigcommerce", "a purchase without a subscription after it", [], changes(3_900, [10_500, null]), [7_800, 0]],
  [
    "exness",
    "a second account of the same client",
    [],
    changes(100_000, [100_000, "sub_2"]).map((sale) => ({ ...sale, country: "AE", platform: "web" })),
    [185_000, 0],
  ],
  [
    "notion",
    "billed at 07:30Z on the 16th and at 10:00Z on the 15th of each later month",
    [],
    Array.from({ length: 13 }, (_, n) => ({
      occurred_at: n === 0 ? Date.UTC(2026, 0, 16, 7, 30) : Date.UTC(2026, n, 15, 10),
      amount: 10_000,
      subscription: "sub_1",
    })),
    [...repeat(12, 5_000), 0],
  ],
  ["systeme", "$27.00 monthly", [], payments(2, 2_700, "month"), [1_350, 1_350]],
];

test.each(examples)("%s: %s", (preset, _, earlier, sales, expected) => {
  expect(amounts(earn(preset, sales, earlier))).toEqual(expected);
});

test("kartra: tier 2, $1,188.00 annual, earns on the sale and its renewal, while the other sales are renewed too", () => {
  const earlier = [START - 100 * DAY, START + 265 * DAY].flatMap((occurred_at) =>
    before(50_000, 50_001).map((sale) => ({ ...sale, occurred_at })),
  );
  expect(amounts(earn("kartra", payments(2, 118_800, "year"), earlier))).toEqual([35_640, 35_640]);
});

const deposit = (day: number, amount: number, more: Partial<PreviewSale> = {}): PreviewSale => ({
  occurred_at: START + day * DAY,
  amount,
  customer: "the client",
  country: "AE",
  platform: "web",
  ...more,
});
const deposits: [string, PreviewSale[], number[]][] = [
  [
    "$5.00, then $1,000.00, then $1,000.00",
    [deposit(0, 500), deposit(1, 100_000), deposit(2, 100_000)],
    [0, 185_000, 0],
  ],
  ["$10.00 is the one that counts", [deposit(0, 1_000), deposit(1, 100_000)], [20_000, 0]],
  ["within another subscription", [deposit(0, 100_000), deposit(1, 100_000, { subscription: "sub_2" })], [185_000, 0]],
  ["in another currency first", [deposit(0, 100_000, { currency: "EUR" }), deposit(1, 100_000)], [0, 185_000]],
  ["of two clients", [deposit(0, 100_000), deposit(1, 100_000, { customer: "another" })], [185_000, 185_000]],
  [
    "refunded: no other one takes its place",
    [deposit(0, 100_000, { refunded: 100_000, refunded_at: START }), deposit(1, 100_000)],
    [0, 0],
  ],
];
test.each(deposits)("exness: the first deposit that qualifies: %s", (_, sales, expected) => {
  expect(amounts(earn("exness", sales))).toEqual(expected);
});

test("kartra: the sponsor has 10 % of every payment", () => {
  const [first, second] = earn("kartra", payments(2, 9_900, "month"));
  expect([first?.override, second?.override]).toEqual([990, 990]);
});

test("builderall: the hundredth customer earns a one-time bonus of $500.00", () => {
  const sales = Array.from({ length: 100 }, (_, n) => ({ occurred_at: START + n, amount: 100, customer: `c${n}` }));
  const bonuses = earn("builderall", sales).flatMap(({ entries }) => entries.filter(({ kind }) => kind === "bonus"));
  expect(bonuses).toMatchObject([{ amount: 50_000, reason: "100 customers reached." }]);
});

test("builderall: a bonus that refunds undo leaves nothing", () => {
  const sales = Array.from({ length: 100 }, (_, n) => ({
    ...{ occurred_at: START + n, amount: 100, customer: `c${n}` },
    ...(n >= 97 && { refunded: 100, refunded_at: START + DAY }),
  }));
  const { balances } = previewSales(termsOf("builderall"), "USD", sales);
  expect(balances).toMatchObject([{ earned: 97 * 100, due: 97 * 100 }]);
});

test("clickfunnels: a bonus at each $1,000.00 of commission, several at once", () => {
  const [sale] = earn("clickfunnels", [{ occurred_at: START, amount: 1_100_000 }]);
  expect(sale?.entries.map(({ kind, amount }) => `${kind} ${amount}`)).toEqual([
    "commission 220000",
    "bonus 10000",
    "bonus 10000",
  ]);
});

const holds: [string, string, string][] = [
  ["kartra", "2026-01-03", "2026-02-17"],
  ["kartra", "2026-01-17", "2026-03-03"],
  // A trial of 30 days from January 1.
  ["kartra", "2026-01-31", "2026-03-17"],
  ["carrot", "2026-01-31", "2026-03-02"],
  ["clickfunnels", "2026-01-31", "2026-03-17"],
  ["kajabi", "2026-01-31", "2026-04-01"],
  ["kajabi", "2028-01-31", "2028-03-31"],
];
test.each(holds)("%s: a sale on %s clears on %s", (preset, sold, clears) => {
  const [sale] = earn(preset, [{ occurred_at: Date.parse(sold), amount: 10_000, interval: "month" }]);
  expect(new Date(sale?.entries[0]?.clears_at ?? 0).toISOString().slice(0, 10)).toBe(clears);
});

test("any: a full refund within the hold period restores the balance", () => {
  const occurred_at = START;
  for (const [name, terms] of Object.entries(presets)) {
    const sale = { occurred_at, amount: 10_000, refunded: 10_000, refunded_at: occurred_at + DAY };
    const { balances } = previewSales({ ...terms, milestones: [] }, "USD", [sale]);
    expect(balances, name).toEqual([{ earned: 0, reserve: 0, due: 0, paid: 0, currency: "USD" }]);
  }
});

test("any: a chargeback after the payout is carried over", () => {
  const entry = { currency: "USD", occurred_at: START, clears_at: START + 45 * DAY };
  const paidAt = START + 60 * DAY;
  const ledger = [
    { ...entry, kind: "commission" as const, amount: 3_960 },
    { ...entry, kind: "payout" as const, amount: -3_960, occurred_at: paidAt, clears_at: paidAt },
    { ...entry, kind: "reversal" as const, amount: -3_960, occurred_at: paidAt + DAY },
  ];
  expect(balancesOf(ledger, paidAt)).toMatchObject([{ earned: 3_960, reserve: 0, due: 0, paid: 3_960 }]);
  expect(balancesOf(ledger, paidAt + DAY)).toMatchObject([{ earned: 0, reserve: 0, due: -3_960, paid: 3_960 }]);
  const won = [...ledger, { ...entry, kind: "reversal" as const, amount: 3_960, occurred_at: paidAt + 2 * DAY }];
  expect(balancesOf(won, paidAt + 2 * DAY)).toMatchObject([{ earned: 3_960, due: 0, paid: 3_960 }]);
});
