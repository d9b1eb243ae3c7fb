/** Compares D1's balances with the rule. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readBalances } from "../../src/commissions/balance-queries.ts";
import { balancesOf } from "../../src/commissions/balances.ts";
import { chainEntries, FIRST_HASH } from "../../src/commissions/chain.ts";
import { blankEntry, type EntryKind, entryIdOf } from "../../src/commissions/ledger.ts";
import { projectEntry } from "../../src/commissions/projection-store.ts";
import { openDatabase } from "../../src/db/database.ts";
import { fc } from "../support/random.ts";
import { setUp } from "../support/story.ts";

test("are the same at any time", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const ids = await env.DB.prepare("SELECT affiliate_id, program_id FROM links WHERE slug = ?")
    .bind(a.slug)
    .first<{ affiliate_id: number; program_id: number }>();
  if (ids === null) throw new Error("there is no link");
  const kinds: EntryKind[] = ["commission", "override", "bonus", "reversal", "adjustment", "payout"];
  const entry = fc.record({
    kind: fc.constantFrom(...kinds),
    amount: fc.integer({ min: -100, max: 100 }),
    currency: fc.constantFrom("USD", "EUR"),
    occurred_at: fc.nat(10),
    clears_at: fc.nat(20),
  });
  const [drawn] = fc.sample(fc.array(entry, { minLength: 40, maxLength: 40 }), { numRuns: 1, seed: 7 });
  const unchained = (drawn ?? []).map((made, index) => ({
    ...blankEntry,
    ...made,
    ...ids,
    number: index + 1,
    id: entryIdOf(ids, index + 1),
  }));
  const entries = chainEntries(FIRST_HASH, unchained);
  const db = openDatabase(env.DB);
  for (const one of entries) await projectEntry(db, one);
  for (let at = -1; at <= 21; at += 1) {
    const shown = await readBalances(db, { program_id: ids.program_id, affiliate_id: ids.affiliate_id }, at);
    const plain = (balances: object[]) => JSON.parse(JSON.stringify(balances));
    expect(plain(shown), `at ${at}`).toEqual(plain(balancesOf(entries, at)));
  }
});
