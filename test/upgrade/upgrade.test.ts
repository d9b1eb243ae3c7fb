/**
 * An upgrade from commit 2ef8d9c: its database and objects, under the Worker of the working tree. The older release has
 * played the rest of the story too: its answers, without their words, are what today's Worker must give.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { continueStory, type Steps } from "./continue-story.ts";
import { dumpDatabase } from "./dump-database.ts";
import { saleOf } from "./events.ts";
import { ENDS_AT, type LeftBehind, readJson, readObjects } from "./fixture.ts";
import { type Json, Player, timeOf } from "./player.ts";
import { comparePrevious } from "./previous-statements.ts";
import { ACCOUNT_PATHS, type Answers, readAnswers } from "./read-answers.ts";
import { DATABASES, restoreFixture } from "./restore.ts";
import { bundleWorker, type Server, startServer } from "./server.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const left = readJson<LeftBehind>("left-behind.json");
const expectedSteps = readJson<Steps>("steps.json");
const expectedAnswers = readJson<Answers>("answers.json");
const folder = mkdtempSync(join(tmpdir(), "lastclick-upgrade-"));
let server: Server;
let player: Player;
let steps: Steps;
let answers: Answers;

beforeAll(async () => {
  const [bundle] = await Promise.all([bundleWorker(ROOT), restoreFixture(ROOT, folder)]);
  const starts_at = timeOf(ENDS_AT);
  server = await startServer({ root: ROOT, folder, main: "upgraded.js", bundle, starts_at, databases: DATABASES });
  player = new Player(server);
  // Alarms that the older release has set go off by themselves.
  const armed = [...readObjects("CUSTOMERS"), ...readObjects("ACCOUNTS")].filter(({ has_alarm }) => has_alarm);
  await server.control(
    "watch",
    armed.map(({ binding, name }) => `${binding} ${name}`),
  );
  await server.settle();
  steps = await continueStory(player, structuredClone(left));
  answers = await readAnswers(player, left);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe("what is sent to the new release is answered as the old one answered it", () => {
  test.each(Object.keys(expectedSteps))("%s", (name) => {
    expect({ answer: steps[name] }).toMatchObject({ answer: expectedSteps[name] });
  });

  test("nothing else was sent", () => {
    expect(Object.keys(steps)).toEqual(Object.keys(expectedSteps));
  });
});

describe("what the new release tells is what the old one told", () => {
  test.each(Object.keys(expectedAnswers))("%s", (path) => {
    expect(answers[path]).toMatchObject(expectedAnswers[path] ?? {});
  });
});

describe("every ledger", () => {
  test.each(ACCOUNT_PATHS)("of %s is whole", async (path) => {
    const entries = answers[`${path}/ledger`]?.body;
    let hash = "0".repeat(64);
    for (const entry of entries) {
      hash = hashEntry(hash, entry);
      expect([entry.number, entry.hash]).toEqual([entry.number, hash]);
    }
    expect(answers[`${path}/ledger-check`]?.body).toMatchObject({ whole: true, entries: entries.length });
  });

  test.each(ACCOUNT_PATHS)("of %s is listed entry by entry", async (path) => {
    const { data } = await player.must(ENDS_AT, "GET", `${path}/entries?limit=200`);
    const pick = ({ number, kind, amount, currency, hash }: Json) => ({ number, kind, amount, currency, hash });
    expect(data.toReversed().map(pick)).toEqual(answers[`${path}/ledger`]?.body.map(pick));
  });
});

test("nothing is lost or left to do", async () => {
  const { body } = await player.call("2026-06-16 12:10", "GET", "/v1/programs/orbit/deliveries?limit=200");
  const outcomes = new Set(body.data.map(({ outcome }: Json) => outcome));
  expect([...outcomes].filter((outcome) => ["waiting", "spooled", "received"].includes(String(outcome)))).toEqual([]);
  expect(server.errors).toEqual([]);
});

test("a visitor stays the same one under a cookie that the new release has renewed, and earns credit by it", async () => {
  const visitor = structuredClone(left.visitors.returning);
  if (visitor === undefined) throw new Error("the fixture lacks the visitor");
  const at = "2026-06-16 12:20";
  const before = await player.must(at, "GET", "/v1/links/maya/counts?host=&from=2026-06-16&to=2026-06-16");
  const { token } = await player.visit(at, visitor, "/maya");
  await player.flush(at);
  const after = await player.must(at, "GET", "/v1/links/maya/counts?host=&from=2026-06-16&to=2026-06-16");
  expect(visitor.cookies.lc_orbit).toBe(token);
  expect(token).not.toBe(left.visitors.returning?.cookies.lc_orbit);
  expect(after.clicks - before.clicks).toBe(1);
  expect(after.unique_visitors).toBe(before.unique_visitors);
  const sale = saleOf("renewed-1", "cus_renewed", 9_900, { click: token });
  const { body } = await player.event(at, left.endpoints.orbit, "renewed-1", sale);
  expect(body).toMatchObject({ status: "recorded", attributed_to: "maya", reason: "last_click" });
});

test("projections that are dropped and rebuilt have the rows of before, old ones too", async () => {
  const before = await dumpDatabase(server);
  for (const program of ["orbit", "hatch"]) {
    let cursor: string | null = null;
    do {
      const path = `/v1/programs/${program}/rebuilds`;
      cursor = (await player.must("2026-06-16 13:00", "POST", path, { drop: cursor === null, cursor })).next;
    } while (cursor !== null);
  }
  expect((await dumpDatabase(server)).sort()).toEqual(before.sort());
});

test("the statements of the release before do after the migrations what they did before", async () => {
  expect(await comparePrevious(server)).toEqual([]);
});

/** An entry's hash, as the ledger's own file says how to check it. */
function hashEntry(before: string, entry: Record<string, unknown>): string {
  const fields = Object.entries(entry).filter(([name, value]) => name !== "hash" && value !== null);
  const text = JSON.stringify(Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1))));
  return createHash("sha256").update(`${before}\n${text}`).digest("hex");
}
