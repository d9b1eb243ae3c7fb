/** The real Worker's cron archives or deletes clicks older than the log's retention. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { recordClicks } from "../../src/clicks/click-store.ts";
import type { Click } from "../../src/redirect/click.ts";
import {
  bucket,
  DAY,
  expectEachOnce,
  idsInArchive,
  idsInLog,
  manifest,
  startEmpty,
  unzip,
  withNextArchive,
  withPut,
} from "../support/archive.ts";
import { makeClick } from "../support/make-click.ts";
import { runCron } from "../support/run-cron.ts";
import { admin, setUp } from "../support/story.ts";

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 21, 9, 7);
const TODAY = Math.floor(NOW / DAY);
/** As in wrangler.toml. */
const RETENTION_DAYS = 90;
const FIRST_KEPT = (TODAY - RETENTION_DAYS) * DAY;

let story: Awaited<ReturnType<typeof setUp>>;
let link_id: number;
let number = 0;
let failures: MockInstance;

beforeEach(async () => {
  await startEmpty();
  failures = vi.spyOn(console, "error").mockImplementation(() => {});
  story = await setUp({ affiliates: 1 });
  link_id = (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(story.a.slug).first<number>("id")) ?? 0;
});
afterEach(() => {
  vi.restoreAllMocks();
});

function clickAt(at: number, changes: Partial<Click> = {}): Click {
  number += 1;
  return makeClick(number, { at, link_id, ...changes });
}

/** The given number of clicks on a past day, some minutes apart. */
const oldClicks = (count: number, days = 5) =>
  Array.from({ length: count }, (_, n) => clickAt(FIRST_KEPT - days * DAY + n * 1_000));

async function record(clicks: Click[]) {
  await recordClicks(env.DB, clicks);
  return clicks;
}

const counts = async () => (await env.DB.prepare("SELECT * FROM click_days").all()).results;
const ids = (clicks: readonly Click[]) => clicks.map(({ id }) => id).sort();

