/** Queries that a page's calls make at once: one round trip, and the results that each would have had alone. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { shareReads } from "../../src/db/shared-reads.ts";
import { programs } from "../../src/programs/tables.ts";
import { setUp } from "../support/story.ts";

let calls: string[][] = [];

/** D1, with the SQL of each call. */
function listen(): D1Database {
  const sqlOf = new WeakMap<object, string>();
  const wrap = (statement: D1PreparedStatement, query: string): D1PreparedStatement => {
    const noting = <Result>(run: () => Result) => {
      calls.push([query]);
      return run();
    };
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values), query),
      all: () => noting(() => statement.all()),
      run: () => noting(() => statement.run()),
      first: (...column: [string]) => noting(() => statement.first(...column)),
      raw: (...options: [{ columnNames: true }]) => noting(() => statement.raw(...options)),
    } as D1PreparedStatement;
    sqlOf.set(wrapped, query);
    originals.set(wrapped, statement);
    return wrapped;
  };
  const originals = new WeakMap<object, D1PreparedStatement>();
  return {
    prepare: (query: string) => wrap(env.DB.prepare(query), query),
    batch: (statements: D1PreparedStatement[]) => {
      calls.push(statements.map((statement) => sqlOf.get(statement) ?? ""));
      return env.DB.batch(statements.map((statement) => originals.get(statement) ?? statement));
    },
  } as D1Database;
}

beforeEach(() => {
  calls = [];
});

describe("queries that are waiting at the same time", () => {
  test("go to D1 in one batch, equal ones once", async () => {
    const db = shareReads(listen());
    const one = () => db.prepare("SELECT ?1 AS one").bind(1);
    const [first, again, batch, other] = await Promise.all([
      one().first("one"),
      one().all(),
      db.batch([one(), db.prepare("SELECT 2 AS two")]),
      db.prepare("SELECT ?1 AS one").bind("1").first(),
    ]);
    expect([first, again.results, batch.map(({ results }) => results), other]).toEqual([
      1,
      [{ one: 1 }],
      [[{ one: 1 }], [{ two: 2 }]],
      { one: "1" },
    ]);
    expect(calls).toEqual([["SELECT ?1 AS one", "SELECT 2 AS two", "SELECT ?1 AS one"]]);
  });

  test("keep two columns of one name apart, and the order of numbered ones", async () => {
    const [same, numbered] = ["SELECT 1 AS a, 2 AS a", 'SELECT 3 AS "2", 4 AS "1"'];
    for (let time = 0; time < 3; time++) {
      const db = shareReads(listen());
      const rows = await Promise.all([db.prepare(same).raw(), db.prepare(numbered).raw(), db.prepare(numbered).raw()]);
      expect(rows).toEqual([[[1, 2]], [[3, 4]], [[3, 4]]]);
    }
    // Once the columns are known, the other queries share a call.
    expect(calls.slice(-2).sort()).toEqual([[numbered], [same]].sort());
  });

  test("fail alone", async () => {
    const db = shareReads(listen());
    const [good, bad, both] = await Promise.allSettled([
      db.prepare("SELECT 1 AS a").first("a"),
      db.prepare("SELECT a FROM nowhere").all(),
      db.batch([db.prepare("SELECT 1 AS a"), db.prepare("SELECT 2 AS b")]),
    ]);
    expect([good.status, bad.status, both.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(String((bad as PromiseRejectedResult).reason)).toMatch(/no such table: nowhere/);
    expect((good as PromiseFulfilledResult<unknown>).value).toBe(1);
  });

  test("see what was written before them", async () => {
    const { program } = await setUp();
    const db = openDatabase(shareReads(env.DB));
    const read = () => db.select({ slug: programs.slug, name: programs.name }).from(programs).all();
    const nameOf = async () => (await read()).find(({ slug }) => slug === program)?.name;
    for (const name of ["One", "Two", "Three"]) {
      await db.update(programs).set({ name }).where(sql`slug = ${program}`);
      expect(await nameOf()).toBe(name);
    }
  });
});

test("changes aren't joined with queries, and run once", async () => {
  const db = shareReads(listen());
  const insert = "INSERT INTO texts (text, last_day) VALUES (?1, 1) RETURNING text";
  const changed = "WITH t AS (SELECT ?1 AS text) DELETE FROM texts WHERE text IN (SELECT text FROM t) RETURNING text";
  expect(await db.prepare(insert).bind("shared").first("text")).toBe("shared");
  const [deleted, left] = await Promise.all([
    db.prepare(changed).bind("shared").raw(),
    db.batch([db.prepare("SELECT count(*) AS n FROM texts WHERE text = 'other'"), db.prepare(insert).bind("other")]),
  ]);
  expect([deleted, left.map(({ results }) => results)]).toEqual([[["shared"]], [[{ n: 0 }], [{ text: "other" }]]]);
  expect(calls.flat().filter((query) => query.startsWith("WITH"))).toHaveLength(1);
});
