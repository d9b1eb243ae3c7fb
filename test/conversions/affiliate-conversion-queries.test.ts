/** An affiliate's conversions: lists compared with a filter over all conversions, and the indexes that D1 uses. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import {
  type AffiliateConversionFilter,
  defineAffiliateConversionsQuery,
  readAffiliateConversions,
} from "../../src/conversions/affiliate-conversion-queries.ts";
import { readCreditedConversion } from "../../src/conversions/portal/conversion-queries.ts";
import { projectConversion } from "../../src/customers/projection-store.ts";
import { openDatabase } from "../../src/db/database.ts";
import { runQuery } from "../../src/db/query-batch.ts";
import { explain } from "../support/explain.ts";
import { makeRecord, makeTouch } from "../support/make-record.ts";
import { setUp } from "../support/story.ts";

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const SALES = 40;
const TYPES = ["sale", "lead", "trial"] as const;

interface Own {
  id: string;
  occurred_at: number;
  type: string;
  link_id: number;
}

let account: { program_id: number; affiliate_id: number };
let links: number[];
const own: Own[] = [];

beforeAll(async () => {
  const { a, b } = await setUp();
  const { results } = await env.DB.prepare(
    "SELECT id, affiliate_id, program_id FROM links WHERE slug IN (?, ?) ORDER BY slug = ? DESC",
  )
    .bind(a.slug, b.slug, a.slug)
    .all<{ id: number; affiliate_id: number; program_id: number }>();
  const [mine, other] = results;
  if (mine === undefined || other === undefined) throw new Error("the story has no links");
  account = { program_id: mine.program_id, affiliate_id: mine.affiliate_id };
  links = [mine.id, other.id];
  for (let n = 0; n < SALES; n++) {
    const { affiliate_id } = n % 4 === 3 ? other : mine;
    const link_id = links[n % 2] ?? 0;
    const touch = makeTouch({ affiliate_id, link_id, click_id: n.toString(16).padStart(32, "0") });
    // Some have the same time, so that their ids decide the order.
    const occurred_at = START + Math.floor(n / 3) * HOUR;
    const type = TYPES[n % TYPES.length] ?? "sale";
    const id = `cv_own_${(n * 7) % SALES}`;
    const changes = {
      id,
      program_id: mine.program_id,
      occurred_at,
      type,
      payment: `pay_own_${n}`,
      customer_key: "test:own",
    };
    await projectConversion(openDatabase(env.DB), makeRecord({ touch, considered: [touch] }, changes));
    if (affiliate_id === mine.affiliate_id) own.push({ id, occurred_at, type, link_id });
  }
  own.sort((x, y) => y.occurred_at - x.occurred_at || (x.id < y.id ? 1 : -1));
});

const within = { since: START + 2 * HOUR, until: START + 9 * HOUR };
const FILTERS: [string, (link: number) => AffiliateConversionFilter][] = [
  ["all", () => ({ within: null, type: null, link_id: null })],
  ["of some days", () => ({ within, type: null, link_id: null })],
  ["of a type", () => ({ within: null, type: "sale", link_id: null })],
  ["of a link in some days", (linkId) => ({ within, type: null, link_id: linkId })],
  ["of a link and a type in some days", (linkId) => ({ within, type: "lead", link_id: linkId })],
];

test.each(FILTERS)("%s: the pages contain all matching conversions in order", async (_, filterOf) => {
  const filter = filterOf(links[0] ?? 0);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await readAffiliateConversions(openDatabase(env.DB), account, filter, { limit: 4, cursor });
    seen.push(...page.data.map(({ record }) => record.id));
    cursor = page.next;
  } while (cursor !== null);
  const fitting = own.filter(
    ({ occurred_at, type, link_id }) =>
      (filter.within === null || (occurred_at >= filter.within.since && occurred_at < filter.within.until)) &&
      (filter.type ?? type) === type &&
      (filter.link_id ?? link_id) === link_id,
  );
  expect(fitting.length).toBeGreaterThan(0);
  expect(seen).toEqual(fitting.map(({ id }) => id));
});

test.each(FILTERS)("%s: the query uses the affiliate's index, in its order", async (_, filterOf) => {
  for (const cursor of [null, `${START + 5 * HOUR}.cv_own_1`]) {
    const asked = (db: ReturnType<typeof openDatabase>) =>
      runQuery(db, defineAffiliateConversionsQuery(db, account, filterOf(1), { limit: 5, cursor }));
    expect(await explain(asked)).toEqual([
      [
        expect.stringMatching(
          /^SEARCH conversions USING INDEX conversions_by_affiliate \(affiliate_id=\? AND program_id=\?/,
        ),
      ],
    ]);
  }
});

test("the entries of a conversion are found by its index", async () => {
  const [, entries] = await explain((db) => readCreditedConversion(db, env.ACCOUNTS, account.affiliate_id, "cv_own_0"));
  expect(entries).toContainEqual(expect.stringMatching(/ledger_entries_by_conversion/));
});
