import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, conversionThat, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

const DAY = 86_400_000;
const daysAgo = (days: number) => Date.now() - days * DAY;
const at = (ms: number) => new Date(ms).toISOString();

/** Terms like Kartra's: 30 days to dispute, and a subscription keeps its affiliate. */
const TERMS = { binds_to: "subscription", dispute_days: 30 };

const subscription = { id: "sub_1", interval: "month" };
const customer = { id: "cus_1" };

async function dispute(conversion: string, body: unknown, key: string | null = "key-1") {
  const headers = { Authorization: `Bearer ${env.ADMIN_TOKEN}`, ...(key !== null && { "Idempotency-Key": key }) };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await send(`/v1/conversions/${conversion}/disputes`, init);
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
  return { status: response.status, json: (await response.json()) as any };
}

const refused = async (...of: Parameters<typeof dispute>) => {
  const { status, json } = await dispute(...of);
  return [status, json.code, json.field ?? null];
};

const ledger = async (program: string, username: string): Promise<{ kind: string; amount: number }[]> =>
  (await admin("GET", `/v1/programs/${program}/affiliates/${username}/entries`)).json.data;

const sum = (entries: readonly { amount: number }[]) => entries.reduce((total, { amount }) => total + amount, 0);

/** A subscription that A sold the given number of days ago. */
async function sold(days: number, terms: Record<string, unknown> = TERMS) {
  const story = await setUp({ program: { terms } });
  const token = await signTokenAt(story.a.slug, daysAgo(days + 1));
  const first = sale({ customer, subscription, click: token, occurred_at: at(daysAgo(days)) });
  const { json } = await postEvent(story.endpoint, first);
  expect(json).toMatchObject({ attributed_to: story.a.username, reason: "last_click" });
  await conversionThat(json.conversion, { attributed_to: story.a.username, entries: [{ kind: "commission" }] });
  const renew = (ago: number) =>
    postEvent(story.endpoint, sale({ customer, subscription, occurred_at: at(daysAgo(ago)) }));
  return { ...story, conversion: json.conversion as string, renew };
}

describe("a dispute on the twentieth day", () => {
  test("moves a subscription's payments, including later ones, to the named affiliate", async () => {
    const { program, a, b, conversion, renew } = await sold(20);
    const renewal = await renew(5);
    expect(renewal.json).toMatchObject({ attributed_to: a.username, reason: "bound" });
    await eventually(async () => expect(await ledger(program, a.username)).toHaveLength(2));

    const reason = "B held the demo on 3 May";
    const named = { affiliate: b.username, reason };
    expect(await dispute(conversion, named)).toEqual({ status: 200, json: { conversion, ...named, changed: 2 } });
    await eventually(async () => {
      const [lost, won] = [await ledger(program, a.username), await ledger(program, b.username)];
      expect(lost.map(({ kind }) => kind).sort()).toEqual(["commission", "commission", "reversal", "reversal"]);
      expect(won.map(({ kind }) => kind)).toEqual(["commission", "commission"]);
      expect([sum(lost), sum(won)]).toEqual([0, 7_920]);
    });
    for (const id of [conversion, renewal.json.conversion]) {
      const { explanation } = await conversionThat(id, { attributed_to: b.username, reason: "dispute" });
      expect(explanation.dispute).toMatchObject({ affiliate: b.username, reason });
      expect(explanation.text).toContain(reason);
      expect(explanation.touches).toMatchObject([
        { affiliate: b.username, source: "dispute", outcome: "chosen" },
        { affiliate: a.username, source: "click", outcome: "overruled" },
      ]);
    }

    const again = await dispute(conversion, named);
    expect(again).toEqual({ status: 200, json: { conversion, ...named, changed: 0 } });
    const later = await renew(0);
    expect(later.json).toMatchObject({ attributed_to: b.username, reason: "dispute" });
    await conversionThat(later.json.conversion, { entries: [{ kind: "commission" }] });
    expect([await ledger(program, a.username), await ledger(program, b.username)].map((all) => all.length)).toEqual([
      4, 3,
    ]);
  });

  test("is overruled by a later decision with another key", async () => {
    const { a, b, conversion } = await sold(20);
    await dispute(conversion, { affiliate: b.username, reason: "A mistake" }, "key-1");
    await conversionThat(conversion, { attributed_to: b.username });
    const back = { affiliate: a.username, reason: "It was A's after all" };
    expect((await dispute(conversion, back, "key-2")).json.changed).toBe(1);
    await conversionThat(conversion, { attributed_to: a.username, explanation: { dispute: back } });
  });

  test("finds a customer that was merged with another one", async () => {
    const { b, endpoint, conversion } = await sold(20);
    const key = await env.DB.prepare("SELECT customer_key FROM conversions WHERE id = ?").bind(conversion).first();
    const from = env.CUSTOMERS.getByName(String(key?.customer_key));
    const into = `${String(key?.customer_key)}-merged`;
    await from.handOver(into);
    const named = { affiliate: b.username, reason: "Before the customers were merged" };
    expect((await dispute(conversion, named)).json).toMatchObject({ changed: 1 });
    await conversionThat(conversion, { attributed_to: b.username });
    const later = await postEvent(endpoint, sale({ customer, subscription }));
    expect(later.json).toMatchObject({ attributed_to: b.username, reason: "dispute" });
  });
});

