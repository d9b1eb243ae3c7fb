import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
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
  /** The gross payment, if it differs from `amount`. Refunds that state only a gross amount are converted with it. */
  gross: number | null;
  refunded: number;
  currency: string | null;
  occurred_at: string;
  /** When the merchant received the money; null where that isn't known. */
  settled_at: string | null;
  payment: string | null;
  product: string | null;
  subscription: string | null;
  /** How often the subscription is paid; `once` for payments outside a subscription. */
  interval: string | null;
  /** The payment's number within its subscription, or within the customer's other payments, from 1. Null for leads and trials. */
  payment_number: number | null;
  /** As reported by the checkout. */
  country: string | null;
  platform: string | null;
  /** From test mode: in no report, and never paid. */
  test: boolean;
}

/** A conversion with the explanation of its credit and its ledger entries. */
export interface ExplainedConversion extends ConversionView {
  explanation: Explanation;
  entries: EntryView[];
}

/** Reads a conversion of one of these programs; null for any. Null if it isn't projected (yet). */
export async function readConversion(
  db: Database,
  programIds: readonly number[] | null,
  id: string,
): Promise<ExplainedConversion | null> {
  const [rows, entries] = await db.batch([
    db
      .select({ record: conversions.record, program: programs.slug, program_currency: programs.currency })
      .from(conversions)
      .innerJoin(programs, eq(programs.id, conversions.program_id))
      .where(
        and(eq(conversions.id, id), programIds === null ? undefined : inArray(conversions.program_id, [...programIds])),
      ),
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

/** Filters of the list; null matches all. Test-mode conversions have a list of their own. */
export interface ConversionFilter {
  /** The programs that may be listed. */
  program_ids: readonly number[] | null;
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
        filter.program_ids === null ? undefined : sql`+${conversions.program_id} IN ${filter.program_ids}`,
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
  // The unary plus makes SQLite use the test-mode index instead of scanning all conversions of the program or affiliate.
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
    settled_at: record.settled_at === undefined ? null : new Date(record.settled_at).toISOString(),
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
