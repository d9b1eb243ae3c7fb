/** Test-mode conversions are stored but shown separately. Every figure counts live conversions only. */
import { eq, sql } from "drizzle-orm";
import { conversions } from "./tables.ts";

/** Matches live conversions, which count. */
export const IS_REAL = eq(conversions.test, false);

/**
 * Matches test conversions. Written as a literal instead of a parameter, so that the query planner can use the partial
 * index.
 */
export const IS_TEST = sql`${conversions.test} = 1`;
