/** The API's list of conversions. */
import { and, asc, desc, type SQL, sql } from "drizzle-orm";
import { type ConversionRecord, parseRecord } from "../customers/conversion.ts";
import { conversions } from "../customers/tables.ts";
import type { Database } from "../db/database.ts";
import { creditedClicks } from "../insights/tables.ts";
import { type List, type SortedPage, sortedPageOf } from "../lib/paging.ts";
import { isInScope, type ProgramScope } from "../programs/scope-queries.ts";
import { programs } from "../programs/tables.ts";
import { readDetails } from "./detail-queries.ts";
import { type ConversionView, viewConversion } from "./view.ts";

/** Filters of the list; null matches all. Test-mode conversions have a list of their own. */
export interface ConversionFilter {
  program_ids: ProgramScope;
  affiliate_id: number | null;
  /** A link, with its affiliate. */
  link: { id: number; affiliate_id: number } | null;
  type: ConversionRecord["type"] | null;
  /** Milliseconds since the epoch, `until` excluded. */
  since: number | null;
  until: number | null;
  /** The keys of a customer's objects. */
  customer_keys: readonly string[] | null;
  payment: string | null;
  /** Whether an affiliate is credited. */
  credited: boolean | null;
  /** The country of the credited click. */
  click_country: string | null;
  test: boolean;
}

/** Conversions that match, each with its commission at a time (ms). */
export async function listConversions(
  db: Database,
  filter: ConversionFilter,
  page: SortedPage<"occurred_at">,
  now: number,
): Promise<List<ConversionView>> {
  const { id, occurred_at, record } = conversions;
  const direction = page.descending ? desc : asc;
  const found = await db
    .select({ record, program: programs.slug })
    .from(programs)
    // The cross join fixes the order: programs first, and of each the first rows in the order of an index.
    .crossJoin(conversions)
    .where(and(isInScope(programs.id, filter.program_ids), sql`${id} IN (${selectIds(filter, page)})`))
    .orderBy(direction(occurred_at), direction(id))
    .limit(page.limit + 1);
  const rows = found.map((row) => ({ ...row, record: parseRecord(row.record) }));
  const { data, next } = sortedPageOf(
    rows,
    page,
    (row) => row,
    (row) => [row.record.occurred_at, row.record.id],
  );
  const details = await readDetails(
    db,
    data.map((row) => row.record),
    now,
  );
  return { data: data.map((row) => viewConversion(row.record, row.program, details(row.record))), next };
}

/** The ids of the first rows of one program. */
function selectIds(filter: ConversionFilter, page: SortedPage<"occurred_at">): SQL {
  const { affiliate_id, link, type, customer_keys, payment, credited, click_country, test } = filter;
  const [time, id] = page.after ?? [];
  const bound = typeof time === "number" ? time : null;
  // One BETWEEN: with a row comparison alone, SQLite would read all rows from the beginning of the index.
  const since = Math.max(filter.since ?? 0, page.descending ? 0 : (bound ?? 0));
  const until = Math.min((filter.until ?? Infinity) - 1, page.descending ? (bound ?? Infinity) : Infinity);
  const owner = affiliate_id ?? link?.affiliate_id ?? null;
  // The unary plus keeps SQLite from choosing the index of the program where another one has fewer rows.
  const isOther = customer_keys !== null || payment !== null;
  const inProgram = test || customer_keys !== null ? sql`+x.program_id` : sql`x.program_id`;
  const timeColumn = payment === null ? sql`x.occurred_at` : sql`+x.occurred_at`;
  const ownerColumn = isOther || test ? sql`+x.affiliate_id` : sql`x.affiliate_id`;
  const conditions = [
    sql`${inProgram} = ${programs.id}`,
    test ? sql`x.test = 1` : sql`x.test = 0`,
    owner === null ? null : sql`${ownerColumn} = ${owner}`,
    link === null ? null : sql`x.link_id = ${link.id}`,
    credited === null ? null : credited ? sql`+x.affiliate_id IS NOT NULL` : sql`${ownerColumn} IS NULL`,
    type === null ? null : sql`+x.type = ${type}`,
    customer_keys === null
      ? null
      : sql`x.customer_key IN (SELECT value FROM json_each(${JSON.stringify(customer_keys)}))`,
    click_country === null
      ? null
      : sql`EXISTS (SELECT 1 FROM ${creditedClicks}
          WHERE ${creditedClicks.id} = x.click_id AND ${creditedClicks.country} = ${click_country})`,
    payment === null ? null : sql`json_extract(x.record, '$.payment') = ${payment}`,
    since === 0 && until === Infinity
      ? null
      : sql`${timeColumn} BETWEEN ${since} AND ${Math.min(until, Number.MAX_SAFE_INTEGER)}`,
    page.after === null
      ? null
      : sql`(+x.occurred_at, x.id) ${page.descending ? sql`<` : sql`>`} (${bound}, ${id ?? ""})`,
  ].filter((condition) => condition !== null);
  const order = page.descending ? sql`DESC` : sql`ASC`;
  return sql`SELECT x.id FROM ${conversions} AS x WHERE ${sql.join(conditions, sql` AND `)}
    ORDER BY ${timeColumn} ${order}, x.id ${order} LIMIT ${page.limit + 1}`;
}
