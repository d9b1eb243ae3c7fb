import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { type StoredClick, toArchivedClick } from "../../../src/clicks/archive/archived-click.ts";
import { readArchives } from "../../../src/clicks/archive/queries.ts";
import { applyRetention } from "../../../src/clicks/archive/retention-job.ts";
import { recordClicks } from "../../../src/clicks/click-store.ts";
import { bucket, DAY, manifest, startEmpty, unzip } from "../../support/archive.ts";
import { makeClick } from "../../support/make-click.ts";
import { setUp } from "../../support/story.ts";

const NOW = Date.UTC(2026, 10, 21, 9, 7);
const OLD_DAY = Math.floor(NOW / DAY) - 20;

/** Five clicks of a day, in three objects. */
beforeEach(async () => {
  await startEmpty();
  const { a } = await setUp({ affiliates: 1 });
  const link_id = (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(a.slug).first<number>("id")) ?? 0;
  const clicks = [1, 2, 3, 4, 5].map((n) =>
    makeClick(n, { at: OLD_DAY * DAY + n, link_id, user_agent: `Ünïcode ${n}` }),
  );
  await recordClicks(env.DB, clicks);
  const limits = { steps: 10, clicks_per_step: 2 };
  await applyRetention({ db: env.DB, bucket: bucket(), retention_days: 15, now: NOW, limits });
});

const read = async () => Array.fromAsync(readArchives(bucket(), await manifest()));

async function someArchive() {
  const [, archive] = await manifest();
  if (archive === undefined) throw new Error("nothing was archived");
  return archive;
}

async function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

test("a day reads back as it was written, one object at a time", async () => {
  const objects = await Promise.all((await manifest()).map(({ key }) => unzip(key)));
  expect(await read()).toEqual(objects.map(({ lines }) => lines));
  expect((await read()).map((clicks) => clicks.length).sort()).toEqual([1, 2, 2]);
  expect((await read()).flat().map((click) => click.user_agent)).toContain("Ünïcode 3");
});

describe("an object that differs from the manifest is reported", () => {
  test("when it is missing", async () => {
    const { key } = await someArchive();
    await bucket().delete(key);
    const message = `The archive ${key} is not in the bucket.`;
    await expect(read()).rejects.toMatchObject({ name: "ArchiveError", code: "archive_missing", key, message });
  });

  test("when one character was changed", async () => {
    const { key } = await someArchive();
    const { lines } = await unzip(key);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    await bucket().put(key, await gzip(text.replace("desktop", "mobile ")));
    await expect(read()).rejects.toMatchObject({
      code: "archive_damaged",
      key,
      message: expect.stringContaining("but the manifest says"),
    });
    await bucket().put(key, await gzip(text));
    expect((await read()).flat()).toHaveLength(5);
  });

  test.each([
    ["cut short", (bytes: Uint8Array) => bytes.slice(0, -9), "can't be decompressed"],
    ["empty", () => new Uint8Array(), "can't be decompressed"],
    ["something else", () => new TextEncoder().encode("not gzip"), "can't be decompressed"],
  ])("when it is %s", async (_, change, fault) => {
    const { key } = await someArchive();
    const bytes = new Uint8Array((await (await bucket().get(key))?.arrayBuffer()) ?? new ArrayBuffer());
    await bucket().put(key, change(bytes));
    await expect(read()).rejects.toMatchObject({
      code: "archive_damaged",
      message: `The archive ${key} ${fault}.`,
    });
  });

  test("when the manifest has a different number of clicks", async () => {
    const { key } = await someArchive();
    await env.DB.prepare("UPDATE click_archives SET clicks = clicks + 1 WHERE key = ?").bind(key).run();
    await expect(read()).rejects.toMatchObject({ code: "archive_damaged", key });
  });
});

test("a click with an unknown verdict or device of a later version is not archived", () => {
  const id = makeClick(1).id;
  const names = { link: null, program: null, affiliate: null, reason: null, repeats: null, country: null };
  const stored: StoredClick = {
    ...{ id, link_id: 1, hour: 1, visitor: "", verdict: 0, is_first: 1, device: null },
    ...{ ...names, referrer: null, user_agent: null, subs: null, navigation: null },
  };
  expect(toArchivedClick(stored).verdict).toBe("counted");
  expect(() => toArchivedClick({ ...stored, verdict: 99 })).toThrow("unknown value 99");
  expect(() => toArchivedClick({ ...stored, device: 99 })).toThrow("unknown value 99");
});
