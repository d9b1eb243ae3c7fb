import { and, eq, sql } from "drizzle-orm";
import type { Traces } from "../../customers/erasure/traces.ts";
import { conversions } from "../../customers/tables.ts";
import { type Database, openDatabase } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import { listDeliveriesOf } from "../../webhooks/deliveries/erasure-store.ts";
import { countIdentifiers, type FoundCustomer, listKeys } from "../../webhooks/identity/erasure-store.ts";

/** Ids of a kind: how many there are, and the first of them. */
interface Ids {
  count: number;
  ids: string[];
}

/** What is stored of a customer, as the API shows it. */
export interface CustomerView {
  test: boolean;
  /** By kind; hashes and ids aren't shown. */
  identifiers: Record<string, number>;
  conversions: Ids;
  deliveries: Ids;
  clicks: Ids;
}

const SHOWN_MAX = 100;
/** Events that one statement takes. */
const EVENTS_A_STEP = 1_000;

/** Reads what is stored of a customer. Throws while its object is unavailable. */
export async function readCustomer(
  env: Env,
  programId: number,
  { key, test }: Pick<FoundCustomer, "key" | "test">,
): Promise<CustomerView> {
  const db = openDatabase(env.DB);
  const { keys } = await listKeys(db, key);
  const [counts, projected, ...traces] = await Promise.all([
    countIdentifiers(db, programId, keys),
    listConversions(db, programId, keys),
    ...keys.map((one) => env.CUSTOMERS.getByName(one).readTraces()),
  ]);
  return {
    test,
    identifiers: Object.fromEntries(counts),
    conversions: show(projected),
    deliveries: show(await listDeliveries(db, programId, projected, traces)),
    clicks: show(traces.flatMap(({ clicks }) => clicks)),
  };
}

async function listConversions(db: Database, programId: number, keys: readonly string[]): Promise<string[]> {
  const isTheirs = sql`${conversions.customer_key} IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`;
  const rows = await db
    .select({ id: conversions.id })
    .from(conversions)
    .where(and(eq(conversions.program_id, programId), isTheirs));
  return rows.map(({ id }) => id);
}

async function listDeliveries(
  db: Database,
  program_id: number,
  ids: readonly string[],
  traces: readonly Traces[],
): Promise<string[]> {
  const events = traces.flatMap((one) => one.events);
  const found: string[] = [];
  for (let from = 0; from < Math.max(events.length, ids.length); from += EVENTS_A_STEP) {
    const to = from + EVENTS_A_STEP;
    const part = { program_id, conversions: ids.slice(from, to), events: events.slice(from, to) };
    found.push(...(await listDeliveriesOf(db, part)));
  }
  return found;
}

function show(all: readonly string[]): Ids {
  const ids = [...new Set(all)].sort();
  return { count: ids.length, ids: ids.slice(0, SHOWN_MAX) };
}
