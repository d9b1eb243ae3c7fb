/** Queries that share one D1 batch: one call, and all results are from the same moment. */
import type { BatchItem } from "drizzle-orm/batch";
import type { Database } from "./database.ts";
import { runBatch } from "./named-batch.ts";

type Statement = BatchItem<"sqlite">;
type Results<Statements extends readonly Statement[]> = {
  [Place in keyof Statements]: Statements[Place]["_"]["result"];
};

/** SQL statements, and the view that their results become. Each statement's columns need distinct names, as in any D1 batch. */
export interface Query<View> {
  statements: readonly Statement[];
  view: (results: readonly unknown[]) => View;
}

/** Defines a query; `view` gets the results in the order of the statements. */
export function defineQuery<const Statements extends readonly Statement[], View>(
  statements: Statements,
  view: (results: Results<Statements>) => View,
): Query<View> {
  return { statements, view: (results) => view(results as Results<Statements>) };
}

/** The views of named queries, under the same names. */
export type QueryResults<Queries> = {
  [Name in keyof Queries]: Queries[Name] extends Query<infer View> ? View : never;
};

/** Runs all queries in one call; each view is under its query's name. */
export async function runQueries<Queries extends Record<string, Query<unknown>>>(
  db: Database,
  queries: Queries,
): Promise<QueryResults<Queries>> {
  const batch = Object.fromEntries(Object.entries(queries).map(([name, { statements }]) => [name, statements]));
  const results: Readonly<Record<string, unknown[]>> = await runBatch(db, batch);
  const views = Object.entries(queries).map(([name, { view }]) => [name, view(results[name] ?? [])] as const);
  return Object.fromEntries(views) as QueryResults<Queries>;
}

/** Runs one query. */
export async function runQuery<View>(db: Database, query: Query<View>): Promise<View> {
  return (await runQueries(db, { query })).query;
}
