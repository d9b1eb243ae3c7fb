/** Migrations keep all figures of a database filled by the previous version. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { checkDay } from "../../src/clicks/counts/count-check-store.ts";
import { storeMessages } from "../../src/clicks/message-store.ts";
import { admin } from "../support/story.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 15);
/** The migrations 0001 to 0004, with the first version of the click log. */
const FIRST_SCHEMA = 4;
const CHECK = { db: env.DB, bucket: env.ARCHIVE, mend: false };

/** A click in the earlier message format: without repeats, device and user agent. */
interface OldClick {
  id: string;
  at: number;
  link_id: number;
  verdict: "counted" | "bot";
  reason: string | null;
  country: string | null;
  referrer: string | null;
  subs: (string | null)[] | null;
  visitor: string | null;
  new_visitor: string | null;
}

beforeEach(async () => {
  await env.DB.exec("PRAGMA foreign_keys = OFF");
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
  ).all<{ name: string }>();
  // Referenced tables are deleted last.
  const order = ["programs", "affiliates", "links", "endpoints"];
  const names = results.map(({ name }) => name).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  for (const name of names) if (!order.includes(name)) await env.DB.prepare(`DROP TABLE "${name}"`).run();
  for (const name of order.toReversed()) await env.DB.prepare(`DROP TABLE "${name}"`).run();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS.slice(0, FIRST_SCHEMA));
  await env.DB.batch(
    [
      "INSERT INTO programs (id, slug, name, currency, destination_hosts, created_at) VALUES (1, 'p', 'P', 'USD', '[]', 1)",
      "INSERT INTO affiliates (id, username, name, email, created_at) VALUES (1, 'a', 'A', 'a@example.com', 1)",
      `INSERT INTO links (id, slug, program_id, affiliate_id, destination, kind, created_at)
       VALUES (1, 'one', 1, 1, 'https://shop.example/', 'affiliate', 1), (2, 'two', 1, 1, 'https://shop.example/', 'affiliate', 1)`,
    ].map((sql) => env.DB.prepare(sql)),
  );
});

/** Stores counted clicks and bots like the previous version. */
async function fill(clicks: OldClick[]) {
  for (const { id, at, link_id, verdict, reason, country, referrer, subs } of clicks) {
    const number = verdict === "counted" ? 0 : 2;
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO click_days (link_id, day, verdict, clicks) VALUES (?, ?, ?, 1)
         ON CONFLICT DO UPDATE SET clicks = clicks + 1`,
      ).bind(link_id, Math.floor(at / DAY), number),
      env.DB.prepare("INSERT INTO clicks VALUES (?, unhex(?), ?, ?, ?, ?, ?)").bind(
        link_id,
        id,
        number,
        reason,
        country,
        referrer,
        subs === null ? null : JSON.stringify(subs),
      ),
    ]);
  }
}

const migrate = () => applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
const read = async (sql: string) => (await env.DB.prepare(sql).all()).results;

function oldClick(n: number, changes: Partial<OldClick> = {}): OldClick {
  const at = changes.at ?? START + ((n * 7_919) % (2 * 86_400)) * 1_000;
  const isBot = n % 5 === 0;
  return {
    id: at.toString(16).padStart(12, "0") + n.toString(16).padStart(20, "0"),
    at,
    link_id: 1 + (n % 2),
    verdict: isBot ? "bot" : "counted",
    reason: isBot ? "Googlebot" : null,
    country: [null, "DE", "US"][n % 3] ?? null,
    referrer: [null, "a.example", 'q"x'][n % 3] ?? null,
    subs: [null, ["x", null, "y"], ['q"\\'], [String(n)]][n % 4] ?? null,
    visitor: n.toString(16).padStart(16, "0"),
    new_visitor: null,
    ...changes,
  };
}

test("counts, rows and pages stay the same, and redelivered clicks are recognized", async () => {
  const clicks = Array.from({ length: 300 }, (_, n) => oldClick(n));
  await fill(clicks);
  const counts = await read("SELECT link_id, day, verdict, clicks FROM click_days ORDER BY 1, 2, 3");
  await migrate();
  expect(await read("SELECT link_id, day, verdict, clicks FROM click_days ORDER BY 1, 2, 3")).toEqual(counts);
  for (const day of [0, 1]) {
    const check = await checkDay(START / DAY + day, CHECK);
    expect([check.clicks, check.differences]).toEqual([expect.any(Number), []]);
  }
  const shown = (await admin("GET", "/v1/links/one/clicks?limit=200")).json.data;
  const expected = clicks.filter((click) => click.link_id === 1).sort((a, b) => (a.id < b.id ? 1 : -1));
  expect(
    shown.map(({ id, at, reason, country, referrer, sub1 }: Record<string, unknown>) => [
      id,
      at,
      reason,
      country,
      referrer,
      sub1,
    ]),
  ).toEqual(
    expected.map(({ id, at, reason, country, referrer, subs }) => [
      id,
      new Date(at).toISOString(),
      reason,
      country,
      referrer,
      subs?.[0] ?? null,
    ]),
  );
  await storeMessages(env.DB, [{ body: clicks }]);
  expect(await read("SELECT link_id, day, verdict, clicks FROM click_days ORDER BY 1, 2, 3")).toEqual(counts);
});

test("keeps a day with more sub-ids than are counted separately, and counts whose clicks are deleted", async () => {
  await fill(
    Array.from({ length: 150 }, (_, n) => oldClick(n, { at: START, verdict: "counted", link_id: 1, subs: [`s${n}`] })),
  );
  await env.DB.exec("INSERT INTO click_days (link_id, day, verdict, clicks) VALUES (2, 1, 0, 9)");
  await migrate();
  const [row] = await read("SELECT details FROM click_days WHERE link_id = 1 AND verdict = 0");
  expect(Object.keys(JSON.parse(String(row?.details)).sub1).length).toBe(101);
  expect(await read("SELECT clicks, visitors, details FROM click_days WHERE link_id = 2")).toEqual([
    { clicks: 9, visitors: 9, details: "{}" },
  ]);
});
