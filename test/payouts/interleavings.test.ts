/**
 * Payout commands, sales, refunds and chargebacks in any order, simultaneous runs, and objects that crash at any step:
 * each entry is paid at most once, none is left out, and all amounts add up.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { AttributedSale } from "../../src/customers/conversion.ts";
import type { Env } from "../../src/env.ts";
import { PayingAccountObject } from "../../src/payouts/paying-account-object.ts";
import { boundaryOf } from "../../src/payouts/payout-window.ts";
import { checkStatements } from "../../src/payouts/statements/check-statements.ts";
import type { DraftOrder, Gates, Statement } from "../../src/payouts/statements/statement.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";
import { attributedSale } from "../support/given.ts";
import { PAYING } from "../support/payout-story.ts";
import { fc, runs } from "../support/random.ts";

const RUNS = runs({ deep: 5_000, quick: 200 });
const ACCOUNT = { program_id: 1, affiliate_id: 2 };
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const MONTHS = ["2026-03", "2026-04", "2026-05", "2026-06"];
const LAST_MONTH = "2027-06";

/** Payments that are in no file, and one that is recorded by hand. */
const UNFILED = { ...PAYING, method: null };
const BY_CHECK = { source: "manual" as const, method: "check", reference: null, is_late: false };

/** The account that ships, but that nothing is relayed: the histories are about what it keeps. */
class Probe extends PayingAccountObject {
  protected override async deliver(): Promise<void> {}

  protected override async settle(): Promise<void> {}

  /** Without D1, like the surroundings: the scheduler decides the order of all steps. */
  protected override async findConditions() {
    return { affiliate_rates: { group: "default", own_rates: null }, sponsor_id: null };
  }

  /** Makes a change and then fails, like a crash before the write to disk: the change must be rolled back. */
  crashIn(command: (account: Probe) => Promise<unknown>): Promise<unknown> {
    const change = this.change.bind(this);
    this.change = (work) =>
      change(() => {
        work();
        throw new Error("crashed");
      });
    return command(this).catch(() => undefined);
  }
}

type Doing =
  | { do: "sell"; sale: number; day: number; currency: string }
  | { do: "refund"; sale: number; part: number }
  | { do: "draft"; run: string; gate: boolean }
  | { do: "pay"; run: string; filed: boolean }
  | { do: "approve" | "cancel"; run: string }
  | { do: "fail" | "record"; statement: number }
  | { do: "adjust"; amount: number };

const oneIn = (n: number) => fc.nat(n - 1).map((found) => found === 0);
const anyPart = fc.integer({ min: 0, max: 4 });

/** A sale with its reversals and restorals. */
const anySale = (sale: number) =>
  fc
    .record({
      day: fc.integer({ min: 0, max: 120 }),
      currency: fc.constantFrom("USD", "USD", "EUR"),
      parts: fc.array(anyPart, { maxLength: 2 }),
    })
    .map(({ day, currency, parts }): Doing[] => [
      { do: "sell", sale, day, currency },
      ...parts.map((part): Doing => ({ do: "refund", sale, part })),
    ]);

/** A run from draft to end, with payments that fail or are returned. */
const anyRun = (run: string) =>
  fc
    .record({
      gate: oneIn(4),
      end: fc.constantFrom("pay" as const, "pay" as const, "pay" as const, "cancel" as const),
      filed: oneIn(4).map((isLeftOut) => !isLeftOut),
      failed: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
    })
    .map(({ gate, end, filed, failed }): Doing[] => [
      { do: "draft", run, gate },
      { do: "approve", run },
      end === "pay" ? { do: end, run, filed } : { do: end, run },
      ...failed.map((statement): Doing => ({ do: "fail", statement })),
    ]);

/** Payout commands at any time, from a sender that does not know of the others. */
const anyStray: fc.Arbitrary<Doing> = fc.oneof(
  fc.record({ do: fc.constant("pay" as const), run: fc.constantFrom(...MONTHS), filed: fc.boolean() }),
  fc.record({ do: fc.constant("cancel" as const), run: fc.constantFrom(...MONTHS) }),
  fc.record({ do: fc.constant("draft" as const), run: fc.constantFrom(...MONTHS), gate: oneIn(4) }),
  fc.record({
    do: fc.constantFrom("fail" as const, "record" as const),
    statement: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ do: fc.constant("adjust" as const), amount: fc.constantFrom(-9_000, 700) }),
);

