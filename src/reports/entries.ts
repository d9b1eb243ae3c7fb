import { and, desc, eq, lt } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { ledgerEntries } from "../db/schema.ts";
import { type List, type PageRequest, pageOf } from "./list.ts";

/** The columns of a ledger entry that are shown. */
export const entryColumns = {
  id: ledgerEntries.id,
  number: ledgerEntries.number,
  kind: ledgerEntries.kind,
  amount: ledgerEntries.amount,
  currency: ledgerEntries.currency,
  conversion: ledgerEntries.conversion,
  base_amount: ledgerEntries.baseAmount,
  rate_bps: ledgerEntries.rateBps,
  terms_version: ledgerEntries.termsVersion,
  occurred_at: ledgerEntries.occurredAt,
  clears_at: ledgerEntries.clearsAt,
  corrects: ledgerEntries.corrects,
};

type EntryRow = Pick<
  typeof ledgerEntries.$inferSelect,
  "id" | "number" | "kind" | "amount" | "currency" | "conversion" | "corrects"
> & {
  base_amount: number | null;
  rate_bps: number | null;
  terms_version: number | null;
  occurred_at: number;
  clears_at: number;
};

/** A ledger entry as the API shows it. */
export type EntryView = Omit<EntryRow, "number" | "occurred_at" | "clears_at"> & {
  occurred_at: string;
  clears_at: string;
};

export function viewEntry({ number: _, ...row }: EntryRow): EntryView {
  return {
    ...row,
    occurred_at: new Date(row.occurred_at).toISOString(),
    clears_at: new Date(row.clears_at).toISOString(),
  };
}

/** An affiliate's ledger in a programme, newest first. */
export async function readEntries(
  db: Database,
  account: { programId: number; affiliateId: number },
  page: PageRequest,
): Promise<List<EntryView>> {
  const rows = await db
    .select(entryColumns)
    .from(ledgerEntries)
    .where(
      and(
        eq(ledgerEntries.affiliateId, account.affiliateId),
        eq(ledgerEntries.programId, account.programId),
        page.cursor === null ? undefined : lt(ledgerEntries.number, Number(page.cursor)),
      ),
    )
    .orderBy(desc(ledgerEntries.number))
    .limit(page.limit + 1);
  return pageOf(rows, page.limit, viewEntry, (row) => String(row.number));
}
