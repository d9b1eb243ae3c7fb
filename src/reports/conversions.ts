import { and, desc, eq, sql } from "drizzle-orm";
import type { ConversionRecord } from "../customers/conversion.ts";
import { type Explanation, explainConversion } from "../customers/explain.ts";
import type { Database } from "../db/database.ts";
import { conversions, ledgerEntries, programs } from "../db/schema.ts";
import { type EntryView, entryColumns, viewEntry } from "./entries.ts";
import { type List, type PageRequest, pageOf } from "./list.ts";

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
  refunded: number;
  currency: string | null;
  occurred_at: string;
  payment: string | null;
  product: string | null;
  subscription: string | null;
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
      .select({ record: conversions.record, program: programs.slug })
      .from(conversions)
      .innerJoin(programs, eq(programs.id, conversions.programId))
      .where(eq(conversions.id, id)),
    db.select(entryColumns).from(ledgerEntries).where(eq(ledgerEntries.conversion, id)).orderBy(ledgerEntries.number),
  ]);
  const [row] = rows;
  if (row === undefined) return null;
  const record: ConversionRecord = JSON.parse(row.record);
  return {
    ...viewConversion(record, row.program),
    explanation: explainConversion(record),
    entries: entries.map(viewEntry),
  };
}

/** Conversions, newest first; null filters nothing. */
export async function readConversions(
  db: Database,
  filter: { programId: number | null; affiliateId: number | null },
  page: PageRequest,
): Promise<List<ConversionView>> {
  const [time, id] = page.cursor?.split(".") ?? [];
  const rows = await db
    .select({ record: conversions.record, program: programs.slug })
    .from(conversions)
    .innerJoin(programs, eq(programs.id, conversions.programId))
    .where(
      and(
        filter.programId === null ? undefined : eq(conversions.programId, filter.programId),
        filter.affiliateId === null ? undefined : eq(conversions.affiliateId, filter.affiliateId),
        time === undefined ? undefined : sql`(${conversions.occurredAt}, ${conversions.id}) < (${Number(time)}, ${id})`,
      ),
    )
    .orderBy(desc(conversions.occurredAt), desc(conversions.id))
    .limit(page.limit + 1);
  const found = rows.map((row) => ({ record: JSON.parse(row.record) as ConversionRecord, program: row.program }));
  return pageOf(
    found,
    page.limit,
    ({ record, program }) => viewConversion(record, program),
    ({ record }) => `${record.occurred_at}.${record.id}`,
  );
}

function viewConversion(record: ConversionRecord, program: string): ConversionView {
  const { id, type, status, amount, refunded, currency, payment, product, subscription } = record;
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
    refunded,
    currency,
    occurred_at: new Date(record.occurred_at).toISOString(),
    payment,
    product,
    subscription,
  };
}