describe("with a bucket", () => {
  test("clicks older than the retention are archived, newer ones stay, and the counts stay the same", async () => {
    const old = await record([clickAt(FIRST_KEPT - 1), clickAt(FIRST_KEPT - DAY), clickAt(FIRST_KEPT - 400 * DAY)]);
    const young = await record([clickAt(FIRST_KEPT), clickAt(NOW - HOUR), clickAt(NOW)]);
    const before = await counts();
    await runCron(NOW);
    expect((await idsInLog()).sort()).toEqual(ids(young));
    expect((await idsInArchive()).sort()).toEqual(ids(old));
    expect(await counts()).toEqual(before);
    expect(failures).not.toHaveBeenCalled();
  });

  test("a line has everything about a click except its visitor", async () => {
    const at = FIRST_KEPT - DAY + 12_345_678;
    const visitor = "0123456789abcdef";
    const seen = clickAt(at, { visitor });
    const again = clickAt(at + 60_000, {
      visitor,
      country: "DE",
      device: "mobile",
      referrer: "blog.example",
      user_agent: "Mozilla/5.0 „größer“ \n\u2028",
      subs: ["mail", null, 'a"b'],
      navigation: 25,
    });
    const bot = clickAt(at + 61_000, { verdict: "bot", reason: "Googlebot", device: null });
    await record([seen, again, bot]);
    await runCron(NOW);
    const [archive] = await manifest();
    const { lines } = await unzip(archive?.key ?? "");
    const common = { link_id, link: story.a.slug, program: story.program, affiliate: story.a.username };
    const texts = { reason: null, referrer: null, user_agent: null, subs: null };
    const unknown = { ...texts, repeats: null, country: null, navigation: null };
    const byId = Object.fromEntries(lines.map((line) => [line.id, line]));
    expect(byId).toEqual({
      [seen.id]: {
        id: seen.id,
        at: new Date(at).toISOString(),
        ...common,
        ...unknown,
        verdict: "counted",
        unique: true,
        device: "desktop",
      },
      [again.id]: {
        id: again.id,
        at: new Date(at + 60_000).toISOString(),
        ...common,
        verdict: "duplicate",
        unique: false,
        reason: null,
        repeats: seen.id,
        country: "DE",
        device: "mobile",
        referrer: "blog.example",
        user_agent: "Mozilla/5.0 „größer“ \n\u2028",
        subs: ["mail", null, 'a"b'],
        navigation: { user_gesture: true, fetch_site: "cross-site", fetch_mode: "navigate" },
      },
      [bot.id]: {
        id: bot.id,
        at: new Date(at + 61_000).toISOString(),
        ...common,
        ...unknown,
        verdict: "bot",
        unique: false,
        reason: "Googlebot",
        device: null,
      },
    });
  });

  test("an object's key has its day and hash, and its metadata matches the manifest", async () => {
    await record(oldClicks(3));
    await runCron(NOW);
    const [archive, ...others] = await manifest();
    expect(others).toEqual([]);
    if (archive === undefined) throw new Error("nothing was archived");
    const { lines, sha256, metadata, bytes } = await unzip(archive.key);
    const day = new Date(FIRST_KEPT - 5 * DAY).toISOString().slice(0, 10);
    expect(archive).toEqual({
      day: FIRST_KEPT / DAY - 5,
      key: `clicks/${day}/${sha256}.ndjson.gz`,
      clicks: 3,
      bytes,
      sha256,
      archived_at: NOW,
    });
    expect(lines).toHaveLength(3);
    expect(metadata).toEqual({ day, clicks: "3", sha256 });
  });

  test("a run takes several steps, and no object has clicks of two days", async () => {
    const clicks = [...oldClicks(2_600, 4), ...oldClicks(5, 3), clickAt(NOW)];
    await record(clicks);
    await runCron(NOW);
    expect((await manifest()).map(({ day, clicks }) => [FIRST_KEPT / DAY - day, clicks])).toEqual(
      expect.arrayContaining([
        [4, 2_500],
        [4, 100],
        [3, 5],
      ]),
    );
    expect(await manifest()).toHaveLength(3);
    await expectEachOnce(clicks);
  });

  test("repeated runs change nothing", async () => {
    const clicks = await record([...oldClicks(3), clickAt(NOW)]);
    await runCron(NOW);
    const before = await manifest();
    for (let hour = 1; hour < 4; hour += 1) await runCron(NOW + hour * HOUR);
    expect(await manifest()).toEqual(before);
    await expectEachOnce(clicks);
  });

  test("a click that arrives after its day was archived is archived in a new object", async () => {
    const clicks = await record(oldClicks(3));
    await runCron(NOW);
    clicks.push(...(await record(oldClicks(1))));
    await runCron(NOW + HOUR);
    expect((await manifest()).map(({ day }) => day)).toEqual([FIRST_KEPT / DAY - 5, FIRST_KEPT / DAY - 5]);
    await expectEachOnce(clicks);
  });

  test("a click recorded again after it was archived doesn't block the others, and stays in one object", async () => {
    const clicks = await record(oldClicks(2));
    await runCron(NOW);
    await record(clicks);
    clicks.push(...(await record(oldClicks(1, 3))));
    await runCron(NOW + HOUR);
    await expectEachOnce(clicks);
    expect(await idsInLog()).toEqual([]);
  });

  test("the retention is a setting", async () => {
    await record([clickAt(NOW - 14 * DAY), clickAt(NOW - 17 * DAY)]);
    await runCron(NOW, { CLICK_RETENTION_DAYS: "15" });
    expect(await idsInArchive()).toHaveLength(1);
    expect(await idsInLog()).toHaveLength(1);
  });
});

describe("no click leaves the log before it is in the bucket", () => {
  test("when a put fails", async () => {
    const clicks = await record(oldClicks(3));
    await runCron(NOW, { ARCHIVE: withPut(() => Promise.reject(new Error("the bucket is away"))) });
    expect([(await idsInLog()).length, await manifest()]).toEqual([3, []]);
    expect(failures).toHaveBeenCalledWith(expect.objectContaining({ event: "hourly_task_failed", task: "click_log" }));
    await runCron(NOW + HOUR);
    expect(await idsInLog()).toEqual([]);
    await expectEachOnce(clicks);
  });

  test("when the upload is corrupted", async () => {
    const clicks = await record(oldClicks(3));
    const ARCHIVE = withPut((key, bytes, options) => {
      const damaged = bytes.slice();
      damaged[20] = (damaged[20] ?? 0) ^ 1;
      return bucket().put(key, damaged, options);
    });
    await runCron(NOW, { ARCHIVE });
    expect([(await idsInLog()).length, await manifest()]).toEqual([3, []]);
    await expectEachOnce(clicks);
  });
});

