import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { recordClicks } from "../../src/clicks/click-store.ts";
import { checkDay } from "../../src/clicks/counts/count-check-store.ts";
import { type Click, VERDICTS, type Verdict } from "../../src/redirect/click.ts";
import { makeClick } from "../support/make-click.ts";
import { fc } from "../support/random.ts";
import { admin, setUp } from "../support/story.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
let link_id: number;
let slug: string;

beforeEach(async () => {
  const story = await setUp({ affiliates: 1 });
  slug = story.a.slug;
  link_id = (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(slug).first<number>("id")) ?? 0;
});

function clickNumber(n: number, verdict: Verdict = "counted"): Click {
  const subs = n % 2 ? ["a", null, "c"] : null;
  return makeClick(n, { at: START + (n % 3) * DAY, link_id, verdict, country: "DE", subs });
}

async function countsByDay() {
  const sql = "SELECT day, verdict, clicks FROM click_days WHERE link_id = ? ORDER BY day, verdict";
  return (await env.DB.prepare(sql).bind(link_id).all()).results;
}

async function countsFromRows() {
  const sql = "SELECT verdict, count(*) AS clicks FROM clicks WHERE link_id = ? GROUP BY verdict ORDER BY verdict";
  return (await env.DB.prepare(sql).bind(link_id).all()).results;
}

test("counts by day and verdict, and stores the clicks", async () => {
  await recordClicks(env.DB, [clickNumber(0), clickNumber(1), clickNumber(3), clickNumber(6, "bot")]);
  const first = START / DAY;
  expect(await countsByDay()).toEqual([
    { day: first, verdict: 0, clicks: 2 },
    { day: first, verdict: VERDICTS.indexOf("bot"), clicks: 1 },
    { day: first + 1, verdict: 0, clicks: 1 },
  ]);
  const row = await env.DB.prepare(
    "SELECT hex(id) AS id, country, subs FROM clicks WHERE link_id = ? AND id = unhex(?)",
  )
    .bind(link_id, clickNumber(1).id)
    .first();
  expect(row).toEqual({ id: clickNumber(1).id.toUpperCase(), country: "DE", subs: '["a",null,"c"]' });
});

test("clicks delivered in any grouping, any number of times, are counted once", async () => {
  let base = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 10 }), { minLength: 1, maxLength: 4 }),
      async (batches) => {
        base += 1_000;
        const before = await sumOfCounts();
        for (const batch of batches)
          await recordClicks(
            env.DB,
            batch.map((n) => clickNumber(base + n)),
          );
        expect((await sumOfCounts()) - before).toBe(new Set(batches.flat()).size);
        expect(await countsFromRows()).toEqual(
          (await sumOfCounts()) === 0 ? [] : [{ verdict: 0, clicks: await sumOfCounts() }],
        );
      },
    ),
    { numRuns: 40 },
  );
});

async function sumOfCounts() {
  return (await countsByDay()).reduce((sum, row) => sum + Number(row.clicks), 0);
}

test("the API lists logged clicks newest first, in pages", async () => {
  await recordClicks(
    env.DB,
    [0, 1, 2, 3, 4].map((n) => clickNumber(n)),
  );
  const first = await admin("GET", `/v1/links/${slug}/clicks?limit=3`);
  expect(first.json.data.map((row: { id: string }) => Number.parseInt(row.id.slice(12), 16))).toEqual([2, 4, 1]);
  const second = await admin("GET", `/v1/links/${slug}/clicks?limit=3&cursor=${first.json.next}`);
  expect(second.json.data.map((row: { id: string }) => Number.parseInt(row.id.slice(12), 16))).toEqual([3, 0]);
  expect(second.json.next).toBeNull();
  expect(second.json.data[0]).toMatchObject({
    verdict: "counted",
    reason: null,
    country: "DE",
    sub1: "a",
    sub2: null,
    sub3: "c",
  });
});

