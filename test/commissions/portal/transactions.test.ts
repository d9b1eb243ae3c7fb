import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { parseTransactionFilters } from "../../../src/commissions/portal/filter.ts";
import { writeHeader } from "../../../src/commissions/portal/transaction-file.ts";
import { listTransactions, readTransactions } from "../../../src/commissions/portal/transaction-queries.ts";
import { openDatabase } from "../../../src/db/database.ts";
import { signIn } from "../../portal/session.ts";
import { admin, click, conversionThat, postEvent, sale, setUp } from "../../support/story.ts";

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;

test("lists every entry with its cause and the balance after it", async () => {
  const { program, a, b, endpoint } = await setUp();
  const visit = await click(a.slug);
  const payment = "pay_listed";
  const posted = await postEvent(endpoint, sale({ click: visit.token, customer: { id: "cus_1" }, payment }));
  await conversionThat(posted.json.conversion, { entries: [{ amount: 3_960 }] });
  await postEvent(endpoint, { ...sale({ customer: { id: "cus_1" }, payment }), type: "refund", refund: "re_1" });
  await conversionThat(posted.json.conversion, { status: "refunded", entries: [{}, { kind: "reversal" }] });
  const adjustment = { amount: -500, currency: "USD", reason: "=HYPERLINK(1)" };
  const path = `/v1/programs/${program}/affiliates/${a.username}/adjustments`;
  expect((await admin("POST", path, adjustment, { "Idempotency-Key": "a1" })).status).toBe(201);
  const { open } = await signIn(a.username);
  await expect.poll(async () => (await open("/app/transactions")).html, { timeout: 10_000 }).toContain("-$5.00");
  const { html } = await open("/app/transactions");
  const rows = [...html.matchAll(/<tr role="row">(?!<th scope="col")([\s\S]*?)<\/tr>/g)].map(([, row = ""]) => row);
  const textOf = (row: string) => row.replaceAll(/<[^>]+>/g, "|").replaceAll(/\|+/g, "|");
  expect(rows.map(textOf)).toEqual([
    expect.stringMatching(/Adjustment\|.*=HYPERLINK\(1\).*\|-\$5\.00\|-\$5\.00\|$/),
    expect.stringMatching(/Reversal\|.*Refund\..*\|-\$39\.60\|\$0\.00\|$/),
    expect.stringMatching(/Commission\|40% of \$99\.00.*In reserve until .*\|\$39\.60\|\$39\.60\|$/),
  ]);
  const filtered = (await open("/app/transactions?type=adjustment&period=today")).html;
  expect(filtered.match(/<tr role="row">/g)).toHaveLength(2);
  expect((await open("/app/transactions?type=bonus")).html).toContain("No transactions match these filters.");
  const file = (await open("/app/transactions.csv?type=adjustment")).html;
  expect(writeHeader().startsWith("\uFEFF")).toBe(true); // reading a response as text removes it
  expect(file.split("\r\n")[1]).toMatch(
    /^3,[^,]+Z,Adjustment,Adjusted by the merchant: =HYPERLINK\(1\)[^,]*,-5\.00,-5\.00,USD,/,
  );
  const other = await signIn(b.username);
  expect((await other.open("/app/transactions")).html).toContain("No transactions yet.");
});

test("the balances are exact on every page and with every filter, from few rows", async () => {
  const { program } = await setUp();
  const { results } = await env.DB.prepare(
    "SELECT p.id AS program_id, e.affiliate_id FROM programs p JOIN enrolments e ON e.program_id = p.id WHERE p.slug = ? LIMIT 1",
  )
    .bind(program)
    .all<{ program_id: number; affiliate_id: number }>();
  const account = results[0];
  if (account === undefined) throw new Error("no account");
  const count = 2_000;
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
     INSERT INTO ledger_entries (id, program_id, affiliate_id, number, kind, amount, currency, occurred_at, clears_at)
     SELECT 'en_' || i, ?2, ?3, i, CASE WHEN i % 7 = 0 THEN 'payout' WHEN i % 3 = 0 THEN 'reversal' ELSE 'commission' END,
       (i * 7919) % 1000 - 400, CASE WHEN i % 5 = 0 THEN 'EUR' ELSE 'USD' END, ?4 + i * 1000, ?4 FROM n`,
  )
    .bind(count, account.program_id, account.affiliate_id, NOW - 10 * DAY)
    .run();
  const expected = new Map<number, number>();
  const sums = { EUR: 0, USD: 0 };
  for (let i = 1; i <= count; i++) {
    const currency = i % 5 === 0 ? "EUR" : "USD";
    sums[currency] += ((i * 7_919) % 1_000) - 400;
    expected.set(i, sums[currency]);
  }
  const db = openDatabase(env.DB);
  const asProgram = { id: account.program_id, currency: "USD" };
  for (const query of [
    {},
    { type: "payout" },
    { currency: "EUR" },
    { type: "reversal", currency: "EUR", period: "30d" },
  ]) {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const filters = parseTransactionFilters({ ...query, cursor }, NOW);
      const page = await listTransactions(db, asProgram, account, filters, 90);
      for (const { number, balance } of page.data) expect([number, balance]).toEqual([number, expected.get(number)]);
      seen.push(...page.data.map(({ number }) => number));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    const inFile: [number, number][] = [];
    for await (const rows of readTransactions(db, asProgram, account, parseTransactionFilters(query, NOW))) {
      inFile.push(...rows.map(({ number, balance }): [number, number] => [number, balance]));
    }
    expect(inFile.map(([number]) => number).reverse()).toEqual(seen);
    for (const [number, balance] of inFile) expect(balance).toBe(expected.get(number));
    expect(seen.length).toBeGreaterThan(30);
  }
  await env.DB.prepare("DELETE FROM ledger_entries WHERE number = 3 AND affiliate_id = ?")
    .bind(account.affiliate_id)
    .run();
  const [newest] = (
    await listTransactions(db, asProgram, account, parseTransactionFilters({ currency: "USD" }, NOW), 1)
  ).data;
  expect(newest?.balance).toBe((expected.get(count - 1) ?? 0) - (((3 * 7_919) % 1_000) - 400));
});
