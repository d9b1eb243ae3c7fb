/** Concurrent calls to the real Account object: the ledger is the result of some order of them. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { AccountStore } from "../../src/commissions/account-store.ts";
import { balancesOf } from "../../src/commissions/balances.ts";
import { checkChain } from "../../src/commissions/chain.ts";
import { accountKeyOf, type LedgerEntry } from "../../src/commissions/ledger.ts";
import { netCommission } from "../../src/commissions/record-sale.ts";
import type { AttributedSale } from "../../src/customers/conversion.ts";
import { portionOf, shareOf } from "../../src/lib/money.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import { attributedSale } from "../support/given.ts";
import { fc, runs } from "../support/random.ts";
import { admin, eventually, setUp } from "../support/story.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 3);

/** A program with two affiliates, their accounts, and sales of the first as sent to its account. */
async function openAccounts() {
  const story = await setUp();
  const row = await env.DB.prepare(
    `SELECT p.id AS program_id, a.id AS a, b.id AS b FROM programs p, affiliates a, affiliates b
     WHERE p.slug = ? AND a.username = ? AND b.username = ?`,
  )
    .bind(story.program, story.a.username, story.b.username)
    .first<{ program_id: number; a: number; b: number }>();
  if (row === null) throw new Error("there is no such program");
  const account = { program_id: row.program_id, affiliate_id: row.a };
  return {
    ...story,
    account,
    other: { program_id: row.program_id, affiliate_id: row.b },
    object: env.ACCOUNTS.getByName(accountKeyOf(account)),
    told: (changes: Partial<AttributedSale>) => attributedSale({ ...account, ...changes }),
  };
}

const sum = (entries: readonly { amount: number }[]) => entries.reduce((total, { amount }) => total + amount, 0);

test("two simultaneous sales at a tier's threshold give one of the two possible orders", async () => {
  const { object, told } = await openAccounts();
  const terms = { ...kartra, hold_days: 0 };
  const sold = (customer: string, at: number) =>
    told({ conversion: `cv_${customer}`, customer, occurred_at: at, changed_at: at, interval: "year", terms });
  // There is one customer; after another one, the third is in tier 1.
  await object.post(sold("first", START));
  const outcomes = new Set<string>();
  for (let round = 0; round < 10; round += 1) {
    const at = START + (round + 1) * 400 * DAY;
    await object.post(sold(`first ${round}`, at - DAY));
    const rivals = [`x ${round}`, `y ${round}`];
    await Promise.all((round % 2 === 0 ? rivals : rivals.toReversed()).map((name) => object.post(sold(name, at))));
    const entries = (await object.readEntries(0, 1_000)).slice(-2);
    expect(entries.map(({ tier, amount }) => [tier, amount])).toEqual([
      ["referral", 1_980],
      ["tier-1", 1_980],
    ]);
    expect(entries.map(({ conversion }) => conversion).sort()).toEqual(rivals.map((name) => `cv_${name}`));
    outcomes.add(String(entries[0]?.conversion?.startsWith("cv_x")));
  }
  expect(outcomes.size).toBe(2);
});

/** Messages to an account: states of its own sales and of its referred affiliates' sales, and adjustments. */
const commands = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom("sale" as const, "override" as const),
      sale: fc.integer({ min: 1, max: 4 }),
      refunded: fc.integer({ min: 0, max: 9_900 }),
      credited: fc.boolean(),
      day: fc.integer({ min: 0, max: 90 }),
    }),
    fc.record({
      kind: fc.constant("adjustment" as const),
      key: fc.constantFrom("k1", "k2", "k3"),
      day: fc.integer({ min: 0, max: 90 }),
    }),
  ),
  { minLength: 4, maxLength: 24 },
);

/** Each message with its revision, in order of arrival. */
const shuffled = commands
  .map((all) => all.map((command, index) => ({ ...command, revision: index + 1 })))
  .chain((states) => fc.shuffledSubarray(states, { minLength: states.length }));

const ADJUSTMENTS = { k1: 700, k2: -300, k3: 5 };
const currencyOf = (sale: number) => (sale % 2 === 0 ? "EUR" : "USD");

