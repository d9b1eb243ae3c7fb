/** What a decision about the credit would change: it is what the decision then changes, to the cent, and changes nothing itself. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { credit, post, refused } from "../support/decide.ts";
import { runs, seed } from "../support/random.ts";
import { createRandom, type Random } from "../support/seeded-random.ts";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, eventually, postEvent, sale, setUp } from "../support/story.ts";
import { createUser } from "../support/users.ts";

const DAY = 86_400_000;
const daysAgo = (days: number) => Date.now() - days * DAY;
const at = (ms: number) => new Date(ms).toISOString();
const subscription = { id: "sub_1", interval: "month" };

/** Terms under which everything that an account can post takes part. */
const RICH = {
  binds_to: "subscription",
  dispute_days: 400,
  second_tier: { rate_bps: 1_000, payments: "every" },
  milestones: [{ commission: 10_000, bonus: 2_500, repeats: true, reversed: true }],
};

interface Entry {
  id: string;
  kind: string;
  amount: number;
  currency: string;
  conversion: string | null;
  from: string | null;
}

interface Amount {
  affiliate: string;
  kind: string;
  currency: string;
  reversed: number;
  credited: number;
}

/** A subscription of A's customer: a payment every 30 days, the last one 30 days ago. A and B are sponsored by the boss. */
async function subscribed(payments: number, terms: Record<string, unknown> = RICH) {
  const story = await setUp({ affiliates: 3, program: { terms } });
  const { program, endpoint, a } = story;
  const boss = `${a.username}-boss`;
  const others = [boss, `${a.username}-d`];
  for (const username of others) {
    const sponsor = username === boss ? {} : { sponsor: boss };
    await admin("POST", "/v1/affiliates", { username, name: "Someone", email: `${username}@example.com`, ...sponsor });
    await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: username });
  }
  const names = [...story.affiliates.map(({ username }) => username), ...others];
  const customer = { id: "cus_1" };
  const click = await signTokenAt(a.slug, daysAgo(30 * payments + 1));
  const paid = (n: number, changes: Record<string, unknown> = {}) =>
    postEvent(
      endpoint,
      sale({ customer, subscription, payment: `pay_${n}`, occurred_at: at(daysAgo(30 * (payments - n))), ...changes }),
    );
  const ids: string[] = [];
  for (let n = 0; n < payments; n += 1) ids.push((await paid(n, n === 0 ? { click } : {})).json.conversion);
  const ledgers = async () => {
    await relayAll(program, ids[0] ?? "");
    return new Map(await Promise.all(names.map(async (name) => [name, await readEntries(program, name)] as const)));
  };
  await ledgers();
  return { ...story, names, boss, rookie: `${a.username}-d`, ids, paid, ledgers };
}

async function readEntries(program: string, username: string): Promise<Entry[]> {
  return (await admin("GET", `/v1/programs/${program}/affiliates/${username}/entries?limit=200`)).json.data;
}

