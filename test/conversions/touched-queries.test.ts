/** Which affiliates are stored as not credited for a conversion, for any order of its revisions, and their paged list. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { readTouched, readTouchedConversion } from "../../src/conversions/touched-queries.ts";
import type { ConversionRecord } from "../../src/customers/conversion.ts";
import { projectConversion } from "../../src/customers/projection-store.ts";
import { openDatabase } from "../../src/db/database.ts";
import { makeRecord, makeTouch } from "../support/make-record.ts";
import { setUp } from "../support/story.ts";

const START = Date.UTC(2026, 0, 1);

let program_id: number;
let winner: number;
let loser: number;

beforeAll(async () => {
  const { program, a, b } = await setUp();
  const idOf = async (table: string, column: string, name: string) =>
    (await env.DB.prepare(`SELECT id FROM ${table} WHERE ${column} = ?`).bind(name).first<number>("id")) ?? 0;
  program_id = await idOf("programs", "slug", program);
  winner = await idOf("affiliates", "username", a.username);
  loser = await idOf("affiliates", "username", b.username);
});

const nameOf = (n: number) => `cv_${n.toString(16).padStart(32, "0")}`;

/** A sale credited to the winner, with or without the loser's touch considered. */
function record(n: number, changes: Partial<ConversionRecord> = {}, isTouched = true): ConversionRecord {
  const link_id = null;
  const won = makeTouch({ affiliate_id: winner, link_id });
  const lost = makeTouch({ affiliate_id: loser, link_id, outcome: "later_click_won" });
  const considered = isTouched ? [won, lost] : [won];
  return makeRecord({ touch: won, considered }, { id: nameOf(n), program_id, occurred_at: START, ...changes });
}

const project = (given: ConversionRecord) => projectConversion(openDatabase(env.DB), given);

const list = async (limit: number, cursor: string | null = null) => {
  const account = { program_id: program_id, affiliate_id: loser };
  return readTouched(openDatabase(env.DB), account, { limit, cursor });
};

test("pages skip no conversions with the same time, and contain none from test mode", async () => {
  for (let n = 1; n <= 7; n += 1) await project(record(n, { occurred_at: START + Math.floor(n / 4) * 1_000 }));
  await project(record(8, { test: true }));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await list(2, cursor);
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== null);
  expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map(nameOf));
  expect(await readTouchedConversion(openDatabase(env.DB), loser, nameOf(8))).toBeNull();
  expect(await readTouchedConversion(openDatabase(env.DB), winner, nameOf(7))).toBeNull();
});

test.each([
  ["in order", [1, 2]],
  ["the newer one first", [2, 1]],
  ["each twice, the older one last", [1, 2, 2, 1]],
])("a touch that is no longer considered disappears: %s", async (_, revisions) => {
  const n = 100 + revisions.join("").length * 10 + (revisions[0] ?? 0);
  for (const revision of revisions) await project(record(n, { revision }, revision === 1));
  expect(await readTouchedConversion(openDatabase(env.DB), loser, nameOf(n))).toBeNull();
  expect((await list(50)).data.map(({ id }) => id)).not.toContain(nameOf(n));
});

test.each([
  ["in order", [1, 2]],
  ["the newer one first", [2, 1]],
])("a touch that is newly considered appears: %s", async (_, revisions) => {
  const n = 200 + (revisions[0] ?? 0);
  for (const revision of revisions) await project(record(n, { revision }, revision === 2));
  expect(await readTouchedConversion(openDatabase(env.DB), loser, nameOf(n))).not.toBeNull();
});