describe("simultaneous calls", { tags: ["deep"] }, () => {
  test("leave an intact chain, sums that match the newest states, and balances that match the entries", async () => {
    await fc.assert(
      fc.asyncProperty(shuffled, async (states) => {
        const { program, a, object, account, other, told } = await openAccounts();
        const seen = { ...account, affiliate_id: other.affiliate_id };
        await Promise.all(
          states.map((state) => {
            const at = START + state.day * DAY;
            if (state.kind === "adjustment") {
              const amount = ADJUSTMENTS[state.key as keyof typeof ADJUSTMENTS];
              return object.adjust(state.key, { ...account, amount, currency: "EUR", reason: "so" }, at);
            }
            const { sale, refunded, credited, revision } = state;
            const changes = { refunded, credited, revision, changed_at: at, currency: currencyOf(sale) };
            return state.kind === "sale"
              ? object.post(told({ ...changes, conversion: `cv_${sale}` }))
              : object.postOverride({
                  sponsor_id: account.affiliate_id,
                  sale: told({ ...changes, ...seen, conversion: `cv_of_other_${sale}`, terms: kartra }),
                });
          }),
        );
        const entries = await object.readEntries(0, 1_000);
        expect(checkChain(entries, await object.readHead())).toBeNull();
        expect(sumsBySubject(entries)).toEqual(expectedSums(states.toSorted((a, b) => a.revision - b.revision)));
        for (const entry of entries) expect(entry.currency).toBe(expectedCurrency(entry));
        await expectCommission(object, entries);
        await expectBalances(program, a.username, entries);
      }),
      { numRuns: runs({ deep: 60, quick: 8 }) },
    );
  });
});

function sumsBySubject(entries: readonly LedgerEntry[]): Record<string, number> {
  const groups = Object.groupBy(entries, ({ conversion, kind }) => conversion ?? kind);
  const sums = Object.entries(groups).map(([name, own = []]) => [name, sum(own)] as const);
  return Object.fromEntries(sums.filter(([, total]) => total !== 0));
}

/** The newest state of each sale counts; an adjustment is posted once for its key. */
function expectedSums(states: readonly Record<string, unknown>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { kind, sale, refunded, credited } of states) {
    if (kind === "adjustment") continue;
    const earned = kind === "sale" ? shareOf(9_900, 4_000) : shareOf(9_900, 1_000);
    const left = credited ? earned - portionOf(earned, Number(refunded), 9_900) : 0;
    sums[kind === "sale" ? `cv_${sale}` : `cv_of_other_${sale}`] = left;
  }
  const keys = new Set(
    states.flatMap(({ kind, key }) => (kind === "adjustment" ? [key as keyof typeof ADJUSTMENTS] : [])),
  );
  sums.adjustment = [...keys].reduce((total, key) => total + ADJUSTMENTS[key], 0);
  return Object.fromEntries(Object.entries(sums).filter(([, total]) => total !== 0));
}

function expectedCurrency({ conversion }: LedgerEntry): string {
  return conversion === null ? "EUR" : currencyOf(Number(conversion.split("_").at(-1)));
}

/** The counts that bonuses depend on, as a restarted object reads them. */
async function expectCommission(object: DurableObjectStub, entries: readonly LedgerEntry[]): Promise<void> {
  for (const currency of ["USD", "EUR"]) {
    const [read, parts] = await runInDurableObject(object, (_, { storage }) => {
      const store = new AccountStore(storage.sql);
      return [store.netCommission(currency), store.listCommissions(currency)] as const;
    });
    expect(read).toBe(netCommission(entries, currency));
    expect(parts.reduce((total, { amount }) => total + amount, 0)).toBe(read);
  }
}

/** Checks balances at and between all changes, from the API and as earned − reversed − paid. */
async function expectBalances(program: string, username: string, entries: readonly LedgerEntry[]): Promise<void> {
  const moments = new Set(entries.flatMap(({ occurred_at, clears_at }) => [occurred_at, clears_at]));
  for (const at of [...[...moments].slice(0, 3), START + 200 * DAY]) {
    const expected = balancesOf(entries, at);
    for (const { currency, earned, reserve, due, paid } of expected) {
      const own = entries.filter((entry) => entry.currency === currency && entry.occurred_at <= at);
      expect(earned - paid).toBe(sum(own));
      expect(reserve).toBe(sum(own.filter(({ clears_at }) => clears_at > at)));
      expect(due).toBe(sum(own.filter(({ clears_at }) => clears_at <= at)));
    }
    await eventually(async () => {
      const path = `/v1/programs/${program}/affiliates/${username}?at=${new Date(at).toISOString()}`;
      const { balances_by_currency } = (await admin("GET", path)).json;
      // The program's currency is shown even without entries in it.
      const moved = balances_by_currency.filter(({ currency }: { currency: string }) =>
        expected.some((balances) => balances.currency === currency),
      );
      expect(moved.toSorted(byCurrency)).toEqual(expected.toSorted(byCurrency));
    });
  }
}

const byCurrency = (a: { currency: string }, b: { currency: string }) => (a.currency < b.currency ? -1 : 1);