describe("a dispute is refused without any change", () => {
  test("on the thirty-first day, but not on the thirtieth", async () => {
    const late = await sold(31);
    const named = (username: string) => ({ affiliate: username, reason: "Too late" });
    expect(await refused(late.conversion, named(late.b.username))).toEqual([409, "dispute_too_late", null]);
    await conversionThat(late.conversion, { attributed_to: late.a.username });
    // The first payment's date counts, not the named payment's.
    const renewal = await late.renew(1);
    await conversionThat(renewal.json.conversion, { attributed_to: late.a.username });
    expect(await refused(renewal.json.conversion, named(late.b.username))).toEqual([409, "dispute_too_late", null]);
    const inTime = await sold(29.9);
    expect((await dispute(inTime.conversion, named(inTime.b.username))).status).toBe(200);
  });

  test("where the terms allow no disputes", async () => {
    const { b, conversion } = await sold(1, { binds_to: "subscription" });
    const named = { affiliate: b.username, reason: "Never" };
    expect(await refused(conversion, named)).toEqual([409, "disputes_not_allowed", null]);
  });

  test("for an affiliate that is unknown, not enrolled or not approved, an invalid body, or a missing key", async () => {
    const { program, a, b, conversion } = await sold(1);
    const other = await setUp();
    const named = { affiliate: b.username, reason: "Why" };
    const cases: [unknown, unknown[]][] = [
      [{ ...named, affiliate: "nobody" }, [422, "affiliate_not_found", "affiliate"]],
      [{ ...named, affiliate: other.a.username }, [422, "affiliate_not_enrolled", "affiliate"]],
      [{ ...named, reason: "  " }, [422, "invalid_reason", "reason"]],
      [{ ...named, reason: "x".repeat(501) }, [422, "invalid_reason", "reason"]],
      [{ ...named, reason: "a\nb" }, [422, "invalid_reason", "reason"]],
      [{ affiliate: b.username }, [422, "invalid_reason", "reason"]],
      [{ ...named, days: 3 }, [422, "unknown_field", "days"]],
    ];
    for (const [body, expected] of cases) expect(await refused(conversion, body)).toEqual(expected);
    await admin("PATCH", `/v1/programs/${program}/enrollments/${b.username}`, { status: "suspended" });
    expect(await refused(conversion, named)).toEqual([422, "affiliate_not_approved", "affiliate"]);
    expect(await refused(conversion, named, null)).toEqual([400, "idempotency_key_missing", "Idempotency-Key"]);
    const long = "k".repeat(256);
    expect(await refused(conversion, named, long)).toEqual([422, "invalid_idempotency_key", "Idempotency-Key"]);
    const nowhere = `cv_${"0".repeat(32)}`;
    expect(await refused(nowhere, named)).toEqual([404, "conversion_not_found", null]);
    await conversionThat(conversion, { attributed_to: a.username, explanation: { dispute: null } });
  });

  test("for a refund that waits for its sale, and for a conversion projected by an older version", async () => {
    const { b, endpoint, conversion } = await sold(1);
    const named = { affiliate: b.username, reason: "Why" };
    const refund = { ...sale({ customer }), type: "refund", refund: "re_1" };
    const waiting = (await postEvent(endpoint, refund)).json.conversion;
    await conversionThat(waiting, { status: "waiting" });
    expect(await refused(waiting, named)).toEqual([404, "conversion_not_found", null]);
    await env.DB.prepare("UPDATE conversions SET customer_key = '' WHERE id = ?").bind(conversion).run();
    expect(await refused(conversion, named)).toEqual([409, "customer_unknown", null]);
  });
});
