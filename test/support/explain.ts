import { env } from "cloudflare:workers";
import { type Database, openDatabase } from "../../src/db/database.ts";

interface Query {
  sql: string;
  values: unknown[];
}

/** The queries that `read` sends to D1; each returns no rows. */
export async function listQueries(read: (db: Database) => Promise<unknown>): Promise<Query[]> {
  const queries: Query[] = [];
  const statement = (sql: string, values: unknown[] = []) => ({
    sql,
    values,
    bind: (...bound: unknown[]) => statement(sql, bound),
    raw: async () => {
      queries.push({ sql, values });
      return [];
    },
  });
  const client = {
    prepare: (sql: string) => statement(sql),
    batch: async (statements: ReturnType<typeof statement>[]) => {
      queries.push(...statements.map(({ sql, values }) => ({ sql, values })));
      return statements.map(() => ({ results: [] }));
    },
  };
  await read(openDatabase(client as unknown as D1Database));
  return queries;
}

/** SQLite's plan for each query of `read`. */
export async function explain(read: (db: Database) => Promise<unknown>): Promise<string[][]> {
  const plans: string[][] = [];
  for (const { sql, values } of await listQueries(read)) {
    const plan = env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...values);
    plans.push((await plan.all<{ detail: string }>()).results.map(({ detail }) => detail));
  }
  return plans;
}
