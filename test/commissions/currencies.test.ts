/** Currencies never mix: a sale in one currency does not change amounts in another. */

import { expect, test } from "vitest";
import { balancesOf } from "../../src/commissions/balances.ts";
import type { LedgerEntry } from "../../src/commissions/ledger.ts";
import { bigcommerce } from "../../src/programs/presets/bigcommerce.ts";
import { builderall } from "../../src/programs/presets/builderall.ts";
import { clickfunnels } from "../../src/programs/presets/clickfunnels.ts";
import { exness } from "../../src/programs/presets/exness.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";
import { keepBooks } from "../support/book-keeping.ts";
import { fc } from "../support/random.ts";

const START = Date.UTC(2026, 0, 3);
const DAY = 86_400_000;

/** States of a few sales, each sale in one currency. */
const stories = fc
  .array(
    fc.record({
      sale: fc.integer({ min: 0, max: 8 }),
      amount: fc.constant(150_000),
      refunded: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 150_000 })),
      credited: fc.boolean(),
      day: fc.integer({ min: 0, max: 300 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((states) =>
    states.map(({ sale, day, ...state }, index) => ({
      ...state,
      conversion: `cv_${sale}`,
      customer: `c${sale}`,
      currency: ["USD", "EUR", "JPY"][sale % 3] ?? "",
      occurred_at: START + sale * 20 * DAY,
      changed_at: START + sale * 20 * DAY + day * DAY,
      revision: index + 1,
    })),
  );

/** An entry without its place in the ledger. */
const moved = ({ kind, amount, conversion, rule, tier, occurred_at, clears_at, reason }: LedgerEntry) => ({
  ...{ kind, amount, conversion, rule, tier, occurred_at, clears_at, reason },
});

// Customers count towards tiers and bonuses in any currency.
const untiered = { ...clickfunnels, tiers: null, rates: [{ rate_bps: 4_000 }] };
const apart = { kartraClassic, bigcommerce, exness, untiered };

test.each(Object.entries(apart))("%s: each currency's ledger does not depend on the others", (_, terms) => {
  fc.assert(
    fc.property(stories, (story) => {
      const told = story.map((state) => ({ ...state, terms }));
      const { entries } = keepBooks(told);
      for (const currency of ["USD", "EUR", "JPY"]) {
        const alone = keepBooks(told.filter((state) => state.currency === currency)).entries;
        expect(entries.filter((entry) => entry.currency === currency).map(moved)).toEqual(alone.map(moved));
        const balances = (all: readonly LedgerEntry[]) =>
          balancesOf(all, START + 200 * DAY).filter((found) => found.currency === currency);
        expect(balances(entries)).toEqual(balances(alone));
      }
    }),
  );
});

test.each(Object.entries({ ...apart, kartra, builderall, clickfunnels }))(
  "%s: an entry uses its sale's currency, a bonus the program's",
  (_, terms) => {
    fc.assert(
      fc.property(stories, (story) => {
        const currencies = new Map(story.map(({ conversion, currency }) => [conversion, currency]));
        for (const { conversion, currency } of keepBooks(story.map((state) => ({ ...state, terms }))).entries) {
          expect(currency).toBe(conversion === null ? "USD" : currencies.get(conversion));
        }
      }),
    );
  },
);

test("sales in another currency do not count towards a tier's amount", () => {
  fc.assert(
    fc.property(stories, (story) => {
      const terms = { ...kartra, hold_days: 0 };
      const tiersOf = (rate: number) =>
        keepBooks(
          story.map((state) => ({
            ...state,
            terms,
            amount: state.currency === "USD" ? state.amount : state.amount * rate,
            refunded: state.currency === "USD" ? state.refunded : state.refunded * rate,
          })),
        ).entries.map(({ conversion, tier }) => `${conversion} ${tier}`);
      // Each sale's tier. The part of a small refund may be less than a minor unit, so that it has no entry.
      expect(new Set(tiersOf(1_000))).toEqual(new Set(tiersOf(1)));
    }),
  );
});
