import { and, eq, sql } from "drizzle-orm";
import { type EntryView, entryColumns, explainRows, viewEntry } from "../commissions/entry-queries.ts";
import { ledgerEntries } from "../commissions/tables.ts";
import { parseRecord } from "../customers/conversion.ts";
import { type Explanation, explainConversion } from "../customers/explain.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { isInScope, type ProgramScope } from "../programs/scope-queries.ts";
import { programs } from "../programs/tables.ts";
import { readDetails } from "./detail-queries.ts";
import { type DecisionView, selectDecisions, viewDecision } from "./manual/decision-queries.ts";
import { type ConversionView, viewConversion } from "./view.ts";

/** A conversion with the explanation of its credit and its ledger entries, for merchants. */
export interface ExplainedConversion extends ConversionView {
  explanation: Explanation;
  /** What the merchant decided about it, with its internal notes. */
  decisions: DecisionView[];
  entries: (EntryView & { affiliate: string })[];
}

/** The affiliate whose ledger an entry is in. */
const affiliate = sql<string>`(SELECT username FROM affiliates WHERE affiliates.id = affiliate_id)`;

/** Reads a conversion of one of these programs, with its commission at a time (ms). Null if it isn't projected (yet). */
export async function readConversion(
  db: Database,
  scope: ProgramScope,
  id: string,
  now: number,
): Promise<ExplainedConversion | null> {
  const [rows, entries, decisions] = await db.batch([
    db
      .select({ record: conversions.record, program: programs.slug, program_currency: programs.currency })
      .from(conversions)
      .innerJoin(programs, eq(programs.id, conversions.program_id))
      .where(and(eq(conversions.id, id), isInScope(conversions.program_id, scope))),
    db
      .select({ ...entryColumns, affiliate })
      .from(ledgerEntries)
      .where(eq(ledgerEntries.conversion, id))
      .orderBy(ledgerEntries.number),
    selectDecisions(db, id),
  ]);
  const [row] = rows;
  if (row === undefined) return null;
  const record = parseRecord(row.record);
  const program = { id: record.program_id, currency: row.program_currency };
  const details = await readDetails(db, [record], now);
  return {
    ...viewConversion(record, row.program, details(record)),
    explanation: explainConversion(record),
    decisions: decisions.map(viewDecision),
    entries: (await explainRows(db, program, entries, "other")).map(viewEntry),
  };
}
