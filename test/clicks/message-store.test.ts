import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { recordClicks } from "../../src/clicks/click-store.ts";
import { storeMessages } from "../../src/clicks/message-store.ts";
import type { Click } from "../../src/redirect/click.ts";
import { makeClick } from "../support/make-click.ts";
import { fc } from "../support/random.ts";
import { setUp } from "../support/story.ts";

const START = Date.UTC(2026, 0, 1);
const NO_LINK = 999_999;
/** The rows that {@link refuseRows} makes D1 reject. */
const REFUSED_COUNTRY = "XX";
const WRITES_MAX = 64;

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(async () => {
  vi.restoreAllMocks();
  await env.DB.prepare("DROP TRIGGER IF EXISTS refuse_rows").run();
});

/** A fault that parsing can't find: D1 itself rejects some rows. */
async function refuseRows() {
  const when = `WHEN NEW.country = '${REFUSED_COUNTRY}' BEGIN SELECT RAISE(ABORT, 'such rows are refused'); END`;
  await env.DB.prepare(`CREATE TRIGGER refuse_rows BEFORE INSERT ON clicks ${when}`).run();
}

async function makeLink(): Promise<number> {
  const { a } = await setUp({ affiliates: 1 });
  return (await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(a.slug).first<number>("id")) ?? 0;
}

const messagesOf = (packs: unknown[]) => packs.map((body) => ({ body }));

/** The real D1; `watch` can delay each batch. */
function watched(watch: (batch: number) => void): D1Database & { batches: number; queries: number } {
  const db = {
    batches: 0,
    queries: 0,
    prepare: (sql: string) => {
      db.queries += 1;
      return env.DB.prepare(sql);
    },
    batch: async (statements: D1PreparedStatement[]) => {
      db.batches += 1;
      watch(db.batches);
      return env.DB.batch(statements);
    },
  };
  return db as unknown as D1Database & { batches: number; queries: number };
}

async function logOf(link_id: number) {
  const rows = env.DB.prepare(
    "SELECT hex(id) AS id, verdict, is_first, hex(repeats) AS repeats FROM clicks WHERE link_id = ? ORDER BY id",
  );
  const days = env.DB.prepare("SELECT day, verdict, clicks, visitors, details FROM click_days WHERE link_id = ?");
  return { rows: (await rows.bind(link_id).all()).results, days: (await days.bind(link_id).all()).results };
}

type Fault = "unlinked" | "refused" | "unreadable" | null;

function spoil(click: Click, fault: Fault): Click {
  if (fault === "unlinked") return { ...click, link_id: NO_LINK };
  if (fault === "refused") return { ...click, country: REFUSED_COUNTRY };
  if (fault === "unreadable") return { ...click, device: "watch" as "desktop" };
  return click;
}

/** Clicks of a few visitors within hours, each valid or invalid in one of three ways. */
const somePack = fc.array(
  fc.record({
    minute: fc.integer({ min: 0, max: 200 }),
    visitor: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
    fault: fc.constantFrom<Fault[]>(null, null, null, "unlinked", "refused", "unreadable"),
  }),
  { minLength: 1, maxLength: 30 },
);

test("valid clicks are judged and counted as if the invalid ones weren't there; the invalid ones are returned", async () => {
  await refuseRows();
  await fc.assert(
    fc.asyncProperty(somePack, async (pack) => {
      const [mixed, alone] = [await makeLink(), await makeLink()];
      const clicks = pack.map(({ minute, visitor }, n) =>
        makeClick(n, {
          at: START + minute * 60_000,
          link_id: mixed,
          visitor: visitor === null ? null : visitor.toString(16).padStart(16, "0"),
        }),
      );
      const sent = clicks.map((click, n) => spoil(click, pack[n]?.fault ?? null));
      const [stored] = await storeMessages(env.DB, messagesOf([sent]));
      expect(stored?.failure).toBeNull();
      const byId = (a: Click, b: Click) => (a.id < b.id ? -1 : 1);
      const refused = stored?.refused.map(({ raw }) => raw as Click).sort(byId);
      expect(refused).toEqual(sent.filter((_, n) => pack[n]?.fault !== null).sort(byId));
      const good = clicks.filter((_, n) => pack[n]?.fault === null);
      await recordClicks(
        env.DB,
        good.map((click) => ({ ...click, link_id: alone })),
      );
      expect(await logOf(mixed)).toEqual(await logOf(alone));
    }),
    { numRuns: 25 },
  );
});

describe("the number of D1 queries is bounded", () => {
  test("for any number of clicks of deleted links", async () => {
    const link_id = await makeLink();
    const packs = Array.from({ length: 10 }, (_, pack) =>
      Array.from({ length: 100 }, (_, n) => makeClick(pack * 100 + n, { link_id: n % 2 ? link_id : NO_LINK })),
    );
    const db = watched(() => {});
    const stored = await storeMessages(db, messagesOf(packs));
    expect(db.batches).toBe(11);
    expect(stored.map(({ refused }) => refused.length)).toEqual(Array(10).fill(50));
    expect((await logOf(link_id)).rows.length).toBe(500);
  });

  test("if D1 rejects nearly everything", async () => {
    await refuseRows();
    const link_id = await makeLink();
    const packs = Array.from({ length: 3 }, (_, pack) =>
      Array.from({ length: 100 }, (_, n) =>
        makeClick(pack * 100 + n, { link_id, country: n === 0 ? null : REFUSED_COUNTRY }),
      ),
    );
    const db = watched(() => {});
    const stored = await storeMessages(db, messagesOf(packs));
    // A few more writes give up the messages in progress when the bound was reached.
    expect(db.batches).toBeLessThan(WRITES_MAX + 30);
    expect(stored.every(({ failure }) => failure === null)).toBe(true);
    const refused = stored.reduce((sum, one) => sum + one.refused.length, 0);
    expect(refused + (await logOf(link_id)).rows.length).toBe(300);
  });

  test("with no further writes while D1 is overloaded", async () => {
    const link_id = await makeLink();
    const packs = Array.from({ length: 10 }, (_, n) => [makeClick(n, { link_id })]);
    const db = watched(() => {
      throw new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long.");
    });
    const stored = await storeMessages(db, messagesOf(packs));
    expect(db.batches).toBe(2);
    expect(stored.every(({ refused, failure }) => refused.length === 0 && failure !== null)).toBe(true);
  });

  test("if D1 becomes overloaded midway: the messages stored before need no retry", async () => {
    const link_id = await makeLink();
    const packs = [0, 1, 2, 3].map((n) => [makeClick(n, { link_id }), makeClick(10 + n, { link_id: NO_LINK })]);
    const db = watched((batch) => {
      // First all messages at once, then one after the other.
      if (batch > 3) throw new Error("D1_ERROR: Network connection lost.");
    });
    const stored = await storeMessages(db, messagesOf(packs));
    expect(db.batches).toBe(4);
    expect(stored.map(({ failure }) => failure === null)).toEqual([true, true, false, false]);
    expect((await logOf(link_id)).rows.length).toBe(2);
    // All messages again, as the queue redelivers them: none is counted twice.
    const again = await storeMessages(env.DB, messagesOf(packs));
    expect(again.map(({ refused, failure }) => [refused.length, failure])).toEqual(Array(4).fill([1, null]));
    expect((await logOf(link_id)).days).toMatchObject([{ clicks: 4 }]);
  });
});
