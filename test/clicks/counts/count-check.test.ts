/** The check that compares counts with the log finds all differences, and none in correct counts. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { recordClicks } from "../../../src/clicks/click-store.ts";
import { checkDay } from "../../../src/clicks/counts/count-check-store.ts";
import { makeClick } from "../../support/make-click.ts";
import { runCron } from "../../support/run-cron.ts";
import { admin, setUp } from "../../support/story.ts";

const DAY = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY);
const YESTERDAY = TODAY - 1;
const iso = (day: number) => new Date(day * DAY).toISOString().slice(0, 10);

let slug: string;
let link_id: number;
let number = 0;

/** 240 hits: bots, returning visitors, and more sub-ids than are counted separately. */
beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { a } = await setUp({ affiliates: 1 });
  slug = a.slug;
  link_id = (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(slug).first<number>("id")) ?? 0;
  const clicks = Array.from({ length: 240 }, (_, n) => {
    number += 1;
    const isBot = n % 10 === 0;
    return makeClick(number, {
      at: YESTERDAY * DAY + n * 300_000,
      link_id,
      verdict: isBot ? "bot" : "counted",
      reason: isBot ? "Googlebot" : null,
      country: n % 3 ? "DE" : "FR",
      device: isBot ? null : "mobile",
      navigation: n % 3 === 0 ? null : 24 + (n % 3) - 1,
      referrer: n % 4 ? `blog-${n % 7}.example` : null,
      user_agent: "Browser",
      subs: [`click-${n}`, n % 2 ? "x" : null],
      visitor: isBot ? null : (n % 50).toString(16).padStart(16, "0"),
    });
  });
  for (const batch of [clicks.slice(0, 60), clicks.slice(50, 130), clicks.slice(130)])
    await recordClicks(env.DB, batch);
});

function lateBot() {
  number += 1;
  return makeClick(number, { at: YESTERDAY * DAY + DAY - 1, link_id, verdict: "bot", device: null });
}

async function check(body: Record<string, unknown> = {}) {
  const { status, json } = await admin("POST", "/v1/click-checks", { from: iso(YESTERDAY), ...body });
  expect(status, JSON.stringify(json)).toBe(200);
  const [day] = json.days;
  return {
    clicks: day.clicks as number,
    mended: day.mended as number,
    // Other tests' links share the database.
    differences: day.differences.filter((one: { link: string }) => one.link === slug) as Record<string, unknown>[],
  };
}

const run = (sql: string) => env.DB.prepare(sql.replaceAll("{link}", String(link_id))).run();

test("correct counts have no differences", async () => {
  const { clicks, differences } = await check();
  expect(clicks).toBeGreaterThanOrEqual(240);
  expect(differences).toEqual([]);
});

