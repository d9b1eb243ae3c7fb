/** Queries that share a batch: each view gets the results of its own statements. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { defineAffiliateConversionsQuery, NO_FILTER } from "../../src/conversions/affiliate-conversion-queries.ts";
import { defineCreditsQuery } from "../../src/conversions/credit-queries.ts";
import { defineTouchedQuery } from "../../src/conversions/touched-queries.ts";
import { conversions } from "../../src/customers/tables.ts";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { defineQuery, type Query, runQueries, runQuery } from "../../src/db/query-batch.ts";
import { definePulseQuery } from "../../src/insights/change-queries.ts";
import { defineLinksQuery } from "../../src/insights/link-queries.ts";
import { defineOverviewQueries } from "../../src/insights/overview-queries.ts";
import { programs } from "../../src/programs/tables.ts";
import { listQueries } from "../support/explain.ts";
import { setUp } from "../support/story.ts";

const db = openDatabase(env.DB);
const constant = (value: number) =>
  db
    .select({ value: sql<number>`${value}`.as("value") })
    .from(programs)
    .limit(1);

test("each view has its query's name, for any number of statements in a query", async () => {
  await setUp({ affiliates: 1 });
  const numberIn = ([row]: { value: number }[]) => row?.value;
  const views = await runQueries(db, {
    two: defineQuery([constant(1), constant(2)], ([a, b]) => [numberIn(a), numberIn(b)]),
    none: defineQuery([], () => "no statement"),
    one: defineQuery([constant(3)], ([a]) => numberIn(a)),
    three: defineQuery([constant(4), constant(5), constant(6)], (all) => all.map(numberIn)),
  });
  expect(views).toEqual({ two: [1, 2], none: "no statement", one: 3, three: [4, 5, 6] });
  expect(
    await runQuery(
      db,
      defineQuery([constant(7)], ([a]) => numberIn(a)),
    ),
  ).toBe(7);
});

test("queries without any statement have their views, without a call", async () => {
  expect(await runQueries(db, {})).toEqual({});
  expect(await runQueries(db, { none: defineQuery([], (rows) => rows.length) })).toEqual({ none: 0 });
});

const account = { program_id: 1, affiliate_id: 1 };
const period = { first_day: 20_000, last_day: 20_029 };
const program = {
  id: 1,
  slug: "x",
  name: "x",
  currency: "USD",
  status: "approved" as const,
  reason: null,
  may_reapply: true,
};
const overview = { program, affiliate_id: 1, period: { ...period, comparison: period }, now: 1 };
const QUERIES: [string, (of: Database) => Record<string, Query<unknown>>][] = [
  ["the overview", (of) => defineOverviewQueries(of, overview)],
  ["what is new", (of) => ({ pulse: definePulseQuery(of, account, 1) })],
  ["links", (of) => ({ links: defineLinksQuery(of, account, period) })],
  ["credits", (of) => ({ credits: defineCreditsQuery(of, account, period, sql`${conversions.product}`) })],
  [
    "conversions",
    (of) => ({ latest: defineAffiliateConversionsQuery(of, account, NO_FILTER, { limit: 5, cursor: null }) }),
  ],
  ["touched ones", (of) => ({ touched: defineTouchedQuery(of, account, { limit: 5, cursor: null }) })],
];

test.each(QUERIES)("the columns of %s have distinct names, which a batch needs", async (_, of) => {
  const sent = await listQueries(async (nowhere) => {
    const statements = Object.values(of(nowhere)).flatMap((query) => query.statements);
    // The views can't be computed: this database returns no results.
    await runQueries(nowhere, { all: defineQuery(statements, () => null) });
  });
  expect(sent.length).toBeGreaterThan(0);
  for (const { sql: text, values } of sent) {
    const [names = []] = await env.DB.prepare(text)
      .bind(...values)
      .raw({ columnNames: true });
    expect(names.length).toBeGreaterThan(0);
    expect(
      names.filter((name, place) => names.indexOf(name) !== place),
      text,
    ).toEqual([]);
  }
});
