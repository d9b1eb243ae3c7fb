/** Adjustments, balances at any time, the ledger as a file, and the ledger check. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { signIn } from "../portal/session.ts";
import { admin, click, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

type Story = Awaited<ReturnType<typeof setUp>>;
const pathOf = ({ program, a }: Story) => `/v1/programs/${program}/affiliates/${a.username}`;
const get = async (story: Story, rest = "") => (await admin("GET", pathOf(story) + rest)).json;

async function adjust(story: Story, body: unknown, key: string | null = crypto.randomUUID()) {
  const response = await send(`${pathOf(story)}/adjustments`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${env.ADMIN_TOKEN}`,
      ...(key !== null && { "Idempotency-Key": key }),
    },
    body: JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
  return { status: response.status, json: (await response.json()) as any };
}

async function accountOf({ program, a }: Story) {
  const ids = await env.DB.prepare(
    "SELECT p.id AS program_id, a.id AS affiliate_id FROM programs p, affiliates a WHERE p.slug = ? AND a.username = ?",
  )
    .bind(program, a.username)
    .first<{ program_id: number; affiliate_id: number }>();
  return env.ACCOUNTS.getByName(`${ids?.program_id}:${ids?.affiliate_id}`);
}

/** An affiliate with a sale and an adjustment, both shown. */
async function storyWithEntries() {
  const story = await setUp({ affiliates: 2 });
  await postEvent(story.endpoint, sale({ click: (await click(story.a.slug)).token }));
  await eventually(async () => expect((await get(story, "/entries")).data).toHaveLength(1));
  await adjust(story, { amount: 500, currency: "USD", reason: "Ümlaut “and” a \\ back-slash" });
  await eventually(async () => expect((await get(story, "/ledger-check")).whole).toBe(true));
  return story;
}

describe("an adjustment", () => {
  const body = { amount: -1_250, currency: "USD", reason: "Paid twice in March" };

  test("whose reason has half of a surrogate pair is refused, and never breaks the chain", async () => {
    const story = await setUp({ affiliates: 1 });
    expect(await adjust(story, { ...body, reason: "half \uD83D" })).toMatchObject({
      status: 422,
      json: { code: "invalid_reason", field: "reason" },
    });
    // Even if it got past the API, the ledger would hash what it stores.
    const object = await accountOf(story);
    const [program_id = 0, affiliate_id = 0] = (object.name ?? "").split(":").map(Number);
    await object.adjust("past the API", { program_id, affiliate_id, ...body, reason: "half \uD83D" }, Date.now());
    expect(await object.readEntries(0, 10)).toMatchObject([{ reason: "half \uFFFD" }]);
    await eventually(async () => expect((await get(story, "/ledger-check")).whole).toBe(true));
  });

  test("is posted once for its key, at once due, with its reason", async () => {
    const story = await setUp({ affiliates: 1 });
    const posted = await adjust(story, body, "key-1");
    expect(posted).toMatchObject({ status: 201, json: { ...body, kind: "adjustment", number: 1, conversion: null } });
    expect(await adjust(story, body, "key-1")).toEqual({ status: 200, json: posted.json });
    expect(await adjust(story, { ...body, amount: -1 }, "key-1")).toMatchObject({
      status: 409,
      json: { code: "idempotency_key_reused" },
    });
    expect((await adjust(story, body, "key-2")).status).toBe(201);
    await eventually(async () => expect((await get(story)).balances).toMatchObject({ earned: -2_500, due: -2_500 }));
    expect((await get(story, "/entries")).data[1]).toEqual(posted.json);
  });

  test("is posted once for fifty simultaneous copies", async () => {
    const story = await setUp({ affiliates: 1 });
    const copies = await Promise.all(Array.from({ length: 50 }, () => adjust(story, body, "same")));
    expect(copies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(copies.map(({ json }) => json.id)).size).toBe(1);
  });

  test.each([
    [body, null, 400, "idempotency_key_missing"],
    [body, "with space", 422, "invalid_idempotency_key"],
    [{ ...body, amount: 0 }, "k", 422, "invalid_amount"],
    [{ ...body, amount: 1.5 }, "k", 422, "invalid_amount"],
    [{ ...body, currency: "XYZ" }, "k", 422, "invalid_currency"],
    [{ ...body, reason: "" }, "k", 422, "invalid_reason"],
    [{ ...body, more: 1 }, "k", 422, "unknown_field"],
  ])("%j with the key %j is refused", async (wrong, key, status, code) => {
    const story = await setUp({ affiliates: 1 });
    expect(await adjust(story, wrong, key)).toMatchObject({ status, json: { code } });
    expect(await (await accountOf(story)).readEntries(0, 10)).toEqual([]);
  });
});

