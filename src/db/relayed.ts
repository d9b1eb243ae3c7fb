/** Which Customer objects have something to relay, as D1 knows it: a cron finds by it what an alarm missed. */
import { and, eq, lte } from "drizzle-orm";
import { unrelayedCustomers } from "./schema.ts";

/** That an object has told all that it had received until a time, ms. */
export interface Relayed {
  key: string;
  until: number;
}

/** The mark of an object that has told all of it; not that of what it may have received since. */
export function isRelayed({ key, until }: Relayed) {
  return and(eq(unrelayedCustomers.key, key), lte(unrelayedCustomers.since, until));
}
