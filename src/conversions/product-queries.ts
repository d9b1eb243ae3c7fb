import { and, count, desc, eq, gte, isNotNull, lt, max } from "drizzle-orm";
import { conversions } from "../customers/tables.ts";
import { IS_REAL } from "../customers/test-mode-queries.ts";
import type { Database } from "../db/database.ts";
import { startOfDay } from "../lib/calendar.ts";
import { foldName } from "../lib/fold-name.ts";
import type { ProgramTerms } from "../programs/terms.ts";

/** The most products in one answer: those with the most sales. */
const PRODUCTS_MAX = 200;

/** The products of a program's sales, and the names in its terms. */
export interface ProductReport {
  data: {
    /** As the checkout reports it. */
    product: string;
    sales: number;
    /** When it was last sold, in ms. */
    last_sold_at: number;
    /** The rules that name it, as indexes into the terms' `rates`. Empty if none does. */
    rules: number[];
  }[];
  /** Products that rules name and none of these sales had: often a misspelled name. */
  not_sold: string[];
}

/** Reads the products of the sales on these days (UTC, both included), and compares them with the terms. */
export async function readProducts(
  db: Database,
  { program_id, terms, from, to }: { program_id: number; terms: ProgramTerms; from: number; to: number },
): Promise<ProductReport> {
  const sales = count();
  const rows = await db
    .select({ product: conversions.product, sales, last_sold_at: max(conversions.occurred_at) })
    .from(conversions)
    .where(
      and(
        eq(conversions.program_id, program_id),
        gte(conversions.occurred_at, startOfDay(from)),
        lt(conversions.occurred_at, startOfDay(to + 1)),
        eq(conversions.type, "sale"),
        isNotNull(conversions.product),
        IS_REAL,
      ),
    )
    .groupBy(conversions.product)
    .orderBy(desc(sales), conversions.product)
    .limit(PRODUCTS_MAX);
  const named = terms.rates.map(({ product = [] }) => new Set(product.map(foldName)));
  const data = rows.map(({ product, sales, last_sold_at }) => {
    const name = foldName(product ?? "");
    const rules = named.flatMap((names, rule) => (names.has(name) ? [rule] : []));
    return { product: product ?? "", sales, last_sold_at: last_sold_at ?? 0, rules };
  });
  const sold = new Set(data.map(({ product }) => foldName(product)));
  const spellings = Map.groupBy(
    terms.rates.flatMap(({ product = [] }) => product),
    foldName,
  );
  return { data, not_sold: [...spellings].flatMap(([name, [first]]) => (sold.has(name) ? [] : (first ?? []))) };
}