test("balances are shown for any time by currency, and the tier shows what the next one needs", async () => {
  const story = await setUp({ affiliates: 1, preset: "kartra" });
  const { token } = await click(story.a.slug);
  await postEvent(story.endpoint, sale({ click: token, subscription: { id: "s", interval: "year" } }));
  await adjust(story, { amount: 700, currency: "EUR", reason: "For the fair" });
  await eventually(async () => expect((await get(story)).balances_by_currency).toHaveLength(2));
  const now = await get(story);
  expect(now.balances).toEqual({ earned: 1_980, reserve: 1_980, due: 0, paid: 0, currency: "USD" });
  expect(now.balances_by_currency[1]).toEqual({ earned: 700, reserve: 0, due: 700, paid: 0, currency: "EUR" });
  expect(now.tier).toEqual({
    name: "referral",
    next: {
      ...{ name: "tier-1", customers: 2, sales: null, currency: "USD" },
      counted: { customers: 0, sales: 0 },
      pending: {
        ...{ customers: 1, sales: 9_900 },
        clears_from: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        clears_to: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    },
  });
  const later = await get(story, `?at=${new Date(Date.now() + 46 * 86_400_000).toISOString()}`);
  expect(later.balances).toEqual({ earned: 1_980, reserve: 0, due: 1_980, paid: 0, currency: "USD" });
  expect(later.tier.next.customers).toBe(1);
  const before = await get(story, "?at=2026-01-01T00:00:00Z");
  expect(before.balances).toEqual({ earned: 0, reserve: 0, due: 0, paid: 0, currency: "USD" });
  expect(await admin("GET", `${pathOf(story)}?at=yesterday`)).toMatchObject({
    status: 422,
    json: { code: "invalid_at" },
  });
});

describe("the ledger as a file", () => {
  const lines = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  /** Follows the recipe in the file, without code from `src/`. */
  async function headOf(entries: Record<string, unknown>[]) {
    let head = "0".repeat(64);
    for (const { hash, ...entry } of entries) {
      const sorted = Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
      const bytes = new TextEncoder().encode(`${head}\n${JSON.stringify(sorted)}`);
      head = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      expect(hash).toBe(head);
    }
    return head;
  }

  test("can be checked with its own recipe by merchant and affiliate", async () => {
    const story = await storyWithEntries();
    const file = await send(`${pathOf(story)}/ledger`, { headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}` } });
    expect(file.headers.get("content-type")).toContain("application/x-ndjson");
    const text = await file.text();
    const [first, ...entries] = lines(text);
    expect(first).toMatchObject({ affiliate: story.a.username, program: story.program, entries: 2 });
    expect(first.rules[entries[0].terms_version][entries[0].rule]).toBe("40% of each payment");
    expect(await headOf(entries)).toBe(first.hash);
    const own = await signIn(story.a.username);
    expect((await own.open(`/app/ledger?program=${story.program}`)).html).toBe(text);
  });

  test("is available to its own affiliate only", async () => {
    const story = await storyWithEntries();
    const other = await signIn(story.b.username);
    const file = await other.open(`/app/ledger?program=${story.program}`);
    expect(lines(file.html)).toMatchObject([{ affiliate: story.b.username, entries: 0, hash: "0".repeat(64) }]);
    expect((await other.open("/app/ledger?program=nowhere")).status).toBe(404);
    expect((await send(`/app/ledger?program=${story.program}`)).status).toBe(401);
  });
});

describe("the check of a ledger", () => {
  test("names an entry that was changed in the object and differs in D1", async () => {
    const story = await storyWithEntries();
    await runInDurableObject(await accountOf(story), (_, state) => {
      state.storage.sql.exec(
        `UPDATE entries SET entry = replace(entry, '"amount":3960', '"amount":3961') WHERE number = 1`,
      );
    });
    expect(await get(story, "/ledger-check")).toMatchObject({
      whole: false,
      fault: { number: 1, fault: "changed" },
      differences: [{ number: 1, difference: "different", fields: ["amount"] }],
    });
  });

  test("names missing, extra and different rows in D1", async () => {
    const story = await storyWithEntries();
    const { entries, differences_found } = await get(story, "/ledger-check");
    expect([entries, differences_found]).toEqual([2, 0]);
    const own = "affiliate_id = (SELECT id FROM affiliates WHERE username = ?)";
    const run = (sql: string) => env.DB.prepare(sql).bind(story.a.username).run();
    await run(`UPDATE ledger_entries SET amount = 1 WHERE number = 1 AND ${own}`);
    await run(`UPDATE ledger_entries SET number = 7 WHERE number = 2 AND ${own}`);
    expect(await get(story, "/ledger-check")).toMatchObject({
      whole: false,
      fault: null,
      differences: [
        { number: 1, difference: "different", fields: ["amount"] },
        { number: 2, difference: "not_projected" },
        { number: 7, difference: "unknown" },
      ],
    });
  });

  test("an earlier ledger is chained when its object starts, and projected again without new entries", async () => {
    const story = await storyWithEntries();
    const account = await accountOf(story);
    const { hash } = await get(story, "/ledger-check");
    await runInDurableObject(account, (_, state) => {
      state.storage.sql.exec("ALTER TABLE entries DROP COLUMN hash");
      state.storage.sql.exec("ALTER TABLE sales DROP COLUMN state");
    });
    await env.DB.prepare("UPDATE ledger_entries SET hash = NULL").run();
    await evictDurableObject(account);
    await eventually(async () =>
      expect(await get(story, "/ledger-check")).toMatchObject({ whole: true, entries: 2, hash }),
    );
  });

  test("rows that D1 lost are restored from the object", async () => {
    const story = await storyWithEntries();
    const view = (await get(story, "/entries")).data;
    await env.DB.prepare(
      "DELETE FROM ledger_entries WHERE affiliate_id = (SELECT id FROM affiliates WHERE username = ?)",
    )
      .bind(story.a.username)
      .run();
    const account = await accountOf(story);
    expect(await account.reproject()).toBe(2);
    await eventually(async () => expect(await account.relay()).toBe(0));
    expect((await get(story, "/entries")).data).toEqual(view);
  });
});
