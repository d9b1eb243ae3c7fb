/** The API's lists of conversions: real and test-mode ones are separate, and neither query reads the other's rows. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { readConversions } from "../../src/conversions/queries.ts";
import { parseRecord } from "../../src/customers/conversion.ts";
import { projectConversion } from "../../src/customers/projection-store.ts";
import { openDatabase } from "../../src/db/database.ts";
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

test("each list uses an index, in its order", async () => {
  const planOf = async (filter: { program_id: number | null; affiliate_id: number | null; test: boolean }) => {
    const [plan] = await explain((db) =>
      readConversions(db, { program_ids: null, ...filter }, { limit: 50, cursor: `${START}.${idOf(1)}` }),
    );
    return plan;
  };
  const byProgram = expect.stringMatching(/^SEARCH conversions USING INDEX conversions_by_program /);
  const inTest = expect.stringMatching(/^SEARCH conversions USING INDEX conversions_in_test /);
  const programOfEach = expect.stringMatching(/^SEARCH programs USING INTEGER PRIMARY KEY/);
  expect(await planOf({ program_id, affiliate_id: null, test: false })).toEqual([programOfEach, byProgram]);
  const byAffiliate = expect.stringMatching(/^SEARCH conversions USING INDEX conversions_by_affiliate /);
  expect(await planOf({ program_id, affiliate_id: 1, test: false })).toEqual([programOfEach, byAffiliate]);
  for (const filter of [
    { program_id: null, affiliate_id: null },
    { program_id, affiliate_id: null },
    { program_id, affiliate_id: 1 },
    { program_id: null, affiliate_id: 1 },
  ]) {
    expect(await planOf({ ...filter, test: true })).toEqual([inTest, programOfEach]);
  }
});

test("a real record stays real after a late revision", async () => {
  const record = { ...makeRecord(1), test: true, revision: 1 };
  await projectConversion(openDatabase(env.DB), record);
  const { json } = await admin("GET", `/v1/conversions/${record.id}`);
  expect(json.test).toBe(false);
});
