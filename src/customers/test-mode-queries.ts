/** What providers' test modes sent is kept, and kept apart: every figure is of the real ones alone. */
import { eq, sql } from "drizzle-orm";
import { conversions } from "./tables.ts";

/** What counts. */
export const IS_REAL = eq(conversions.test, false);

/** What is shown apart. Written out, not as a parameter, so that anyone who plans the query sees that the partial index holds them all. */
export const IS_TEST = sql`${conversions.test} = 1`;
