/** The customers and commissions of conversions. */
import { sql } from "drizzle-orm";
import { accountKeyOf } from "../commissions/ledger.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import type { ConversionRecord } from "../customers/conversion.ts";
import type { Database } from "../db/database.ts";
import { readStatementsOfEntries } from "../payouts/statements/entry-statement-queries.ts";
import { readCustomerIds } from "../webhooks/identity/customer-id-queries.ts";
import { type ConversionCommission, describeCommission } from "./commission-state.ts";
import type { ConversionDetails } from "./view.ts";

/** Reads them, as they are at a time (ms). */
export async function readDetails(
  db: Database,
  records: readonly ConversionRecord[],
  now: number,
): Promise<(record: ConversionRecord) => ConversionDetails> {
  if (records.length === 0) return () => ({ customer: null, commission: null });
  const [customers, commissions] = await Promise.all([
    readCustomerIds(
      db,
      records.map(({ customer_key }) => customer_key),
    ),
    readCommissions(db, records, now),
  ]);
  return ({ id, customer_key }) => ({
    customer: customers.get(customer_key) ?? null,
    commission: commissions.get(id) ?? null,
  });
}

/** Sums the entries of each conversion's own affiliate, without second-tier commissions. */
async function readCommissions(
  db: Database,
  records: readonly ConversionRecord[],
  now: number,
): Promise<Map<string, ConversionCommission>> {
  const { conversion, affiliate_id, program_id, from_affiliate_id, number, amount, currency, clears_at } =
    ledgerEntries;
  const ids = JSON.stringify(records.map(({ id }) => id));
  const rows = await db
    .select({ conversion, affiliate_id, program_id, from_affiliate_id, number, amount, currency, clears_at })
    .from(ledgerEntries)
    .where(sql`${conversion} IN (SELECT value FROM json_each(${ids}))`)
    .orderBy(number);
  const earned = records.flatMap((record) => {
    const owner = record.credit.touch?.affiliate_id;
    const own = rows.filter((row) => row.conversion === record.id && row.affiliate_id === owner);
    const entries = own.filter((row) => row.from_affiliate_id === null);
    return owner === undefined
      ? []
      : [{ record, account: { program_id: record.program_id, affiliate_id: owner }, entries }];
  });
  // What is still in reserve is in no statement.
  const cleared = earned.flatMap(({ account, entries }) => {
    const numbers = entries.filter((entry) => entry.amount > 0 && entry.clears_at <= now).map((entry) => entry.number);
    return numbers.length === 0 ? [] : [{ ...account, entries: numbers }];
  });
  const byAccount = [...Map.groupBy(cleared, accountKeyOf).values()].flatMap((all) =>
    all.slice(0, 1).map((account) => ({ ...account, entries: all.flatMap(({ entries }) => entries) })),
  );
  const statementsOf = await readStatementsOfEntries(db, byAccount);
  return new Map(
    earned.flatMap(({ record, account, entries }) => {
      const numbers = entries.filter((entry) => entry.amount > 0).map((entry) => entry.number);
      const commission = describeCommission(entries, statementsOf({ ...account, entries: numbers }), now);
      return commission === null ? [] : [[record.id, commission] as const];
    }),
  );
}
