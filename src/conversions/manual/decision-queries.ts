/** What the merchant decided about a conversion, from the audit log: with the notes that only merchants read. */
import { and, asc, eq, inArray } from "drizzle-orm";
import type { AuditedFields } from "../../audit/tables.ts";
import { auditEntries } from "../../audit/tables.ts";
import type { Database } from "../../db/database.ts";

/** A decision about one conversion, as the API shows it to merchants. */
export interface DecisionView {
  decided_at: string;
  /** The id of the user or key that made it. */
  actor: string;
  /** Username; null if nobody is credited. */
  affiliate: string | null;
  /** Null for a dispute. */
  scope: string | null;
  reason: string;
  internal_note: string | null;
}

/** The statement that reads the decisions of one conversion, in order. */
export function selectDecisions(db: Database, conversion: string) {
  const { id, at, actor, after } = auditEntries;
  return db
    .select({ at, actor, after })
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.subject_type, "conversion"),
        eq(auditEntries.subject, conversion),
        inArray(auditEntries.action, ["conversion.credited", "conversion.disputed"]),
      ),
    )
    .orderBy(asc(id));
}

/** A decision from its entry of the audit log. */
export function viewDecision(row: { at: number; actor: string; after: AuditedFields | null }): DecisionView {
  const { affiliate, scope, reason, internal_note } = row.after ?? {};
  return {
    decided_at: new Date(row.at).toISOString(),
    actor: row.actor,
    affiliate: textOf(affiliate),
    scope: textOf(scope),
    reason: textOf(reason) ?? "",
    internal_note: textOf(internal_note),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
