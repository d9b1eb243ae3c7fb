/** Click reports by HTTP: every figure is counted again here from the clicks. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { recordClicks } from "../../../src/clicks/click-store.ts";
import { type Click, VERDICTS } from "../../../src/redirect/click.ts";
import { makeClick } from "../../support/make-click.ts";
import { fc } from "../../support/random.ts";
import { admin, setUp } from "../../support/story.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const WEEK = "from=2026-01-01&to=2026-01-07";

let story: Awaited<ReturnType<typeof setUp>>;
let link_id: number;
let number = 0;

beforeEach(async () => {
  story = await setUp();
  link_id = await idOf(story.a.slug);
});

async function idOf(slug: string) {
  return (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(slug).first<number>("id")) ?? 0;
}

function clickAt(minutes: number, changes: Partial<Click> = {}): Click {
  number += 1;
  return makeClick(number, { at: START + minutes * MINUTE, link_id, ...changes });
}

const visitor = (n: number) => n.toString(16).padStart(16, "0");

async function report(period = WEEK) {
  const { status, json } = await admin("GET", `/v1/links/${story.a.slug}/counts?${period}`);
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

test("a link's report: by day with hours and verdicts, and counted clicks by dimension", async () => {
  await recordClicks(env.DB, [
    clickAt(0, {
      country: "DE",
      referrer: "blog.example",
      device: "mobile",
      subs: ["mail", null, "top"],
      navigation: 25,
    }),
    clickAt(30, { country: "DE", referrer: null, device: "desktop", navigation: 24 }),
    clickAt(61, { country: null, referrer: "blog.example", device: "mobile", subs: ["mail"] }),
    clickAt(62, { verdict: "bot", reason: "Googlebot", country: "US", device: null, navigation: 24 }),
    clickAt(24 * 60, { country: "FR", device: "tablet", navigation: 24 }),
    clickAt(7 * 24 * 60, { country: "IT" }),
  ]);
  const { days, by, ...total } = await report();
  expect(total).toEqual({
    from: "2026-01-01",
    to: "2026-01-07",
    clicks: 4,
    unique_visitors: 4,
    verdicts: { counted: 4, bot: 1 },
  });
  expect(days).toEqual([
    {
      day: "2026-01-01",
      clicks: 3,
      unique_visitors: 3,
      verdicts: { counted: 3, bot: 1 },
      hours: [2, 1, ...Array(22).fill(0)],
    },
    {
      day: "2026-01-02",
      clicks: 1,
      unique_visitors: 1,
      verdicts: { counted: 1 },
      hours: [1, ...Array(23).fill(0)],
    },
  ]);
  const values = (...pairs: [string, number][]) => pairs.map(([value, clicks]) => ({ value, clicks }));
  const none = { values: [], exact: true, other: 0, none: 4 };
  expect(by).toEqual({
    country: { values: values(["DE", 2], ["FR", 1]), exact: true, other: 0, none: 1 },
    device: { values: values(["mobile", 2], ["desktop", 1], ["tablet", 1]), exact: true, other: 0, none: 0 },
    referrer: { values: values(["blog.example", 2]), exact: true, other: 0, none: 2 },
    sub1: { values: values(["mail", 2]), exact: true, other: 0, none: 2 },
    sub2: none,
    sub3: { values: values(["top", 1]), exact: true, other: 0, none: 3 },
    sub4: none,
    sub5: none,
    gesture: { values: values(["missing", 2], ["reported", 1]), exact: true, other: 0, none: 1 },
  });
});

test("a sub-id that differs in every click: a day counts the first hundred values exactly, and the rest together", async () => {
  const clicks = Array.from({ length: 260 }, (_, n) => clickAt(n, { subs: [`click-${n % 130}`] }));
  for (const batch of [clicks.slice(0, 90), clicks.slice(90, 150), clicks.slice(150)])
    await recordClicks(env.DB, batch);
  const { by } = await report();
  expect(by.sub1.values.length).toBe(100);
  expect(new Set(by.sub1.values.map((row: { clicks: number }) => row.clicks))).toEqual(new Set([2]));
  expect([by.sub1.other, by.sub1.none, by.sub1.exact]).toEqual([60, 0, false]);
  const stored = await env.DB.prepare("SELECT details FROM click_days WHERE link_id = ?")
    .bind(link_id)
    .first("details");
  expect(Object.keys(JSON.parse(String(stored)).sub1).length).toBe(101);
});

test("a thousand of the largest possible clicks are stored", async () => {
  const longest = "語".repeat(100);
  const largest = Array.from({ length: 1_000 }, (_, n) =>
    clickAt(n, {
      subs: [1, 2, 3, 4, 5].map(() => longest),
      referrer: `${"r".repeat(240)}.example`,
      user_agent: '"'.repeat(256),
      visitor: visitor(n),
    }),
  );
  await recordClicks(env.DB, largest);
  expect(await report()).toMatchObject({
    clicks: 1_000,
    by: { sub5: { values: [{ value: longest, clicks: 1_000 }] } },
  });
});

test("values with any content are stored unchanged", async () => {
  const odd = ['a"b', "$.x", "", "%_'", "語", "__proto__", "1", " "];
  await recordClicks(
    env.DB,
    odd.map((value, n) => clickAt(n, { subs: ["x", value === "" ? null : value] })),
  );
  await recordClicks(env.DB, [clickAt(60, { subs: [null, 'a"b'] })]);
  const { by } = await report();
  const counted = new Map(by.sub2.values.map((row: { value: string; clicks: number }) => [row.value, row.clicks]));
  expect(counted).toEqual(
    new Map([['a"b', 2], ...odd.slice(1).flatMap((value) => (value === "" ? [] : [[value, 1] as const]))]),
  );
});

describe("unique visitors", () => {
  const stories: [string, () => Click[][], number][] = [
    ["without a visitor: each click counts as one", () => [[clickAt(0), clickAt(1)]], 2],
    [
      "twice in a day, hours apart",
      () => [[clickAt(0, { visitor: visitor(1) })], [clickAt(600, { visitor: visitor(1) })]],
      1,
    ],
    [
      "twice in an afternoon",
      () => [[clickAt(13 * 60, { visitor: visitor(1) })], [clickAt(23 * 60, { visitor: visitor(1) })]],
      1,
    ],
    [
      "twice in a batch, hours apart",
      () => [[clickAt(0, { visitor: visitor(1) }), clickAt(600, { visitor: visitor(1) })]],
      1,
    ],
    ["the later first", () => [[clickAt(600, { visitor: visitor(1) })], [clickAt(0, { visitor: visitor(1) })]], 1],
    ["on two days", () => [[clickAt(1_439, { visitor: visitor(1) })], [clickAt(1_441, { visitor: visitor(1) })]], 2],
    ["two visitors", () => [[clickAt(0, { visitor: visitor(1) }), clickAt(0, { visitor: visitor(2) })]], 2],
    ["without bots", () => [[clickAt(0, { verdict: "bot" })]], 0],
    ["without a duplicate that has no visitor", () => [[clickAt(0), clickAt(1, { verdict: "duplicate" })]], 1],
    [
      "by the hash without a cookie, and by the full id with one",
      () => [
        [clickAt(0, { visitor: "aaaaaaaaaa000001", visitor_by_hash: true })],
        [clickAt(300, { visitor: "aaaaaaaaaa000002", visitor_by_hash: true })],
        [clickAt(600, { visitor: "aaaaaaaaaa000001" })],
        [clickAt(700, { visitor: "aaaaaaaaaa000003" })],
      ],
      2,
    ],
  ];
  test.each(stories)("%s", async (_, batches, expected) => {
    for (const batch of batches()) await recordClicks(env.DB, batch);
    expect((await report()).unique_visitors).toBe(expected);
  });
});

test("for any clicks in any batches, repeated or not, the report matches the log", async () => {
  const anyClick = fc.record({
    minutes: fc.integer({ min: 0, max: 3 * 24 * 60 }),
    verdict: fc.constantFrom("counted" as const, "counted" as const, "bot" as const),
    country: fc.constantFrom("DE", "FR", null),
    device: fc.constantFrom("mobile" as const, "desktop" as const),
    referrer: fc.constantFrom("a.example", "b.example", null),
    subs: fc.constantFrom<string[] | null>(["x"], ["y", "z"], null),
    navigation: fc.constantFrom(null, 0, 24, 25),
    person: fc.constantFrom(1, 2, 3, 4, null),
    by_hash: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(anyClick, { maxLength: 12 }), { maxLength: 4 }), async (given) => {
      story = await setUp({ affiliates: 1 });
      link_id = await idOf(story.a.slug);
      const batches = given.map((batch) =>
        batch.map(({ minutes, person, by_hash, ...rest }) =>
          clickAt(minutes, {
            ...rest,
            ...(rest.verdict === "counted" && person !== null
              ? { visitor: visitor(person), visitor_by_hash: by_hash }
              : { visitor: null }),
          }),
        ),
      );
      for (const batch of [...batches, ...batches.slice(0, 2)]) await recordClicks(env.DB, batch);
      const log = (await admin("GET", `/v1/links/${story.a.slug}/clicks?limit=200`)).json.data;
      const { days, by, ...total } = await report();
      // biome-ignore lint/suspicious/noExplicitAny: rows of the log as the API shows them.
      const countBy = (rows: any[], key: (row: any) => string) =>
        Object.fromEntries([...Map.groupBy(rows, key)].map(([name, some]) => [name, some.length]));
      expect(log.length).toBe(batches.flat().length);
      expect(total.verdicts).toEqual(countBy(log, (row) => row.verdict));
      expect(total.unique_visitors).toBe(log.filter((row: { unique: boolean }) => row.unique).length);
      const counted = log.filter((row: { verdict: string }) => row.verdict === "counted");
      for (const name of ["country", "device", "referrer", "sub1", "sub2"]) {
        const { "": none = 0, ...values } = countBy(counted, (row) => row[name] ?? "");
        const shown = by[name].values.map((row: { value: string; clicks: number }) => [row.value, row.clicks]);
        expect([name, Object.fromEntries(shown), by[name].none]).toEqual([name, values, none]);
      }
      const gestures = { true: "reported", false: "missing", null: "" };
      const { "": none = 0, ...named } = countBy(counted, (row) => gestures[`${row.user_gesture as boolean | null}`]);
      const shown = by.gesture.values.map((row: { value: string; clicks: number }) => [row.value, row.clicks]);
      expect([Object.fromEntries(shown), by.gesture.none]).toEqual([named, none]);
      for (const { day, hours, clicks } of days) {
        const ofDay = counted.filter((row: { at: string }) => row.at.startsWith(day));
        const byHour = countBy(ofDay, (row) => String(Number(row.at.slice(11, 13))));
        expect(clicks).toBe(ofDay.length);
        expect(hours).toEqual(Array.from({ length: 24 }, (_, hour) => byHour[hour] ?? 0));
      }
    }),
    { numRuns: 25 },
  );
});

describe("links ordered by clicks", () => {
  test("of a program and of an affiliate, with their counts in the period only", async () => {
    const otherId = await idOf(story.b.slug);
    await recordClicks(env.DB, [
      clickAt(0),
      clickAt(1, { link_id: otherId }),
      clickAt(2, { link_id: otherId }),
      clickAt(3, { verdict: "bot" }),
      clickAt((30 * DAY) / MINUTE),
    ]);
    const all = (await admin("GET", `/v1/programs/${story.program}/counts?${WEEK}`)).json;
    expect(all).toMatchObject({
      from: "2026-01-01",
      data: [
        { slug: story.b.slug, affiliate: story.b.username, clicks: 2, unique_visitors: 2, verdicts: { counted: 2 } },
        { slug: story.a.slug, affiliate: story.a.username, clicks: 1, verdicts: { counted: 1, bot: 1 } },
      ],
    });
    expect(all.data.length).toBe(2);
    const own = `/v1/programs/${story.program}/affiliates/${story.a.username}/counts?${WEEK}`;
    expect((await admin("GET", own)).json.data).toMatchObject([{ slug: story.a.slug, clicks: 1 }]);
    const first = (await admin("GET", `/v1/programs/${story.program}/counts?${WEEK}&limit=1`)).json;
    expect(first.data).toMatchObject([{ slug: story.b.slug }]);
    const elsewhere = await setUp();
    expect((await admin("GET", `/v1/programs/${elsewhere.program}/counts?${WEEK}`)).json.data).toEqual([]);
  });

  test("invalid requests get an error", async () => {
    const refused: [string, string][] = [
      ["from=yesterday", "from"],
      ["from=2026-02-31", "from"],
      ["from=2026-02-02&to=2026-02-01", "from"],
      ["from=2020-01-01&to=2026-01-01", "from"],
      ["to=0000-01-01", "to"],
      ["host=go.example", "host"],
      ["limit=0", "limit"],
      ["limit=x", "limit"],
      ["limit=201", "limit"],
      ["days=7", "days"],
    ];
    for (const [query, field] of refused) {
      const { status, json } = await admin("GET", `/v1/programs/${story.program}/counts?${query}`);
      expect([query, status, json.field]).toEqual([query, 422, field]);
    }
  });

  test("without a period: today and the 29 days before", async () => {
    const { json } = await admin("GET", `/v1/links/${story.a.slug}/counts`);
    expect((Date.parse(json.to) - Date.parse(json.from)) / DAY).toBe(29);
    expect(json).toMatchObject({ clicks: 0, unique_visitors: 0, verdicts: {}, days: [] });
  });
});

test("verdicts are stored by position, which never changes", () => {
  expect(VERDICTS.slice(0, 3)).toEqual(["counted", "duplicate", "bot"]);
});
