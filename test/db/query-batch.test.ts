/** Questions that are asked together: each is answered by its own. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { askCredits } from "../../src/conversions/credit-queries.ts";
import { ALL_OWN, askOwnConversions } from "../../src/conversions/own-conversion-queries.ts";
import { askTouched } from "../../src/conversions/touched-queries.ts";
import { conversions } from "../../src/customers/tables.ts";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { ask, askAll, asking, type Question } from "../../src/db/query-batch.ts";
import { askPulse } from "../../src/insights/change-queries.ts";
import { askOwnLinks } from "../../src/insights/link-queries.ts";
import { askOverview } from "../../src/insights/overview-queries.ts";
import { programs } from "../../src/programs/tables.ts";
import { listQueries } from "../support/explain.ts";
import { setUp } from "../support/story.ts";

const db = openDatabase(env.DB);
const constant = (value: number) =>
  db
    .select({ value: sql<number>`${value}`.as("value") })
    .from(programs)
    .limit(1);

test("answers come under their question's name, however many queries each has", async () => {
  await setUp({ affiliates: 1 });
  const numberIn = ([row]: { value: number }[]) => row?.value;
  const answers = await askAll(db, {
    two: asking([constant(1), constant(2)], ([a, b]) => [numberIn(a), numberIn(b)]),
    none: asking([], () => "nothing is asked"),
    one: asking([constant(3)], ([a]) => numberIn(a)),
    three: asking([constant(4), constant(5), constant(6)], (all) => all.map(numberIn)),
  });
  expect(answers).toEqual({ two: [1, 2], none: "nothing is asked", one: 3, three: [4, 5, 6] });
  expect(
    await ask(
      db,
      asking([constant(7)], ([a]) => numberIn(a)),
    ),
  ).toBe(7);
});

test("asking nothing at all is a mistake", async () => {
  await expect(askAll(db, {})).rejects.toThrow("nothing is asked");
});

const account = { program_id: 1, affiliate_id: 1 };
const period = { first_day: 20_000, last_day: 20_029 };
const program = { id: 1, slug: "x", name: "x", currency: "USD", status: "approved" as const };
const overview = { program, affiliate_id: 1, period: { ...period, before: period }, now: 1 };
const QUESTIONS: [string, (of: Database) => Record<string, Question<unknown>>][] = [
  ["the overview", (of) => askOverview(of, overview)],
  ["what is new", (of) => ({ pulse: askPulse(of, account, 1) })],
  ["links", (of) => ({ links: askOwnLinks(of, account, period) })],
  ["credits", (of) => ({ credits: askCredits(of, account, period, sql`${conversions.product}`) })],
  ["conversions", (of) => ({ latest: askOwnConversions(of, account, ALL_OWN, { limit: 5, cursor: null }) })],
  ["touched ones", (of) => ({ touched: askTouched(of, account, { limit: 5, cursor: null }) })],
];

test.each(QUESTIONS)(
  "the columns of %s have names that differ: the answers of a batch are known by them",
  async (_, of) => {
    const asked = await listQueries(async (nowhere) => {
      const queries = Object.values(of(nowhere)).flatMap((question) => question.queries);
      // What is made of no answer is not looked at.
      await askAll(nowhere, { all: asking(queries, () => null) });
    });
    expect(asked.length).toBeGreaterThan(0);
    for (const { sql: text, values } of asked) {
      const [names = []] = await env.DB.prepare(text)
        .bind(...values)
        .raw({ columnNames: true });
      expect(names.length).toBeGreaterThan(0);
      expect(
        names.filter((name, place) => names.indexOf(name) !== place),
        text,
      ).toEqual([]);
    }
  },
);