describe("every click stays in the log, or is in one recorded object", () => {
  /** The clicks visible in the bucket alone; a click in two objects counts once. */
  async function idsInBucket() {
    const { objects } = await bucket().list({ prefix: "clicks/" });
    const all = await Promise.all(objects.map(({ key }) => unzip(key)));
    return new Set(all.flatMap(({ lines }) => lines.map(({ id }) => id)));
  }

  test("when the Worker dies between upload and deletion", async () => {
    const clicks = await record(oldClicks(3));
    await runCron(NOW, { DB: withNextArchive(() => Promise.reject(new Error("the isolate was lost"))) });
    expect([(await idsInLog()).length, await manifest()]).toEqual([3, []]);
    clicks.push(...(await record(oldClicks(1))));
    await runCron(NOW + HOUR);
    expect((await bucket().list()).objects).toHaveLength(2);
    expect(await manifest()).toHaveLength(1);
    await expectEachOnce(clicks);
    expect([...(await idsInBucket())].sort()).toEqual(ids(clicks));
  });

  test("when the response of the transaction is lost", async () => {
    const clicks = await record(oldClicks(3));
    const DB = withNextArchive(async (make) => {
      await make();
      throw new Error("Network connection lost");
    });
    await runCron(NOW, { DB });
    expect(await manifest()).toHaveLength(1);
    await runCron(NOW + HOUR);
    await expectEachOnce(clicks);
  });

  test("when another run archives them, and a click arrives, between read and deletion", async () => {
    const clicks = await record(oldClicks(3));
    const DB = withNextArchive(async (make) => {
      clicks.push(...(await record(oldClicks(1))));
      await runCron(NOW);
      return make();
    });
    await runCron(NOW, { DB });
    const message = expect.stringMatching("another run has archived some of the clicks");
    const error = expect.objectContaining({ message });
    expect(failures).toHaveBeenCalledWith(expect.objectContaining({ event: "hourly_task_failed", error }));
    await expectEachOnce(clicks);
    expect(await manifest()).toHaveLength(1);
  });

  test("when a click arrives between read and deletion", async () => {
    const clicks = await record(oldClicks(3));
    const DB = withNextArchive(async (make) => {
      clicks.push(...(await record(oldClicks(2))));
      return make();
    });
    await runCron(NOW, { DB });
    await expectEachOnce(clicks);
    expect((await manifest()).map((archive) => archive.clicks).sort()).toEqual([2, 3]);
  });

  test("when runs are concurrent", async () => {
    const clicks = await record([...oldClicks(2_600), ...oldClicks(20, 3), clickAt(NOW)]);
    await Promise.all(Array.from({ length: 4 }, () => runCron(NOW)));
    await runCron(NOW + HOUR);
    await expectEachOnce(clicks);
    expect(await idsInLog()).toHaveLength(1);
  });
});

test("without a bucket old clicks are deleted, and the counts stay the same", async () => {
  await record([...oldClicks(2_600), clickAt(FIRST_KEPT - 1)]);
  const young = await record([clickAt(FIRST_KEPT), clickAt(NOW)]);
  const before = await counts();
  await runCron(NOW, { ARCHIVE: undefined });
  expect((await idsInLog()).sort()).toEqual(ids(young));
  expect(await counts()).toEqual(before);
  expect([await manifest(), (await bucket().list()).objects]).toEqual([[], []]);
});

describe("texts", () => {
  const texts = async () => {
    const { results } = await env.DB.prepare("SELECT text FROM texts ORDER BY text").all<{ text: string }>();
    return results.map(({ text }) => text);
  };
  const aDayOfRuns = async (changes: Record<string, unknown> = {}) => {
    for (let hour = 0; hour < 24; hour += 1) await runCron(NOW + hour * HOUR, changes);
  };

  test("are deleted within a day once no click uses them, and not before", async () => {
    await record([
      clickAt(FIRST_KEPT - DAY, { user_agent: "old", referrer: "shared.example" }),
      clickAt(FIRST_KEPT - DAY, { verdict: "bot", reason: "old bot" }),
      clickAt(FIRST_KEPT + 2 * DAY, { user_agent: "young", referrer: "shared.example" }),
    ]);
    await aDayOfRuns({ ARCHIVE: withPut(() => Promise.reject(new Error("the bucket is away"))) });
    expect(await texts()).toEqual(["old", "old bot", "shared.example", "young"]);
    await aDayOfRuns();
    expect(await texts()).toEqual(["shared.example", "young"]);
    const { json } = await admin("GET", `/v1/links/${story.a.slug}/clicks`);
    expect(json.data).toMatchObject([{ user_agent: "young", referrer: "shared.example" }]);
  });
});
