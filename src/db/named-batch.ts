/** A D1 batch whose results have names: one transaction that can mix reads and writes. */
import type { BatchItem } from "drizzle-orm/batch";
import type { Database } from "./database.ts";

type Statement = BatchItem<"sqlite">;
type Statements = Readonly<Record<string, Statement | readonly Statement[]>>;

/** The result of each statement under its name; a list of statements has a list of results. */
export type BatchResults<Batch> = {
  [Name in keyof Batch]: Batch[Name] extends Statement
    ? Batch[Name]["_"]["result"]
    : Batch[Name] extends readonly (infer Each extends Statement)[]
      ? Each["_"]["result"][]
      : never;
};

/**
 * Runs statements in one transaction, in the order in which they are listed. The columns of a query must have different
 * names, as in any batch. Without statements, D1 isn't called.
 */
export async function runBatch<const Batch extends Statements>(
  db: Database,
  batch: Batch,
): Promise<BatchResults<Batch>> {
  const [first, ...others] = Object.values(batch).flat();
  const results: unknown[] = first === undefined ? [] : await db.batch([first, ...others]);
  let next = 0;
  const named = Object.entries(batch).map(([name, statements]) => {
    const start = next;
    next += Array.isArray(statements) ? statements.length : 1;
    return [name, Array.isArray(statements) ? results.slice(start, next) : results[start]] as const;
  });
  return Object.fromEntries(named) as BatchResults<Batch>;
}