describe("a wrong count is found with its correct value", () => {
  const set = (path: string, value: string) =>
    `UPDATE click_days SET details = json_set(details, '${path}', ${value}) WHERE link_id = {link} AND verdict = 0`;
  const cases: [string, string, Record<string, unknown>][] = [
    [
      "a count",
      "UPDATE click_days SET clicks = clicks + 1 WHERE link_id = {link} AND verdict = 2",
      { verdict: "bot", what: "clicks", value: null, counted: 25, logged: 24 },
    ],
    [
      "visitors",
      "UPDATE click_days SET visitors = visitors - 1 WHERE link_id = {link} AND verdict = 0",
      { verdict: "counted", what: "visitors", value: null },
    ],
    ["an hour", set('$.hour."3"', "99"), { verdict: "counted", what: "hour", value: "3", counted: 99 }],
    ["a country without visitors", set("$.country.XX", "1"), { what: "country", value: "XX", counted: 1, logged: 0 }],
    [
      "a missing country",
      "UPDATE click_days SET details = json_remove(details, '$.country.DE') WHERE link_id = {link} AND verdict = 0",
      { verdict: "counted", what: "country", value: "DE", counted: 0 },
    ],
    [
      "a referring host",
      set('$.referrer."blog-1.example"', "1"),
      { what: "referrer", value: "blog-1.example", counted: 1 },
    ],
    ['values under ""', set('$.sub1.""', "5"), { what: "sub1", value: "", counted: 5 }],
    [
      "details that are not JSON",
      "UPDATE click_days SET details = 'oops' WHERE link_id = {link} AND verdict = 0",
      { verdict: "counted", what: "country", value: "DE", counted: 0 },
    ],
    [
      "a missing row of counted clicks",
      "DELETE FROM click_days WHERE link_id = {link} AND verdict = 0",
      { verdict: "counted", what: "sub1", value: "click-1", counted: 0 },
    ],
    [
      "a missing row",
      "DELETE FROM click_days WHERE link_id = {link} AND verdict = 2",
      { verdict: "bot", what: "clicks", counted: 0, logged: 24 },
    ],
    [
      "an extra row",
      `INSERT INTO click_days (link_id, day, verdict, clicks) VALUES ({link}, ${YESTERDAY}, 7, 3)`,
      { verdict: "capped", what: "clicks", counted: 3, logged: 0 },
    ],
    [
      "a click missing from the log",
      "DELETE FROM clicks WHERE link_id = {link} AND verdict = 2 AND hour % 24 = 0 AND id = (SELECT min(id) FROM clicks WHERE link_id = {link} AND verdict = 2)",
      { verdict: "bot", what: "clicks", counted: 24, logged: 23 },
    ],
    [
      "a click with a changed verdict",
      "UPDATE clicks SET verdict = 0 WHERE link_id = {link} AND verdict = 2",
      { verdict: "counted", what: "clicks" },
    ],
  ];
  test.each(cases)("%s", async (_, wrong, expected) => {
    expect((await run(wrong)).meta.changes).toBeGreaterThan(0);
    const found = await check();
    expect(found.differences).toEqual(expect.arrayContaining([expect.objectContaining({ link: slug, ...expected })]));
    expect(found.differences.every(({ counted, logged }) => counted !== logged)).toBe(true);
    expect((await check({ mend: true })).mended).toBeGreaterThan(0);
    expect((await check()).differences).toEqual([]);
  });

  test("corrected counts keep the values that the day counts separately", async () => {
    await run("DELETE FROM click_days WHERE link_id = {link} AND verdict = 0");
    await check({ mend: true });
    const details = await env.DB.prepare("SELECT details FROM click_days WHERE link_id = ? AND verdict = 0")
      .bind(link_id)
      .first<string>("details");
    expect(Object.keys(JSON.parse(details ?? "").sub1).length).toBe(101);
  });

  test("does not correct a row that changes in the meantime", async () => {
    await run("UPDATE click_days SET clicks = clicks + 1 WHERE link_id = {link} AND verdict = 2");
    let batches = 0;
    const racing = {
      prepare: (sql: string) => env.DB.prepare(sql),
      batch: async (statements: D1PreparedStatement[]) => {
        batches += 1;
        // Between reading and correcting.
        if (batches === 2) await recordClicks(env.DB, [lateBot()]);
        return env.DB.batch(statements);
      },
    } as unknown as D1Database;
    const step = (await env.DB.prepare("SELECT count(*) AS n FROM links").first<number>("n")) ?? 0;
    expect(step).toBeLessThan(250);
    const { mended, differences } = await checkDay(YESTERDAY, { db: racing, bucket: env.ARCHIVE, mend: true });
    expect([mended, differences.length]).toEqual([0, 1]);
    expect((await check()).differences).toMatchObject([{ verdict: "bot", what: "clicks", counted: 26, logged: 25 }]);
  });

  test("several together", async () => {
    const untold = cases.slice(0, 7);
    for (const [, wrong] of untold) await run(wrong);
    const { differences } = await check();
    for (const [, , expected] of untold) {
      expect(differences).toEqual(expect.arrayContaining([expect.objectContaining(expected)]));
    }
  });
});