describe("returning visitors", () => {
  let number = 0;

  function visitOf(visitor: number | null, minutes: number, verdict: Verdict = "counted"): Click {
    number += 1;
    return makeClick(number, {
      at: START + minutes * 60_000,
      link_id,
      verdict,
      visitor: visitor === null ? null : visitor.toString(16).padStart(16, "0"),
    });
  }

  async function verdicts() {
    const { json } = await admin("GET", `/v1/links/${slug}`);
    return json.verdicts;
  }

  const stories: [string, () => Click[][], Record<string, number>][] = [
    ["twice in one batch", () => [[visitOf(1, 0), visitOf(1, 5)]], { counted: 1, duplicate: 1 }],
    ["twice in two batches", () => [[visitOf(1, 0)], [visitOf(1, 5)]], { counted: 1, duplicate: 1 }],
    ["in two batches, the later first", () => [[visitOf(1, 5)], [visitOf(1, 0)]], { counted: 1, duplicate: 1 }],
    [
      "in two batches and two hours of the day, the later first",
      () => [[visitOf(1, 90)], [visitOf(1, 45)]],
      { counted: 1, duplicate: 1 },
    ],
    [
      "a repeat recognized by its cookie, stored before the earlier click",
      () => [[visitOf(1, 1, "duplicate")], [visitOf(1, 0)]],
      { counted: 1, duplicate: 1 },
    ],
    ["an hour apart", () => [[visitOf(1, 0)], [visitOf(1, 60)]], { counted: 2 }],
    ["just less than an hour apart", () => [[visitOf(1, 0)], [visitOf(1, 59.99)]], { counted: 1, duplicate: 1 }],
    [
      "hours later first, then twice within minutes",
      () => [[visitOf(1, 180)], [visitOf(1, 0)], [visitOf(1, 5)]],
      { counted: 2, duplicate: 1 },
    ],
    ["across midnight", () => [[visitOf(1, 1_439)], [visitOf(1, 1_441)]], { counted: 1, duplicate: 1 }],
    ["the middle one last", () => [[visitOf(1, 0)], [visitOf(1, 100)], [visitOf(1, 50)]], { counted: 2, duplicate: 1 }],
    ["an hour apart in one batch", () => [[visitOf(1, 60), visitOf(1, 0)]], { counted: 2 }],
    ["two visitors", () => [[visitOf(1, 0), visitOf(2, 0)]], { counted: 2 }],
    ["without a visitor", () => [[visitOf(null, 0), visitOf(null, 0)]], { counted: 2 }],
  ];
  test.each(stories)("%s", async (_, batches, expected) => {
    for (const batch of batches()) await recordClicks(env.DB, batch);
    expect(await verdicts()).toEqual(expected);
  });

  test("on two links are new on each", async () => {
    const other = await setUp({ affiliates: 1 });
    const otherId = await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(other.a.slug).first<number>("id");
    await recordClicks(env.DB, [visitOf(1, 0), { ...visitOf(1, 0), link_id: otherId ?? 0 }]);
    expect(await verdicts()).toEqual({ counted: 1 });
  });

  test("in concurrent, repeated batches are each counted exactly once", async () => {
    const batches = Array.from({ length: 8 }, (_, batch) =>
      Array.from({ length: 20 }, (_, n) => visitOf((batch * 20 + n) % 25, n / 10)),
    );
    await Promise.all([...batches, ...batches].map((batch) => recordClicks(env.DB, batch)));
    expect(await verdicts()).toEqual({ counted: 25, duplicate: 135 });
    const { json } = await admin("GET", `/v1/links/${slug}/clicks?limit=200`);
    const ids = new Set(json.data.map((row: { id: string }) => row.id));
    for (const { verdict, reason } of json.data) {
      const [, repeated] = /^the same visitor within the hour: repeats ([0-9a-f]{32})$/.exec(reason ?? "") ?? [];
      expect([verdict, ids.has(repeated)]).toEqual(verdict === "duplicate" ? ["duplicate", true] : ["counted", false]);
    }
  });
});

test("a link and day add a limited number of new texts; the rest are logged as one", async () => {
  const flood = Array.from({ length: 900 }, (_, n) =>
    makeClick(n, {
      at: START + n,
      link_id,
      referrer: `site-${slug}-${n}.example`,
      user_agent: `browser-${slug}-${n}`,
      visitor: n.toString(16).padStart(16, "0"),
    }),
  );
  for (let from = 0; from < flood.length; from += 100) await recordClicks(env.DB, flood.slice(from, from + 100));
  // Redelivered clicks change nothing.
  await recordClicks(env.DB, flood.slice(500, 600));
  const texts = await env.DB.prepare("SELECT count(*) AS n FROM texts WHERE text LIKE ?")
    .bind(`%-${slug}-%`)
    .first<{ n: number }>();
  expect(texts?.n).toBe(500);
  const counted = await env.DB.prepare("SELECT texts FROM link_texts WHERE link_id = ?").bind(link_id).all();
  expect(counted.results).toEqual([{ texts: 500 }]);
  const { json } = await admin("GET", `/v1/links/${slug}/clicks?limit=200`);
  expect(new Set(json.data.map((row: { user_agent: string }) => row.user_agent))).toEqual(new Set(["(other)"]));
  // A known text, and those of the next day, are logged as they are.
  const known = flood[0]?.user_agent ?? "";
  const later = [
    makeClick(1_001, { at: START + 2_000, link_id, user_agent: known }),
    makeClick(1_002, { at: START + DAY, link_id, user_agent: `browser-${slug}-new` }),
  ];
  await recordClicks(env.DB, later);
  const page = (await admin("GET", `/v1/links/${slug}/clicks?limit=2`)).json.data;
  expect(page.map((row: { user_agent: string }) => row.user_agent)).toEqual([`browser-${slug}-new`, known]);
  const { differences } = await checkDay(START / DAY, { db: env.DB, bucket: undefined, mend: false });
  expect(differences.filter((difference) => difference.link_id === link_id)).toEqual([]);
});
