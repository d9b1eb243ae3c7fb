/**
 * An upgrade from commit 2ef8d9c: its database and objects, under the Worker of the working tree. The older release
 * also played the rest of the story, and today's Worker must give the same answers, apart from their words.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectApprovers } from "./approvers.ts";
import { continueStory, OVER_AT, type Steps } from "./continue-story.ts";
import { dumpDatabase } from "./dump-database.ts";
import { saleOf } from "./events.ts";
import { ENDS_AT, type LeftBehind, readJson, readObjects } from "./fixture.ts";
import { lowerPayout } from "./lowered-payout.ts";
import { type Json, Player, timeOf } from "./player.ts";
import { comparePrevious } from "./previous-statements.ts";
import { ACCOUNT_PATHS, type Answers, readAnswers } from "./read-answers.ts";
import { DATABASES, restoreFixture } from "./restore.ts";
import { bundleWorker, type Server, startServer } from "./server.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const left = readJson<LeftBehind>("left-behind.json");
const expectedSteps = readJson<Steps>("steps.json");
const expectedAnswers = readJson<Answers>("answers.json");
expectApprovers({ steps: expectedSteps, answers: expectedAnswers });
lowerPayout({ steps: expectedSteps, answers: expectedAnswers, run: left.runs["orbit 2026-06"] ?? "" });
const folder = mkdtempSync(join(tmpdir(), "lastclick-upgrade-"));
let server: Server;

beforeAll(async () => {
  const [bundle] = await Promise.all([bundleWorker(ROOT), restoreFixture(ROOT, folder)]);
  const starts_at = timeOf(ENDS_AT);
  server = await startServer({ root: ROOT, folder, main: "upgraded.js", bundle, starts_at, databases: DATABASES });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test("the previous release's statements have the same outcome before and after the migrations", {
  tags: ["deep"],
}, async () => {
  expect(await comparePrevious(server)).toEqual([]);
});

describe("the story after the upgrade", { tags: ["deep"] }, () => {
  let player: Player;
  let steps: Steps;
  let answers: Answers;
  /** The number of entries of each account before the upgrade. */
  const oldEntries = new Map<string, number>();

  /** An answer without the hashes and reasons of new entries, which use the words of today's release. */
  function withoutNewHashes(path: string, answer: Answers[string] | undefined): Answers[string] {
    const { status, body } = answer ?? { status: 0, body: null };
    const account = path.replace(/\/ledger(-check)?$/, "");
    const old = oldEntries.get(account) ?? 0;
    const withoutHash = ({ hash, reason, ...rest }: Json) => rest;
    if (account === path) return { status, body };
    if (path.endsWith("-check")) return { status, body: body.entries > old ? withoutHash(body) : body };
    return { status, body: body.map((entry: Json) => (entry.number > old ? withoutHash(entry) : entry)) };
  }

  beforeAll(async () => {
    player = new Player(server);
    for (const path of ACCOUNT_PATHS) {
      oldEntries.set(path, (await player.must(ENDS_AT, "GET", `${path}/ledger-check`)).entries);
    }
    await awaitAlarms();
    steps = await continueStory(player, structuredClone(left));
    answers = await readAnswers(player, left);
  });

  test.each(Object.keys(expectedSteps))("%s has the same answer as before", (name) => {
    expect({ answer: steps[name] }).toMatchObject({ answer: expectedSteps[name] });
  });

  test("there are no other steps", () => {
    expect(Object.keys(steps)).toEqual(Object.keys(expectedSteps));
  });

  test.each(Object.keys(expectedAnswers))("%s is unchanged", (path) => {
    expect(answers[path]).toMatchObject(withoutNewHashes(path, expectedAnswers[path]));
  });

  test.each(ACCOUNT_PATHS)("the ledger of %s is an intact chain", (path) => {
    const entries = answers[`${path}/ledger`]?.body;
    let hash = "0".repeat(64);
    for (const entry of entries) {
      hash = hashEntry(hash, entry);
      expect(entry).toMatchObject({ hash });
    }
    expect(answers[`${path}/ledger-check`]?.body).toMatchObject({ whole: true, entries: entries.length });
  });

  test.each(ACCOUNT_PATHS)("the ledger of %s is listed entry by entry", async (path) => {
    const { data } = await player.must(OVER_AT, "GET", `${path}/entries?limit=200`);
    const pick = ({ number, kind, amount, currency, hash }: Json) => ({ number, kind, amount, currency, hash });
    expect(data.toReversed().map(pick)).toEqual(answers[`${path}/ledger`]?.body.map(pick));
  });

  test("no work is left, and no error was logged", async () => {
    const { data } = await player.must(OVER_AT, "GET", "/v1/programs/orbit/deliveries?limit=200");
    const outcomes: string[] = data.map(({ outcome }: Json) => outcome);
    expect(outcomes.filter((outcome) => ["waiting", "spooled", "received"].includes(outcome))).toEqual([]);
    expect(server.errors).toEqual([]);
  });

  test("a visitor keeps its identity with a renewed cookie, and its sale is credited", async () => {
    const visitor = structuredClone(left.visitors.returning);
    if (visitor === undefined) throw new Error("the fixture lacks the visitor");
    const at = "2026-06-16 12:20";
    const counts = "/v1/links/maya/counts?host=&from=2026-06-16&to=2026-06-16";
    const before = await player.must(at, "GET", counts);
    const { token } = await player.visit(at, visitor, "/maya");
    await player.flush(at);
    const after = await player.must(at, "GET", counts);
    expect(visitor.cookies.lc_orbit).toBe(token);
    expect(token).not.toBe(left.visitors.returning?.cookies.lc_orbit);
    expect(after.clicks - before.clicks).toBe(1);
    expect(after.unique_visitors).toBe(before.unique_visitors);
    const sale = saleOf("renewed-1", "cus_renewed", 9_900, { click: token });
    const { body } = await player.event(at, left.endpoints.orbit, "renewed-1", sale);
    expect(body).toMatchObject({ status: "recorded", attributed_to: "maya", reason: "last_click" });
  });

  test("projections that are dropped and rebuilt have the same rows, including old ones", async () => {
    const before = await dumpDatabase(server);
    for (const program of ["orbit", "hatch"]) await rebuild(player, program);
    // The audit log has the rebuilds themselves.
    const after = (await dumpDatabase(server)).filter((row) => !row.includes("'program.rebuild_started'"));
    expect(after.sort()).toEqual(before.sort());
  });
});

/** Alarms set by the older release run by themselves. */
async function awaitAlarms(): Promise<void> {
  const objects = [...readObjects("CUSTOMERS"), ...readObjects("ACCOUNTS")];
  const armed = objects.flatMap(({ has_alarm, binding, name }) => (has_alarm ? [`${binding} ${name}`] : []));
  await server.control("watch", armed);
  await server.settle();
}

async function rebuild(player: Player, program: string): Promise<void> {
  let cursor: string | null = null;
  do {
    const step: { drop: boolean; cursor: string | null } = { drop: cursor === null, cursor };
    cursor = (await player.must("2026-06-16 13:00", "POST", `/v1/programs/${program}/rebuilds`, step)).next;
  } while (cursor !== null);
}

/** An entry's hash, by the recipe in the ledger's own file. */
function hashEntry(before: string, entry: Record<string, unknown>): string {
  const fields = Object.entries(entry).filter(([name, value]) => name !== "hash" && value !== null);
  const text = JSON.stringify(Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1))));
  return createHash("sha256").update(`${before}\n${text}`).digest("hex");
}