/** Steps in sequence; steps of different strands run in any order. */
const anyStrands = fc
  .tuple(
    fc.tuple(...[0, 1, 2, 3].map(anySale)),
    fc.subarray(MONTHS, { minLength: 1 }).chain((months) => fc.tuple(...months.map(anyRun))),
    fc.array(
      anyStray.map((one) => [one]),
      { maxLength: 4 },
    ),
  )
  .map(([sales, runs, strays]) => [...sales, ...runs, ...strays]);

/** Each command may crash first, and may be repeated by a sender that got no response. */
const anyFate = fc.record({ crash: oneIn(6), times: fc.constantFrom(1, 1, 1, 2) });

function orderOf(month: string): DraftOrder {
  const payout = { ...kartra.payout, minimum: 3_000 } as DraftOrder["payout"];
  return {
    run: `run_${month}`,
    month,
    program_currency: "USD",
    payout,
    drafted_at: boundaryOf(payout, { month }) + 20 * DAY,
  };
}

/** The states of the sales so far; each repeated state has a new revision. */
class Checkout {
  readonly #sales = new Map<number, AttributedSale>();

  sell(sale: number, day: number, currency: string): AttributedSale {
    const known = this.#sales.get(sale);
    if (known !== undefined) return known;
    const occurred_at = START + day * DAY;
    const made = attributedSale({
      ...{ conversion: `cv_${sale}`, occurred_at, changed_at: occurred_at, first_paid_at: occurred_at, currency },
      terms: kartraClassic,
    });
    this.#sales.set(sale, made);
    return made;
  }

  /** Quarters of the sale, never less than reversed before; 0 is a won chargeback. */
  refund(sale: number, quarters: number): AttributedSale | null {
    const known = this.#sales.get(sale);
    if (known === undefined) return null;
    const refunded = Math.floor((known.amount * quarters) / 4);
    const changed = { ...known, refunded, revision: known.revision + 1, changed_at: known.changed_at + 40 * DAY };
    this.#sales.set(sale, changed);
    return changed;
  }
}

function perform(account: Probe, checkout: Checkout, doing: Doing, key: string): Promise<unknown> {
  switch (doing.do) {
    case "sell":
      return account.post(checkout.sell(doing.sale, doing.day, doing.currency));
    case "refund": {
      const changed = checkout.refund(doing.sale, doing.part);
      return changed === null ? Promise.resolve() : account.post(changed);
    }
    case "draft": {
      const gates: Gates = doing.gate ? [{ code: "tax_form_missing" }] : [];
      return account.draftStatements(ACCOUNT, orderOf(doing.run), gates);
    }
    case "pay":
      return account.payStatements(`run_${doing.run}`, START + 200 * DAY, doing.filed ? PAYING : UNFILED);
    case "approve":
      return account.reviseStatements(orderOf(doing.run));
    case "cancel":
      return account.cancelStatements(`run_${doing.run}`, START + 200 * DAY);
    case "fail":
      return account.failStatement(doing.statement, { reason: "no such account", failed_at: START + 210 * DAY });
    case "record":
      return account.payStatement(doing.statement, { paid_at: START + 205 * DAY, paid_by: BY_CHECK });
    case "adjust":
      return account.adjust(key, { ...ACCOUNT, ...doing, currency: "USD", reason: "by hand" }, START + 100 * DAY);
  }
}

function emptyTables({ sql }: DurableObjectStorage): void {
  const tables = sql.exec<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  );
  for (const { name } of tables.toArray()) sql.exec(`DELETE FROM ${name}`);
  sql.exec("DELETE FROM sqlite_sequence");
  const surroundings = JSON.stringify({ program_currency: "USD", sponsor_id: null });
  sql.exec("INSERT INTO known (name, value) VALUES ('surroundings', ?)", surroundings);
}

async function readAll(account: Probe) {
  return {
    entries: await account.readEntries(0, 10_000),
    statements: await account.readStatements(0, 10_000),
  };
}

