/** Pages by the values of the last row instead of a number of rows: rows that are added meanwhile move no other row. */
import { type AnyColumn, asc, desc, type SQL, sql } from "drizzle-orm";
import type { SortedPage } from "../lib/paging.ts";

type Key = AnyColumn | SQL;

/**
 * The condition and the order of a page. `keys` are what the rows are sorted by, ending in one that is unique. Bare columns
 * that an index ends in are read in its order.
 */
export function keysetOf(
  keys: readonly Key[],
  { descending, after }: Pick<SortedPage, "descending" | "after">,
): { isAfter: SQL | undefined; order: SQL[] } {
  const order = keys.map((key) => (descending ? desc(key) : asc(key)));
  if (after === null) return { isAfter: undefined, order };
  const values = keys.map((_, place) => sql`${after[place] ?? null}`);
  const [row, last] = [sql.join([...keys], sql`, `), sql.join(values, sql`, `)];
  return { isAfter: descending ? sql`(${row}) < (${last})` : sql`(${row}) > (${last})`, order };
}
