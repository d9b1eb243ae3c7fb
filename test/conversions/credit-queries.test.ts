/** Reports of a busy affiliate: correct sums, reading only each conversion's own entries. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { REPORT_KINDS, readReport } from "../../src/insights/report-queries.ts";
import { explain } from "../support/explain.ts";
import { setUp } from "../support/story.ts";

const DAY = 86_400_000;
const FIRST_DAY = 20_000;
const SALES = 5_000;
/** With this many, reading the whole ledger for each would take a minute. */
const PATIENCE_MS = 5_000;

test("reports five thousand sales quickly by any dimension", { timeout: 60_000 }, async () => {
  const { program, a } = await setUp();
  const ids = await env.DB.prepare(
    "SELECT l.id AS link, l.affiliate_id, l.program_id FROM links l JOIN programs p ON p.id = l.program_id WHERE l.slug = ? AND p.slug = ?",
  )
    .bind(a.slug, program)
    .first<{ link: number; affiliate_id: number; program_id: number }>();
  if (ids === null) throw new Error("the story has no link");
  const { link, affiliate_id, program_id } = ids;
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${SALES})`;
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO conversions (id, program_id, affiliate_id, link_id, type, status, amount, refunded, currency, occurred_at, reason, record, revision, product, click_id)
       ${numbers} SELECT 'cv_' || i, ?1, ?2, ?3, 'sale', 'recorded', 1000, 0, 'USD', (${FIRST_DAY} + i % 30) * ${DAY}, 'last_click',
       '{}', 1, 'p' || (i % 7), i FROM n`,
    ).bind(program_id, affiliate_id, link),
    env.DB.prepare(
      `INSERT INTO ledger_entries (id, program_id, affiliate_id, number, kind, amount, currency, conversion, occurred_at, clears_at)
       ${numbers} SELECT 'en_' || i, ?1, ?2, i, 'commission', 400, 'USD', 'cv_' || i, 0, 0 FROM n`,
    ).bind(program_id, affiliate_id),
  ]);
  const account = { program_id: program_id, affiliate_id: affiliate_id };
  const started = Date.now();
  for (const kind of REPORT_KINDS) {
    const period = { first_day: FIRST_DAY, last_day: FIRST_DAY + 29 };
    const { rows, total } = await readReport(openDatabase(env.DB), account, { kind, period, limit: 100 });
    expect(total).toMatchObject({ sale: SALES, earned: [{ amount: SALES * 400, currency: "USD" }] });
    expect(rows).toHaveLength(kind === "product" ? 7 : 1);
  }
  // A covering index: the row of a sale is about fifty times as wide.
  const plans = await Promise.all(
    REPORT_KINDS.map((kind) =>
      explain((db) => readReport(db, account, { kind, period: { first_day: 0, last_day: 1 }, limit: 1 })),
    ),
  );
  for (const plan of plans.flat(2).filter((step) => step.includes(" conversions "))) {
    expect(plan).toMatch(/COVERING INDEX conversions_by_affiliate /);
  }
  expect(Date.now() - started).toBeLessThan(PATIENCE_MS);
  // Other days are not included.
  const day = { first_day: FIRST_DAY, last_day: FIRST_DAY };
  const { total } = await readReport(openDatabase(env.DB), account, { kind: "link", period: day, limit: 100 });
  expect(total.sale).toBe(Math.floor(SALES / 30));
});