/** Sends everything that the customer's and the affiliates' objects have to send: to the accounts, their sponsors, and D1. */
async function relayAll(program: string, conversion: string): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT p.id || ':' || e.affiliate_id AS name FROM programs p JOIN enrolments e ON e.program_id = p.id WHERE p.slug = ?`,
  )
    .bind(program)
    .all<{ name: string }>();
  const accounts = results.map(({ name }) => env.ACCOUNTS.getByName(name));
  const customer = env.CUSTOMERS.getByName(await customerOf(conversion));
  while ((await customer.relay()) > 0);
  // Twice: an account may send a sale to its sponsor's.
  for (const account of [...accounts, ...accounts]) while ((await account.relay()) > 0);
}

/** The key of a conversion's Customer object, once D1 has it. */
async function customerOf(conversion: string): Promise<string> {
  return eventually(async () => {
    const query = env.DB.prepare("SELECT customer_key FROM conversions WHERE id = ?").bind(conversion);
    const row = await query.first<{ customer_key: string }>();
    expect(row).not.toBeNull();
    return row?.customer_key ?? "";
  });
}

/** What the entries added since say, summed for each affiliate, kind, currency and conversion. Independent of the code under test. */
function changesBetween(before: Map<string, Entry[]>, after: Map<string, Entry[]>): Amount[] {
  return [...after].flatMap(([affiliate, entries]) => {
    const known = new Set(before.get(affiliate)?.map(({ id }) => id));
    const sums: Record<string, Record<string, number>> = {};
    for (const { id, kind, amount, currency, conversion, from } of entries) {
      if (known.has(id)) continue;
      const name = from !== null ? "override" : conversion === null ? "bonus" : "commission";
      expect(["reversal", name]).toContain(kind);
      const group = `${name} ${currency}`;
      sums[group] = { ...sums[group], [conversion ?? ""]: (sums[group]?.[conversion ?? ""] ?? 0) + amount };
    }
    return Object.entries(sums).flatMap(([group, nets]) => {
      const [kind = "", currency = ""] = group.split(" ");
      const of = (sign: 1 | -1) => Object.values(nets).reduce((sum, net) => sum + Math.max(sign * net, 0), 0);
      const change = { affiliate, kind, currency, reversed: of(-1), credited: of(1) };
      return change.reversed + change.credited > 0 ? [change] : [];
    });
  });
}

const inOrder = (amounts: readonly Amount[]) =>
  amounts.toSorted((a, b) => (`${a.affiliate} ${a.kind}` < `${b.affiliate} ${b.kind}` ? -1 : 1));

const preview = (conversion: string, body: Record<string, unknown>) =>
  admin("POST", `/v1/conversions/${conversion}/credit/preview`, { scope: "conversion", reason: "Why", ...body });

/** Everything that a conversion's Customer object stores. */
async function readObject(conversion: string): Promise<string> {
  const packed = await env.CUSTOMERS.getByName(await customerOf(conversion)).readBackup();
  const text = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
  return text.text();
}

describe("a preview", () => {
  test("says what moves, in conversions and in money, and changes nothing", async () => {
    const { a, b, ids, ledgers, boss } = await subscribed(4);
    const [, second = "", third] = ids;
    const before = await ledgers();
    const object = await readObject(second);
    const { status, json } = await preview(second, { affiliate: b.username, scope: "all", internal_note: "Ticket 81" });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: {
        ...{ conversion: second, affiliate: b.username, scope: "all", changed: 4 },
        moved: { this: true, earlier: 1, later: 2 },
        amounts: [
          { affiliate: a.username, kind: "commission", currency: "USD", reversed: 15_840, credited: 0 },
          { affiliate: a.username, kind: "bonus", currency: "USD", reversed: 2_500, credited: 0 },
          { affiliate: b.username, kind: "bonus", currency: "USD", reversed: 0, credited: 2_500 },
          { affiliate: b.username, kind: "commission", currency: "USD", reversed: 0, credited: 15_840 },
        ],
      },
    });
    expect(json.conversions.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(json.conversions[2]).toEqual({
      ...{ id: third, type: "sale", occurred_at: expect.any(String), amount: 9_900, currency: "USD" },
      ...{ from: a.username, to: b.username },
    });
    expect(await readObject(second)).toBe(object);
    expect(await ledgers()).toEqual(before);
    expect(before.get(boss)).toEqual([]);
    const { json: log } = await admin("GET", `/v1/audit?subject=${second}`);
    expect(log.data).toEqual([]);
    // The decision itself is new, and answers as it was said.
    expect((await credit(second, { affiliate: b.username, scope: "all" })).json.changed).toBe(4);
  });

  test("of a future decision says that nothing moves yet, and of one that changes only the reason too", async () => {
    const { a, b, ids } = await subscribed(2);
    const [, last = ""] = ids;
    const nothing = { moved: { this: false, earlier: 0, later: 0 }, conversions: [], amounts: [] };
    const future = await preview(last, { affiliate: b.username, scope: "future" });
    expect(future.json).toMatchObject({ changed: 0, ...nothing });
    expect((await preview(last, { affiliate: a.username })).json).toMatchObject({ changed: 1, ...nothing });
  });

  test("is refused like the decision, and for an affiliate without approval", async () => {
    const { program, b, ids } = await subscribed(1, { binds_to: "nothing" });
    const [only = ""] = ids;
    const cases: [Record<string, unknown>, unknown[]][] = [
      [{ affiliate: b.username, scope: "future" }, [409, "nothing_follows", "scope"]],
      [{ affiliate: "nobody" }, [422, "affiliate_not_found", "affiliate"]],
      [{ affiliate: b.username, scope: "past" }, [422, "invalid_scope", "scope"]],
      [{ affiliate: b.username, reason: "" }, [422, "invalid_reason", "reason"]],
    ];
    for (const [body, expected] of cases) expect(await refused(preview(only, body))).toEqual(expected);
    await admin("PATCH", `/v1/programs/${program}/enrollments/${b.username}`, { status: "suspended" });
    expect(await refused(preview(only, { affiliate: b.username }))).toEqual([
      422,
      "affiliate_not_approved",
      "affiliate",
    ]);
    const nowhere = `cv_${"0".repeat(32)}`;
    expect(await refused(preview(nowhere, { affiliate: null }))).toEqual([404, "conversion_not_found", null]);
    const { program: other } = await setUp();
    const { call } = await createUser("manager", [other]);
    const path = `/v1/conversions/${only}/disputes/preview`;
    for (const of of [`/v1/conversions/${only}/credit/preview`, path]) {
      const body = { affiliate: b.username, reason: "Why", ...(of !== path && { scope: "conversion" }) };
      expect(await refused(call("POST", of, body))).toEqual([404, "conversion_not_found", null]);
    }
    const late = admin("POST", path, { affiliate: program.replace("prog", "c"), reason: "Why" });
    expect(await refused(late)).toEqual([409, "disputes_not_allowed", null]);
  });
});

test("a preview equals what happens: refunds, tiers, second tiers, bonuses, each scope, somebody or nobody", async () => {
  const { names, rookie, ids, paid, ledgers } = await subscribed(6, {
    ...RICH,
    rates: [
      { tier: ["Silver"], rate_bps: 5_000 },
      { tier: ["Bronze"], rate_bps: 4_000 },
    ],
    tiers: {
      levels: [{ name: "Bronze" }, { name: "Silver", sales_at_least: 20_000 }],
      ...{ window_months: null, counts: "at_once", demotion: "window" },
    },
  });
  const refund = { type: "refund", occurred_at: at(daysAgo(1)) };
  await paid(1, { ...refund, refund: "re_1", amount: 3_333 });
  await paid(4, { ...refund, refund: "re_2", amount: 9_900 });
  let before = await ledgers();
  const random = createRandom(seed);
  const decisions = [
    { affiliate: rookie, scope: "all" },
    { affiliate: null, scope: "conversion" },
    ...Array.from({ length: runs({ deep: 40, quick: 8 }) }, () => pickDecision(random, names)),
  ];
  const kinds = new Set<string>();
  for (const [round, decision] of decisions.entries()) {
    const conversion = ids[random.below(ids.length)] ?? "";
    const said = (await preview(conversion, decision)).json;
    const { json } = await credit(conversion, decision);
    const after = await ledgers();
    const context = `seed ${seed}, round ${round}: ${JSON.stringify(decision)} of ${ids.indexOf(conversion)}`;
    expect(said.changed, context).toBe(json.changed);
    expect(inOrder(said.amounts), context).toEqual(inOrder(changesBetween(before, after)));
    for (const { kind } of said.amounts) kinds.add(kind);
    before = after;
  }
  expect([...kinds].sort()).toEqual(["bonus", "commission", "override"]);
});

function pickDecision(random: Random, names: readonly string[]) {
  const affiliate = random.below(4) === 0 ? null : (names[random.below(names.length)] ?? null);
  return { affiliate, scope: ["conversion", "future", "all"][random.below(3)] ?? "all" };
}

test("a preview of a dispute equals what the dispute changes", async () => {
  const { b, ids, ledgers } = await subscribed(3);
  const [, second = ""] = ids;
  const before = await ledgers();
  const body = { affiliate: b.username, reason: "B was first" };
  const said = (await admin("POST", `/v1/conversions/${second}/disputes/preview`, body)).json;
  expect(await ledgers()).toEqual(before);
  const { json } = await post(`/v1/conversions/${second}/disputes`, body);
  expect([said.changed, said.moved]).toEqual([json.changed, { this: true, earlier: 1, later: 1 }]);
  expect(inOrder(said.amounts)).toEqual(inOrder(changesBetween(before, await ledgers())));
});

describe("a preview of a sale entered by hand", () => {
  test("equals what the sale changes, also for a new customer, and stores nothing", async () => {
    const { program, rookie, boss, ids, ledgers } = await subscribed(2);
    const sold = { program, affiliate: rookie, amount: 50_000, currency: "USD", reason: "By invoice" };
    const sales = [
      // Of the customer who is known, before its subscription; and of one who isn't.
      { ...sold, customer: "cus_1", payment: "inv_1", occurred_at: at(daysAgo(400)), subscription },
      { ...sold, customer: "cus_new", payment: "inv_2", occurred_at: at(daysAgo(1)), email: "new@example.com" },
    ];
    for (const body of sales) {
      const tables = ["known_names", "customers", "conversions", "audit_entries"];
      const counts = () =>
        env.DB.batch(tables.map((table) => env.DB.prepare(`SELECT count(*) AS n FROM ${table}`))).then((all) =>
          all.map(({ results }) => results[0]),
        );
      const before = await ledgers();
      const stored = await counts();
      const { status, json: said } = await admin("POST", "/v1/conversions/preview", body);
      expect([status, said.affiliate]).toEqual([200, rookie]);
      expect(await counts()).toEqual(stored);
      const { json } = await post("/v1/conversions", body);
      expect(json.attributed_to).toBe(rookie);
      await relayAll(program, json.id ?? ids[0]);
      expect(inOrder(said.amounts)).toEqual(inOrder(changesBetween(before, await ledgers())));
      expect(said.amounts).toContainEqual(expect.objectContaining({ affiliate: boss, kind: "override" }));
      expect(said.conversions).toContainEqual(expect.objectContaining({ id: json.id, from: null, to: rookie }));
    }
  });

  test("is refused like the sale", async () => {
    const { program, a, ids } = await subscribed(1);
    const body = {
      ...{ program, affiliate: a.username, customer: "cus_1", payment: "pay_0", amount: 100, currency: "USD" },
      ...{ occurred_at: at(daysAgo(1)), reason: "By invoice" },
    };
    const cases: [Record<string, unknown>, unknown[]][] = [
      [{}, [409, "payment_exists", "payment"]],
      [{ payment: "inv_1", email: `${a.username}@example.com` }, [409, "own_purchase", "affiliate"]],
      [{ payment: "inv_1", occurred_at: at(Date.now() + DAY) }, [422, "invalid_occurred_at", "occurred_at"]],
      [{ payment: "inv_1", affiliate: "nobody" }, [422, "affiliate_not_found", "affiliate"]],
      [{ payment: "inv_1", amount: 0 }, [422, "invalid_amount", "amount"]],
    ];
    for (const [change, expected] of cases) {
      expect(await refused(admin("POST", "/v1/conversions/preview", { ...body, ...change }))).toEqual(expected);
    }
    expect((await admin("GET", `/v1/conversions?program=${program}`)).json.data).toHaveLength(ids.length);
  });
});
