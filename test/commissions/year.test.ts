/**
 * A year of 1,000 affiliates and 50,000 customers, reported late, in any order and partly twice: by the decisions of `src/`, and
 * by a second calculation that shares no code with them (`naive-*.ts`). All ledgers are the same line for line, and so are all
 * balances at the end of each month, per affiliate and currency, to the cent. `npm test` runs a tenth of it.
 */
import { expect, test } from "vitest";
import { balancesOf } from "../../src/commissions/balances.ts";
import { runs, seed } from "../support/random.ts";
import { createRandom } from "../support/seeded-random.ts";
import type { NaiveAccount } from "./naive-account.ts";
import { naiveYear } from "./naive-year.ts";
import { type PostedEntry, playYear } from "./year-pipeline.ts";
import { YEAR_PROGRAMS } from "./year-programs.ts";
import { tellYear } from "./year-story.ts";

/** One in this many affiliates and customers takes part. */
const ONE_IN = runs({ deep: 1, quick: 10 });
const PROGRAMS = YEAR_PROGRAMS.map((program) => ({
  ...program,
  affiliates: program.affiliates / ONE_IN,
  customers: program.customers / ONE_IN,
  // In a smaller program the star has a larger share of the customers, so that it still reaches every tier.
  star: ONE_IN === 1 ? program.star : Math.min(5 * program.star, 75),
}));
/** The ends of the year's months, and of the following months with the last holds and refunds. */
const MONTH_ENDS = Array.from({ length: 18 }, (_, month) => Date.UTC(2026, month + 1, 1) - 1);

const happened = { affiliates: 0, customers: 0, arrivals: 0, entries: 0, tiers: new Set<string>() };
const lines = new Map<string, number>();

/** An entry in the form of the plain calculation. */
const lineOf = ({ kind, amount, currency, occurred_at, clears_at }: PostedEntry) => ({
  kind,
  amount,
  currency,
  at: occurred_at,
  clears_at,
});

function expectSame(entries: readonly PostedEntry[], account: NaiveAccount, affiliate: number): void {
  for (const at of MONTH_ENDS) {
    for (const currency of ["USD", "EUR"]) {
      const none = { earned: 0, reserve: 0, due: 0, paid: 0, currency };
      const found = balancesOf(entries, at).find((balances) => balances.currency === currency) ?? none;
      const day = new Date(at).toISOString().slice(0, 10);
      const expected = { ...account.balances(currency, at), paid: 0, currency };
      expect(found, `affiliate ${affiliate}, ${day}`).toEqual(expected);
    }
  }
  expect(entries.map(lineOf), `affiliate ${affiliate}`).toEqual(account.lines);
}

test.each(PROGRAMS.map((program, index) => ({ ...program, program, index })))(
  "$name",
  { tags: ["deep"] },
  ({ program, index }) => {
    const story = tellYear(program, createRandom(seed + index));
    const ledgers = playYear(story, createRandom(seed - index));
    const accounts = naiveYear(story);
    expect(ledgers).toHaveLength(program.affiliates);
    for (const [affiliate, entries] of ledgers.entries()) {
      expectSame(entries, accounts[affiliate] as NaiveAccount, affiliate);
      for (const { kind, tier } of entries) {
        lines.set(kind, (lines.get(kind) ?? 0) + 1);
        if (tier !== null) happened.tiers.add(`${index} ${tier}`);
      }
      happened.entries += entries.length;
    }
    happened.affiliates += program.affiliates;
    happened.customers += program.customers;
    happened.arrivals += story.arrivals.length;
  },
);

test("the year covers every kind of event", { tags: ["deep"] }, () => {
  console.log(JSON.stringify({ ...happened, tiers: [...happened.tiers].sort() }), Object.fromEntries(lines));
  expect(happened).toMatchObject({ affiliates: 1_000 / ONE_IN, customers: 50_000 / ONE_IN });
  expect(happened.arrivals).toBeGreaterThan(200_000 / ONE_IN);
  for (const kind of ["commission", "override", "bonus", "reversal"]) {
    expect(lines.get(kind) ?? 0, kind).toBeGreaterThan((kind === "bonus" ? 50 : 1_000) / ONE_IN);
  }
  // Four of Kartra and three of ClickFunnels.
  expect(happened.tiers.size).toBe(7);
});
