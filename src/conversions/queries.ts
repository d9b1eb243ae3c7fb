import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { type EntryView, entryColumns, explainRows, viewEntry } from "../commissions/entry-queries.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { type ConversionRecord, parseRecord } from "../customers/conversion.ts";
import { type Explanation, explainConversion } from "../customers/explain.ts";
import { conversions } from "../customers/tables.ts";
import { IS_REAL, IS_TEST } from "../customers/test-mode-queries.ts";
import type { Database } from "../db/database.ts";
import { type List, type PageRequest, pageOf } from "../lib/paging.ts";
import { programs } from "../programs/tables.ts";

/** A conversion as the API shows it. */
export interface ConversionView {
  id: string;
  program: string;
  type: string;
  status: string;
  attributed_to: string | null;
  link: string | null;
  reason: string;
  amount: number | null;
  /** All that was paid, where that is known to be another amount: refunds that tell only their gross are converted by it. */
  gross: number | null;
  refunded: number;
  currency: string | null;
  occurred_at: string;
  payment: string | null;
  product: string | null;
  subscription: string | null;
  /** How often the subscription is paid, `once` outside of any. */
  interval: string | null;
  /** Which of the subscription's payments it is (outside of one, of the customer's), from 1; null where it is no payment. */
  payment_number: number | null;
  /** As the checkout told them. */
  country: string | null;
  platform: string | null;
  /** From test mode: in no figure, and never paid. */
  test: boolean;
}

/** One conversion with why it was credited as it was, and what it earned. */
export interface ExplainedConversion extends ConversionView {
  explanation: Explanation;
  entries: EntryView[];
}

/** One conversion, null where it is not known (yet). */
export async function readConversion(db: Database, id: string): Promise<ExplainedConversion | null> {
  const [rows, entries] = await db.batch([
    db
      .select({ record: conversions.record, program: programs.slug, program_currency: programs.currency })
      .from(conversions)
      .innerJoin(programs, eq(programs.id, conversions.program_id))
      .where(eq(conversions.id, id)),
    db.select(entryColumns).from(ledgerEntries).where(eq(ledgerEntries.conversion, id)).orderBy(ledgerEntries.number),
  ]);
  const [row] = rows;
  if (row === undefined) return null;
  const record = parseRecord(row.record);
  const program = { id: record.program_id, currency: row.program_currency };
  return {
    ...viewConversion(record, row.program),
    explanation: explainConversion(record),
    entries: (await explainRows(db, program, entries, "other")).map(viewEntry),
  };
}

/** Which conversions; null filters nothing. Those of test mode are a list of their own. */
export interface ConversionFilter {
  program_id: number | null;
  affiliate_id: number | null;
  test: boolean;
}

/** Conversions, newest first. */
export async function readConversions(
  db: Database,
  filter: ConversionFilter,
  page: PageRequest,
): Promise<List<ConversionView>> {
  const [time, id] = page.cursor?.split(".") ?? [];
  const rows = await db
    .select({ record: conversions.record, program: programs.slug })
    .from(conversions)
    .innerJoin(programs, eq(programs.id, conversions.program_id))
    .where(
      and(
        ...narrowTo(filter),
        time === undefined
          ? undefined
          : sql`(${conversions.occurred_at}, ${conversions.id}) < (${Number(time)}, ${id})`,
      ),
    )
    .orderBy(desc(conversions.occurred_at), desc(conversions.id))
    .limit(page.limit + 1);
  const found = rows.map((row) => ({ record: parseRecord(row.record), program: row.program }));
  return pageOf(
    found,
    page.limit,
    ({ record, program }) => viewConversion(record, program),
    ({ record }) => `${record.occurred_at}.${record.id}`,
  );
}

function narrowTo({ program_id: programId, affiliate_id: affiliateId, test }: ConversionFilter): (SQL | undefined)[] {
  if (!test) {
    return [
      IS_REAL,
      programId === null ? undefined : eq(conversions.program_id, programId),
      affiliateId === null ? undefined : eq(conversions.affiliate_id, affiliateId),
    ];
  }
  // The plus keeps SQLite from looking for the few of test mode among all others of the programme or the affiliate.
  return [
    IS_TEST,
    programId === null ? undefined : sql`+${conversions.program_id} = ${programId}`,
    affiliateId === null ? undefined : sql`+${conversions.affiliate_id} = ${affiliateId}`,
  ];
}

function viewConversion(record: ConversionRecord, program: string): ConversionView {
  const { id, type, status, amount, gross, refunded, currency, payment, product, subscription, test } = record;
  const { interval, payment_number, country, platform } = record;
  const { touch, reason } = record.credit;
  return {
    id,
    program,
    type,
    status,
    attributed_to: touch?.affiliate ?? null,
    link: touch?.link ?? null,
    reason,
    amount,
    gross,
    refunded,
    currency,
    occurred_at: new Date(record.occurred_at).toISOString(),
    payment,
    product,
    subscription,
    interval,
    payment_number,
    country,
    platform,
    test,
  };
}
