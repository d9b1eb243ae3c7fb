/** The sums by day that a program's overview reads, after random histories. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { completeEntry, type LedgerEntry } from "../../src/commissions/ledger.ts";
import { dropEntries, projectEntry } from "../../src/commissions/projection-store.ts";
import type { ConversionRecord } from "../../src/customers/conversion.ts";
import { dropConversions, projectConversion } from "../../src/customers/projection-store.ts";
import { openDatabase } from "../../src/db/database.ts";
import type { OverviewScope } from "../../src/insights/overview-click-queries.ts";
import { readProgramFigures } from "../../src/insights/program-overview-queries.ts";
import { makeRecord, makeTouch } from "../support/make-record.ts";
import { seed } from "../support/random.ts";
import { createRandom } from "../support/seeded-random.ts";
import { setUp } from "../support/story.ts";

const MS_PER_DAY = 86_400_000;
const FIRST_DAY = 20_000;
const DAYS = 8;
const STEPS = 150;
const db = openDatabase(env.DB);

/** The sums by day as the rows add up to, in plain SQL. */
const CONVERSION_DAYS = `
  SELECT occurred_at / ${MS_PER_DAY} AS day, type, coalesce(currency, '') AS currency, count(affiliate_id) AS credited,
    sum(affiliate_id IS NULL) AS uncredited, sum(iif(affiliate_id IS NULL, 0, coalesce(amount, 0) - refunded)) AS revenue
  FROM conversions WHERE program_id = ?1 AND test = 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
const LEDGER_DAYS = `
  SELECT day, currency, sum(posted) AS posted, sum(entries) AS entries, sum(paid) AS paid, sum(available) AS available,
    sum(earned) AS earned, sum(earned_entries) AS earned_entries
  FROM (
    SELECT occurred_at / ${MS_PER_DAY} AS day, currency, amount AS posted, 1 AS entries,
      iif(kind = 'payout', -amount, 0) AS paid, 0 AS available, 0 AS earned, 0 AS earned_entries
    FROM ledger_entries WHERE program_id = ?1
    UNION ALL SELECT max(occurred_at, clears_at) / ${MS_PER_DAY}, currency, 0, 0, 0, amount, 0, 0
    FROM ledger_entries WHERE program_id = ?1
    UNION ALL SELECT c.occurred_at / ${MS_PER_DAY}, e.currency, 0, 0, 0, 0, e.amount, 1
    FROM conversions c, ledger_entries e WHERE c.program_id = ?1 AND c.test = 0 AND e.conversion = c.id
      AND e.affiliate_id = c.affiliate_id AND e.from_affiliate_id IS NULL
  ) GROUP BY 1, 2 ORDER BY 1, 2`;

/** A random history of a program: projected, sent again, late, moved, refunded, in test mode, dropped and projected again. */
async function makeHistory(from: number) {
  const { program, a, b } = await setUp();
  const random = createRandom(from);
  const int = (max: number) => random.below(max);
  const read = (query: string, ...values: unknown[]) =>
    env.DB.prepare(query)
      .bind(...values)
      .first<number>("id");
  const program_id = (await read("SELECT id FROM programs WHERE slug = ?", program)) ?? 0;
  const owners: { affiliate_id: number; link_id: number }[] = [];
  for (const { username, slug } of [a, b]) {
    const affiliate_id = (await read("SELECT id FROM affiliates WHERE username = ?", username)) ?? 0;
    owners.push({ affiliate_id, link_id: (await read("SELECT id FROM links WHERE slug = ?", slug)) ?? 0 });
  }
  const timeIn = () => FIRST_DAY * MS_PER_DAY + int(DAYS * MS_PER_DAY);
  const currency = () => ["USD", "USD", "EUR"][int(3)] ?? "USD";
  const records = new Map<string, ConversionRecord>();
  const sent: ConversionRecord[] = [];
  const entries: LedgerEntry[] = [];

  const change = async () => {
    const id = `cv_${program}_${int(20)}`;
    const known = records.get(id);
    const owner = owners[int(3)];
    const touch = owner === undefined ? null : makeTouch(owner);
    const type = (["sale", "sale", "lead"] as const)[int(3)] ?? "sale";
    const record = makeRecord(
      { touch },
      {
        ...{
          id,
          program_id,
          type,
          occurred_at: known && int(3) > 0 ? known.occurred_at : timeIn(),
          test: int(6) === 0,
        },
        ...{ amount: type === "lead" ? null : int(5) * 100, refunded: int(3) * 50 },
        ...{ currency: type === "lead" ? null : currency(), revision: (known?.revision ?? 0) + 1 },
      },
    );
    records.set(id, record);
    sent.push(record);
    // A late message: an older revision arrives after a newer one.
    if (int(5) > 0) await projectConversion(db, record);
  };
  const post = async () => {
    const owner = owners[int(2)];
    if (owner === undefined) return;
    const { affiliate_id } = owner;
    const number = entries.filter((entry) => entry.affiliate_id === affiliate_id).length + 1;
    const kind = (["commission", "commission", "reversal", "payout", "second_tier"] as const)[int(5)] ?? "commission";
    const occurred_at = timeIn();
    const entry = completeEntry({
      ...{
        id: `en_${program}_${affiliate_id}_${number}`,
        program_id,
        affiliate_id,
        number,
        kind,
        currency: currency(),
      },
      ...{ amount: (int(9) - 3) * 10, conversion: kind === "payout" ? null : `cv_${program}_${int(20)}` },
      ...{ from_affiliate_id: kind === "second_tier" ? affiliate_id : null, occurred_at, hash: "0" },
      clears_at: kind === "reversal" ? timeIn() : occurred_at + int(3) * MS_PER_DAY,
    } as LedgerEntry);
    entries.push(entry);
    await projectEntry(db, entry);
  };
  const again = async () => {
    const [record, entry] = [sent[int(sent.length || 1)], entries[int(entries.length || 1)]];
    if (record !== undefined) await projectConversion(db, record);
    if (entry !== undefined) await projectEntry(db, entry);
  };
  const rebuild = async () => {
    const [isFirst, isSecond] = [int(2) === 0, int(2) === 0];
    if (isFirst) await db.batch(dropConversions(db, program_id));
    if (isSecond) await dropEntries(db, program_id);
    if (isSecond) for (const entry of entries) await projectEntry(db, entry);
    if (isFirst) for (const record of records.values()) await projectConversion(db, record);
  };
  for (let step = 0; step < STEPS; step++) {
    const roll = int(40);
    if (roll === 0) await rebuild();
    else if (roll < 8) await again();
    else await (roll < 24 ? change() : post());
  }
  return { program_id, owners, int };
}

test.each([0, 1, 2])(
  "are what the rows add up to, and the figures those of its affiliates (history %i)",
  async (nth) => {
    const from = seed * 100 + nth;
    const { program_id, owners, int } = await makeHistory(from);
    const stored = async (query: string) => (await env.DB.prepare(query).bind(program_id).all()).results;
    const conversionDays = await stored(
      `SELECT day, type, currency, credited, uncredited, revenue FROM conversion_days
     WHERE program_id = ?1 AND (credited OR uncredited OR revenue) ORDER BY 1, 2, 3`,
    );
    expect(conversionDays, `seed ${from}`).toEqual(await stored(CONVERSION_DAYS));
    const ledgerDays = await stored(
      `SELECT day, currency, posted, entries, paid, available, earned, earned_entries FROM ledger_days
     WHERE program_id = ?1 AND (posted OR entries OR paid OR available OR earned OR earned_entries) ORDER BY 1, 2`,
    );
    const added = (await stored(LEDGER_DAYS)).filter(({ day: _, currency: __, ...sums }) =>
      Object.values(sums).some(Boolean),
    );
    expect(ledgerDays, `seed ${from}`).toEqual(added);
    expect([conversionDays.length > 3, ledgerDays.length > 3]).toEqual([true, true]);

    for (let time = 0; time < 8; time++) {
      const first_day = FIRST_DAY + int(DAYS);
      const periods = {
        current: { first_day, last_day: first_day + 1 + int(4) },
        previous: { first_day: first_day - 3, last_day: first_day - 1 },
      };
      // Often within a day: entries of its rest don't count.
      const now = FIRST_DAY * MS_PER_DAY + int((DAYS + 3) * MS_PER_DAY);
      const whole: OverviewScope = { program_id, currency: "USD", affiliate_id: null, link_id: null, country: null };
      const figuresOf = (scope: OverviewScope) => readProgramFigures(db, scope, periods, now);
      const [all, ...each] = await Promise.all([
        figuresOf(whole),
        ...owners.map(({ affiliate_id }) => figuresOf({ ...whole, affiliate_id })),
      ]);
      for (const period of ["current", "previous"] as const) {
        const parts = each.map((one) => one[period]);
        const sumOf = (pick: (part: (typeof parts)[number]) => number) =>
          parts.reduce((sum, part) => sum + pick(part), 0);
        const { leads, trials, sales, money } = all[period];
        expect({ leads, trials, sales }, `seed ${from}`).toEqual({
          ...{
            leads: sumOf((part) => part.leads),
            trials: sumOf((part) => part.trials),
            sales: sumOf((part) => part.sales),
          },
        });
        const currencies = new Set(parts.flatMap((part) => part.money.map((one) => one.currency)));
        expect(new Set(money.map((one) => one.currency)), `seed ${from}`).toEqual(currencies);
        for (const { currency, ...amounts } of money) {
          for (const [name, amount] of Object.entries(amounts)) {
            const of = (part: (typeof parts)[number]) => {
              const own = part.money.find((one) => one.currency === currency);
              return own?.[name as keyof typeof amounts] ?? 0;
            };
            expect([name, currency, amount], `seed ${from}`).toEqual([name, currency, sumOf(of)]);
          }
        }
      }
      expect(all.steps.map(({ sales }) => sales).reduce((sum, one) => sum + one, 0)).toBe(all.current.sales);
    }
  },
);
