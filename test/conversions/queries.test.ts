/** The API's lists of conversions: real and test-mode ones are separate, and neither query reads the other's rows. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { type ConversionFilter, listConversions } from "../../src/conversions/list-queries.ts";
import { parseRecord } from "../../src/customers/conversion.ts";
import { projectConversion } from "../../src/customers/projection-store.ts";
import { type Database, openDatabase } from "../../src/db/database.ts";
import type { SortedPage } from "../../src/lib/paging.ts";
import { explain } from "../support/explain.ts";
import { admin, setUp } from "../support/story.ts";

const START = Date.UTC(2026, 0, 1);
const COUNT = 30;

let program: string;
let program_id: number;

/** Every third is from test mode. */
beforeAll(async () => {
  program = (await setUp({ affiliates: 1 })).program;
  program_id = (await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(program).first<number>("id")) ?? 0;
  for (let n = 0; n < COUNT; n += 1) await projectConversion(openDatabase(env.DB), makeRecord(n));
});

function makeRecord(n: number) {
  return parseRecord(
    JSON.stringify({
      id: idOf(n),
      type: "sale",
      status: "recorded",
      // Pairs with the same time: the cursor must not skip one of them.
      occurred_at: START + Math.floor(n / 6) * 1_000,
      amount: 100 + n,
      currency: "USD",
      refunded: 0,
      refunded_at: null,
      payment: `pay_${n}`,
      product: null,
      subscription: null,
      credit: { touch: null, reason: "no_touch", considered: [], binding: null },
      token_fault: null,
      terms_version: 1,
      ...(isTest(n) && { test: true }),
      notes: [],
      program_id,
      revision: 1,
      rules: { cookie_days: 30, model: "last_click", binds_to: "customer" },
    }),
  );
}

const idOf = (n: number) => `cv_${n.toString(16).padStart(32, "0")}`;
const isTest = (n: number) => n % 3 === 0;
const newestFirst = (test: boolean) =>
  Array.from({ length: COUNT }, (_, n) => n)
    .filter((n) => isTest(n) === test)
    .reverse()
    .map(idOf);

test.each([
  ["", false],
  ["&test=false", false],
  ["&test=true", true],
] as const)("pages of two, %s", async (query, test) => {
  const seen: string[] = [];
  let cursor = "";
  do {
    const { status, json } = await admin("GET", `/v1/conversions?program=${program}&limit=2${query}${cursor}`);
    expect(status).toBe(200);
    expect(json.data.every((row: { test: boolean }) => row.test === test)).toBe(true);
    seen.push(...json.data.map((row: { id: string }) => row.id));
    cursor = json.next === null ? "" : `&cursor=${json.next}`;
  } while (cursor !== "");
  expect(seen).toEqual(newestFirst(test));
});

test.each(["yes", "1", "", "TRUE"])("rejects test=%s", async (text) => {
  const { status, json } = await admin("GET", `/v1/conversions?test=${text}`);
  expect([status, json.code, json.field]).toEqual([422, "invalid_test", "test"]);
});

const page: SortedPage<"occurred_at"> = {
  ...{ limit: 50, sort: "occurred_at", descending: true, after: null, fingerprint: "" },
};
const none: ConversionFilter = {
  ...{ program_ids: null, affiliate_id: null, link: null, type: null, since: null, until: null },
  ...{ customer_keys: null, payment: null, credited: null, click_country: null, test: false },
};

/** Of SQLite's plan for a page, how it finds the rows of one program, and what it sorts. */
async function planOf(filter: Partial<ConversionFilter>, changes: Partial<typeof page> = {}): Promise<string[]> {
  const read = (db: Database) => listConversions(db, { ...none, ...filter }, { ...page, ...changes }, START);
  const [plan = []] = await explain(read);
  return plan.filter((step) => /^(SEARCH|SCAN) x |TEMP B-TREE/.test(step));
}

/** The rows that were found in all programs are always sorted, a page of each at most. */
const SORTED = "USE TEMP B-TREE FOR ORDER BY";

test.each<[string, Partial<ConversionFilter>, string[]?]>([
  ["conversions_by_program (program_id=?", {}],
  ["conversions_by_program (program_id=?", { program_ids: [1] }],
  ["conversions_by_program (program_id=?", { program_ids: [1, 2] }],
  ["conversions_by_program (program_id=?", { type: "lead" }],
  ["conversions_by_program (program_id=?", { credited: true }],
  ["conversions_by_program (program_id=? AND occurred_at>? AND occurred_at<?)", { since: 1, until: 2 }],
  ["conversions_by_affiliate (affiliate_id=? AND program_id=?", { affiliate_id: 1 }],
  ["conversions_by_affiliate (affiliate_id=? AND program_id=?", { credited: false }],
  ["conversions_by_affiliate (affiliate_id=? AND program_id=?", { link: { id: 1, affiliate_id: 1 } }],
  [
    "conversions_by_affiliate (affiliate_id=? AND program_id=? AND occurred_at>? AND occurred_at<?)",
    { affiliate_id: 1, type: "sale", since: 1 },
  ],
  ["conversions_by_customer (customer_key=?", { customer_keys: ["1:id:a", "1:id:b"] }, [SORTED]],
  ["conversions_by_customer (customer_key=?", { customer_keys: ["1:id:a"], affiliate_id: 1 }, [SORTED]],
  ["conversions_by_payment (program_id=? AND <expr>=?)", { payment: "pay_1" }, [SORTED]],
  ["conversions_by_payment (program_id=? AND <expr>=?)", { payment: "pay_1", affiliate_id: 1, type: "sale" }, [SORTED]],
  ["conversions_in_test", { test: true }],
  ["conversions_in_test", { test: true, program_ids: [1], affiliate_id: 1, credited: true }],
])("%s) serves %o in its order", async (index, filter, sorted = []) => {
  for (const after of [null, [START, idOf(1)]]) {
    for (const descending of [true, false]) {
      const [step, ...others] = await planOf(filter, { after, descending });
      expect(step).toContain(` ${index}`);
      expect(others).toEqual([...sorted, SORTED]);
    }
  }
});

test("a real record stays real after a late revision", async () => {
  const record = { ...makeRecord(1), test: true, revision: 1 };
  await projectConversion(openDatabase(env.DB), record);
  const { json } = await admin("GET", `/v1/conversions/${record.id}`);
  expect(json.test).toBe(false);
});
