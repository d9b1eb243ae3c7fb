import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { applyRetention, type Retention } from "../../../src/clicks/archive/retention-job.ts";
import { recordClicks } from "../../../src/clicks/click-store.ts";
import { deleteUnusedTexts } from "../../../src/clicks/text-store.ts";
import type { Click } from "../../../src/redirect/click.ts";
import {
  bucket,
  DAY,
  expectEachOnce,
  idsInArchive,
  idsInLog,
  manifest,
  startEmpty,
  withNextArchive,
  withPut,
} from "../../support/archive.ts";
import { makeClick } from "../../support/make-click.ts";
import { fc } from "../../support/random.ts";
import { setUp } from "../../support/story.ts";

const RETENTION_DAYS = 15;
const NOW = Date.UTC(2026, 10, 21, 9, 7);
const FIRST_KEPT_DAY = Math.floor(NOW / DAY) - RETENTION_DAYS;
const LIMITS = { steps: 2, clicks_per_step: 3 };

let links: number[];
let number = 0;

beforeEach(async () => {
  await startEmpty();
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const { program } = await setUp();
  const sql = "SELECT l.id FROM links l JOIN programs p ON p.id = l.program_id WHERE p.slug = ? ORDER BY l.id";
  const { results } = await env.DB.prepare(sql).bind(program).all<{ id: number }>();
  links = results.map(({ id }) => id);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A click on one of two links, the given number of days before the first kept day. */
function clickBefore(days: number, changes: Partial<Click> = {}): Click {
  number += 1;
  const at = (FIRST_KEPT_DAY - days) * DAY + number * 1_000;
  return makeClick(number, { at, link_id: links[number % 2] ?? 0, ...changes });
}

async function record(clicks: Click[]) {
  await recordClicks(env.DB, clicks);
  return clicks;
}

function retain(changes: Partial<Retention> = {}) {
  const { DB: db } = env;
  return applyRetention({ db, bucket: bucket(), retention_days: RETENTION_DAYS, now: NOW, limits: LIMITS, ...changes });
}

describe.each([
  ["with a bucket", () => bucket()],
  ["without one", () => undefined],
])("%s", (_, bound) => {
  test("a run stops after its steps, and the next runs do the rest", async () => {
    await record(Array.from({ length: 14 }, () => clickBefore(2)));
    const left = [];
    for (let run = 0; run < 3; run += 1) {
      await retain({ bucket: bound() });
      left.push((await idsInLog()).length);
    }
    expect(left).toEqual([8, 2, 0]);
  });

  test("every statement reads the log by its key", async () => {
    await record(Array.from({ length: 4 }, () => clickBefore(2)));
    const seen = new Set<string>();
    const db = {
      prepare(sql: string) {
        seen.add(sql);
        return env.DB.prepare(sql);
      },
      batch: (statements: D1PreparedStatement[]) => env.DB.batch(statements),
    } as unknown as D1Database;
    await retain({ db, bucket: bound() });
    await record([clickBefore(-1, { user_agent: "a browser" })]);
    for (let hour = 0; hour < 24; hour += 1) await retain({ db, bucket: bound(), now: NOW + hour * 3_600_000 });
    const ofClicks = [...seen].filter((sql) => /\bclicks\b/.test(sql));
    expect(ofClicks).toHaveLength(bound() === undefined ? 3 : 4);
    for (const sql of ofClicks) {
      const parameters = Math.max(...[...sql.matchAll(/\?(\d)/g)].map(([, n]) => Number(n)));
      const plan = env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...Array.from({ length: parameters }, () => "[]"));
      const details = (await plan.all<{ detail: string }>()).results.map(({ detail }) => detail);
      expect(details.some((detail) => /^SEARCH (c|clicks) USING PRIMARY KEY/.test(detail))).toBe(true);
      expect(details.filter((detail) => /^SCAN (c|clicks)\b/.test(detail))).toEqual([]);
    }
  });
});

test("the oldest day is archived first, across links", async () => {
  await record([clickBefore(1), clickBefore(1), clickBefore(4, { link_id: links[1] ?? 0 }), clickBefore(2)]);
  await retain({ limits: { steps: 1, clicks_per_step: 3 } });
  expect((await manifest()).map(({ day }) => FIRST_KEPT_DAY - day)).toEqual([4]);
});

test("a step that hangs is abandoned, and no click has left the log", async () => {
  const clicks = await record([clickBefore(1)]);
  const run = new Promise<unknown>((done) => {
    const hanging = withPut(() => {
      vi.advanceTimersByTime(60_000);
      return new Promise(() => {});
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    retain({ bucket: hanging }).catch(done);
  });
  expect(await run).toMatchObject({ message: "no answer within 60000 ms" });
  expect(await idsInLog()).toHaveLength(1);
  await expectEachOnce(clicks);
});

describe("a text", () => {
  const forget = async () => {
    for (let hour = 0; hour < 24; hour += 1) {
      const now = NOW + hour * 3_600_000;
      await deleteUnusedTexts(env.DB, { first_kept_day: FIRST_KEPT_DAY, now, deadline: Date.now() + 10_000 });
    }
  };
  const texts = async () => {
    const { results } = await env.DB.prepare("SELECT text FROM texts ORDER BY id").all<{ text: string }>();
    return results.map(({ text }) => text);
  };

  test("is kept while the log has a click from before the first kept day, which might use it", async () => {
    await record([clickBefore(3, { user_agent: "old" })]);
    await forget();
    expect(await texts()).toEqual(["old"]);
    await env.DB.prepare("DELETE FROM clicks").run();
    await forget();
    expect(await texts()).toEqual([]);
  });

  test("used on or after the first kept day is kept", async () => {
    await record([
      clickBefore(3, { user_agent: "seen again" }),
      clickBefore(1, { user_agent: "last seen the day before" }),
    ]);
    await record([clickBefore(0, { user_agent: "seen again" }), clickBefore(0, { user_agent: "new" })]);
    await retain({ limits: { steps: 20, clicks_per_step: 3 } });
    await forget();
    expect(await texts()).toEqual(["seen again", "new"]);
  });

  test("with any id is scanned at some hour of the day", async () => {
    const sql = "INSERT INTO texts (id, text, last_day) SELECT value, 't' || value, 1 FROM json_each(?)";
    await env.DB.prepare(sql)
      .bind(JSON.stringify([1, 9_999, 10_000, 10_001, 20_001, 240_000, 240_001, 1_234_567]))
      .run();
    await forget();
    expect(await texts()).toEqual([]);
  });
});

test("after any failures, races and late clicks, each click is in the log or in one archive, and finally all old clicks are archived", async () => {
  const away = () => Promise.reject(new Error("away"));
  const clicks: Click[] = [];
  const addClicks = async (days: number) => void clicks.push(...(await record([clickBefore(days), clickBefore(days)])));
  const incidents: Record<string, () => Promise<unknown>> = {
    "clicks of an old day": () => addClicks(2),
    "clicks of an older day": () => addClicks(3),
    "clicks of today": () => addClicks(-RETENTION_DAYS),
    "a run": () => retain(),
    "two runs": () => Promise.allSettled([retain(), retain({ limits: { steps: 2, clicks_per_step: 2 } })]),
    "no bucket": () => retain({ bucket: withPut(away) }),
    "no D1": () => retain({ db: withNextArchive(away) }),
    "a lost response": () => retain({ db: withNextArchive((make) => make().then(away)) }),
    "a run within a run": () => retain({ db: withNextArchive((make) => retain().then(make)) }),
    "clicks within a run": () =>
      retain({
        db: withNextArchive((make) =>
          addClicks(3)
            .then(() => retain({ limits: { steps: 1, clicks_per_step: 2 } }))
            .then(make),
        ),
      }),
  };
  const story = fc.array(fc.constantFrom(...Object.keys(incidents)), { minLength: 4, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(story, async (names) => {
      await startEmpty();
      clicks.length = 0;
      for (const name of names) await incidents[name]?.().catch(() => {});
      await expectEachOnce(clicks);
      await retain({ limits: { steps: 100, clicks_per_step: 3 } });
      await expectEachOnce(clicks);
      expect(await idsInArchive()).toHaveLength(clicks.filter(({ at }) => at < FIRST_KEPT_DAY * DAY).length);
      const counted = await env.DB.prepare("SELECT coalesce(sum(clicks), 0) AS n FROM click_days").first<number>("n");
      expect(counted).toBe(clicks.length);
    }),
    { numRuns: 25 },
  );
});