test(`payouts: ${RUNS} interleavings`, { tags: ["deep"] }, async () => {
  const seen = { paid: 0, unpaid: 0, revised: 0, returned: 0, cancelled: 0, negative: 0, busy: 0 };
  await runInDurableObject(env.ACCOUNTS.getByName("interleavings"), async (_, state) => {
    const open = async () => {
      const account = new Probe(state, env as unknown as Env);
      // The object's constructor runs before everything else.
      await state.blockConcurrencyWhile(async () => {});
      return account;
    };
    // The constructor creates the tables.
    await open();
    const anyFates = fc.infiniteStream(anyFate);
    const property = fc.asyncProperty(fc.scheduler(), anyStrands, anyFates, async (scheduler, strands, fates) => {
      emptyTables(state.storage);
      let account = await open();
      const checkout = new Checkout();
      let under_way = 0;
      const ended = new Set<string>();
      let last_key = 0;
      const command = async (doing: Doing) => {
        const { crash, times } = fates.next().value;
        last_key += 1;
        const key = `key_${last_key}`;
        await scheduler.schedule(Promise.resolve(), doing.do);
        if (crash) {
          await (await open()).crashIn((dying) => perform(dying, checkout, doing, key));
          // The object restarts from disk once no call of the earlier instance is in progress.
          if (under_way === 0) account = await open();
        }
        const once = async () => {
          under_way += 1;
          const answer = await perform(account, checkout, doing, key);
          under_way -= 1;
          seen.busy += Number((answer as { status?: string } | undefined)?.status === "busy");
          if (doing.do === "pay" || doing.do === "cancel") ended.add(`run_${doing.run}`);
        };
        await once();
        for (let time = 1; time < times; time += 1)
          late.push(scheduler.schedule(Promise.resolve(), "again").then(once));
      };
      const late: Promise<void>[] = [];
      const running = strands.map(async (strand) => {
        for (const doing of strand) await command(doing);
      });
      await scheduler.waitFor(Promise.all(running));
      await scheduler.waitIdle();
      await Promise.all(late);
      const { entries, statements } = await readAll(account);
      expect(checkStatements(entries, statements)).toEqual([]);
      expectPaidOnce(statements);
      // A late request must not block anything.
      expect(statements.filter(({ run, status }) => status === "drafted" && ended.has(run))).toEqual([]);
      for (const { status, drafted_as } of statements) {
        if (status in seen) seen[status as keyof typeof seen] += 1;
        seen.revised += Number(drafted_as !== undefined);
      }
      // What is under way is finished, and one more run long after pays whatever is left.
      for (const month of MONTHS) await account.payStatements(`run_${month}`, START + 300 * DAY, PAYING);
      const order = orderOf(LAST_MONTH);
      const last: DraftOrder = { ...order, payout: { ...order.payout, minimum: 0 } };
      await account.draftStatements(ACCOUNT, last, []);
      await account.payStatements(last.run, START + 600 * DAY, PAYING);
      const end = await readAll(account);
      expect(checkStatements(end.entries, end.statements)).toEqual([]);
      expectPaidOnce(end.statements);
      for (const currency of ["USD", "EUR"]) {
        const left = end.entries
          .filter((entry) => entry.currency === currency)
          .reduce((sum, { amount }) => sum + amount, 0);
        // Nothing is owed; an affiliate that was paid before a reversal owes the difference.
        expect(left, currency).toBeLessThanOrEqual(0);
        seen.negative += Number(left < 0);
      }
      // All entries except payments are on exactly one statement.
      const stated = end.statements.filter(({ status }) => status !== "cancelled").flatMap((one) => one.entries);
      const lines = end.entries.filter(({ kind, corrects }) => kind !== "payout" || corrects !== null);
      expect(stated.toSorted((a, b) => a - b)).toEqual(lines.map(({ number }) => number));
    });
    await fc.assert(property, { numRuns: RUNS });
    await state.storage.deleteAlarm();
  });
  console.log(`seen in them: ${JSON.stringify(seen)}`);
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(RUNS / 100);
});

/** Expects that no entry is on two paid or payable statements. */
function expectPaidOnce(statements: readonly Statement[]): void {
  const paid = statements.filter(({ status }) => status !== "cancelled").flatMap(({ entries }) => entries);
  expect(new Set(paid).size).toBe(paid.length);
}
