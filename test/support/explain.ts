import { env } from "cloudflare:workers";
import { type Database, openDatabase } from "../../src/db/database.ts";

interface Asked {
  sql: string;
  values: unknown[];
}

/** What `read` asks D1; it is answered with nothing. */
export async function listQueries(read: (db: Database) => Promise<unknown>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const statement = (sql: string, values: unknown[] = []) => ({
    sql,
    values,
    bind: (...bound: unknown[]) => statement(sql, bound),
    raw: async () => {
      asked.push({ sql, values });
      return [];
    },
  });
  const client = {
    prepare: (sql: string) => statement(sql),
    batch: async (statements: ReturnType<typeof statement>[]) => {
      asked.push(...statements.map(({ sql, values }) => ({ sql, values })));
      return statements.map(() => ({ results: [] }));
    },
  };
  await read(openDatabase(client as unknown as D1Database));
  return asked;
}

/** How D1 goes about each query that is asked by `read`, as SQLite plans it. */
export async function explain(read: (db: Database) => Promise<unknown>): Promise<string[][]> {
  const plans: string[][] = [];
  for (const { sql, values } of await listQueries(read)) {
    const plan = env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...values);
    plans.push((await plan.all<{ detail: string }>()).results.map(({ detail }) => detail));
  }
  return plans;
}