test("days are checked nightly, and the results can be listed", async () => {
  await run("UPDATE click_days SET clicks = clicks + 7 WHERE link_id = {link} AND verdict = 0");
  await runCron(TODAY * DAY + 3 * 3_600_000);
  const { json } = await admin("GET", "/v1/click-checks?limit=50");
  const found = json.data.find((row: { day: string }) => row.day === iso(YESTERDAY));
  expect(found).toMatchObject({
    mended: 0,
    details: expect.arrayContaining([expect.objectContaining({ link: slug, what: "clicks" })]),
  });
  expect(found.differences).toBe(found.details.length);
  const days = new Set(json.data.map((row: { day: string }) => row.day));
  expect(days).toEqual(new Set([1, 2, 7, 30, 90].map((age) => iso(TODAY - age))));
  await check({ mend: true });
});

test("invalid requests get an error", async () => {
  const refused: [Record<string, unknown>, string][] = [
    [{}, "invalid_from"],
    [{ from: "2026-02-30" }, "invalid_from"],
    [{ from: iso(TODAY + 1) }, "invalid_to"],
    [{ from: iso(TODAY), to: iso(YESTERDAY) }, "invalid_to"],
    [{ from: iso(TODAY - 10), to: iso(YESTERDAY) }, "invalid_to"],
    [{ from: iso(TODAY - 400) }, "log_gone"],
    [{ from: iso(TODAY), mend: "yes" }, "invalid_mend"],
  ];
  for (const [body, code] of refused) {
    expect((await admin("POST", "/v1/click-checks", body)).json.code, JSON.stringify(body)).toBe(code);
  }
});

test("a day that has left D1 is compared with its archive, and corrected from it", async () => {
  await runCron((YESTERDAY + 91) * DAY);
  const left = await env.DB.prepare("SELECT count(*) AS n FROM clicks WHERE link_id = ?").bind(link_id).first("n");
  expect(left).toBe(0);
  const whole = await check();
  expect(whole.differences).toEqual([]);
  expect(whole.clicks).toBeGreaterThanOrEqual(240);
  await run("UPDATE click_days SET clicks = 1, details = json_remove(details, '$.country') WHERE link_id = {link}");
  const { differences } = await check({ mend: true });
  expect(differences).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ verdict: "bot", what: "clicks", counted: 1, logged: 24 }),
      expect.objectContaining({ verdict: "counted", what: "country", value: "DE", counted: 0 }),
    ]),
  );
  expect((await check()).differences).toEqual([]);
  const { key } = (await admin("GET", `/v1/click-archives?from=${iso(YESTERDAY)}`)).json.data[0];
  await env.ARCHIVE?.put(key, "something else");
  expect(await admin("POST", "/v1/click-checks", { from: iso(YESTERDAY) })).toMatchObject({
    status: 409,
    json: { code: "archive_damaged", detail: expect.stringContaining(key) },
  });
});

test("a day with clicks deleted without an archive is not checked", async () => {
  await runCron((YESTERDAY + 91) * DAY, { ARCHIVE: undefined });
  for (const mend of [false, true]) {
    const { status, json } = await admin("POST", "/v1/click-checks", { from: iso(YESTERDAY), mend });
    expect([status, json.code]).toEqual([422, "log_gone"]);
    // A call with such a day in its range does nothing, not even for earlier days.
    const kept = async () => env.DB.prepare("SELECT count(*) AS n FROM click_checks").first("n");
    const before = await kept();
    const both = await admin("POST", "/v1/click-checks", { from: iso(YESTERDAY - 1), to: iso(YESTERDAY), mend });
    expect([both.json.code, await kept()]).toEqual(["log_gone", before]);
  }
  const { json } = await admin("GET", `/v1/links/${slug}/counts?from=${iso(YESTERDAY)}&to=${iso(YESTERDAY)}`);
  expect(json.verdicts.bot).toBe(24);
});
