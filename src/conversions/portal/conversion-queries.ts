import { and, eq } from "drizzle-orm";
import { entryColumns, explainRows, isEntryOf } from "../../commissions/entry-queries.ts";
import { accountKeyOf } from "../../commissions/ledger.ts";
import { ledgerEntries } from "../../commissions/tables.ts";
import { parseRecord } from "../../customers/conversion.ts";
import { conversions } from "../../customers/tables.ts";
import { IS_REAL } from "../../customers/test-mode-queries.ts";
import type { Database } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import type { Statement } from "../../payouts/statements/statement.ts";
import { programs } from "../../programs/tables.ts";

/** Statements that include the entries. Empty if the Account object is unavailable: the page works without them. */
async function readStatementsOf(
  account: ReturnType<Env["ACCOUNTS"]["getByName"]>,
  entries: readonly { number: number }[],
): Promise<Statement[]> {
  try {
    return await account.followEntries(entries.map(({ number }) => number));
  } catch (error) {
    logError("statements_not_available", { error });
    return [];
  }
}

/**
 * A conversion credited to an affiliate, with that affiliate's explained ledger entries and the statements that include them
 * (without their `entries`).
 */
export type CreditedConversion = NonNullable<Awaited<ReturnType<typeof readCreditedConversion>>>;

/** Reads a conversion. Null if it doesn't exist, is from test mode, or is credited to another affiliate. */
export async function readCreditedConversion(db: Database, accounts: Env["ACCOUNTS"], affiliateId: number, id: string) {
  const isOwnEntry = and(eq(ledgerEntries.conversion, id), isEntryOf(affiliateId));
  const [rows, entries] = await db.batch([
    db
      .select({ record: conversions.record, program: programs.slug, name: programs.name, currency: programs.currency })
      .from(conversions)
      .innerJoin(programs, eq(programs.id, conversions.program_id))
      .where(and(eq(conversions.id, id), eq(conversions.affiliate_id, affiliateId), IS_REAL)),
    db.select(entryColumns).from(ledgerEntries).where(isOwnEntry).orderBy(ledgerEntries.number),
  ]);
  const [row] = rows;
  if (row === undefined) return null;
  const record = parseRecord(row.record);
  const program = { id: record.program_id, currency: row.currency };
  const account = accounts.getByName(accountKeyOf({ program_id: program.id, affiliate_id: affiliateId }));
  const [explained, statements] = await Promise.all([
    explainRows(db, program, entries, "affiliate"),
    entries.length === 0 ? [] : readStatementsOf(account, entries),
  ]);
  return { record, program: { slug: row.program, name: row.name }, entries: explained, statements };
}
