/** Events are assigned to customers by the identifiers that they share: payments, subscriptions, related ids, addresses. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import lemonOrder from "../fixtures/lemonsqueezy/order-created.json?raw";
import lemonCreated from "../fixtures/lemonsqueezy/subscription-created.json?raw";
import lemonRefunded from "../fixtures/lemonsqueezy/subscription-payment-refunded-initial.json?raw";
import captureCompleted from "../fixtures/paypal/capture-completed.json?raw";
import orderApproved from "../fixtures/paypal/order-approved.json?raw";
import { listDeliveries, openPostback } from "../support/deliveries.ts";
import { runMinute } from "../support/run-cron.ts";
import { admin, click, eventually, postEvent, sale, send, setUp } from "../support/story.ts";
import { signLemonSqueezy } from "../webhooks/providers/lemon-squeezy/signer.ts";
import { PAYPAL_CERTIFICATES, signPaypal } from "../webhooks/providers/paypal/signer.ts";

const MINUTE = 60_000;
const PAYPAL_WEBHOOK = "8PT597110X687430LKGECATA";

beforeEach(() => {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const certificate = PAYPAL_CERTIFICATES[String(input instanceof Request ? input.url : input)];
    return certificate === undefined ? new Response(null, { status: 404 }) : new Response(certificate);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function openEndpoint(program: string, body: Record<string, unknown>) {
  const { status, json } = await admin("POST", `/v1/programs/${program}/endpoints`, body);
  expect(status, JSON.stringify(json)).toBe(201);
  return json as { id: string; url: string; secret: string };
}

const conversionsOf = async (program: string) => (await admin("GET", `/v1/conversions?program=${program}`)).json.data;

function permute<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permute(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

test.each(permute(["order", "created", "refunded"]))(
  "a first payment with two ids is one payment, refunded, in the order %s, %s, %s",
  async (...order) => {
    const bodies: Record<string, string> = { order: lemonOrder, created: lemonCreated, refunded: lemonRefunded };
    const { program } = await setUp({ affiliates: 1 });
    const endpoint = await openEndpoint(program, { source: "lemonsqueezy" });
    for (const name of order) {
      const { headers, body } = await signLemonSqueezy(bodies[name] ?? "", { secret: endpoint.secret });
      expect((await send(endpoint.url, { method: "POST", headers, body })).ok).toBe(true);
    }
    await runMinute(Date.now());
    await eventually(async () => {
      const sales = (await conversionsOf(program)).filter((row: { type: string }) => row.type === "sale");
      expect(sales).toMatchObject([{ status: "refunded", payment: "order-5294423" }]);
      expect(sales[0].refunded).toBe(sales[0].amount);
    });
  },
);

describe("a payment without a customer", () => {
  const post = async (endpoint: { id: string }, given: string) => {
    const { headers, body } = await signPaypal(given, { webhook_id: PAYPAL_WEBHOOK, at: Date.now() });
    return (await send(`/v1/webhooks/${endpoint.id}`, { method: "POST", headers, body })).json<{ status: string }>();
  };
  const customers = async (program: string) =>
    (
      await env.DB.prepare(
        "SELECT DISTINCT customer_key FROM known_names WHERE program_id = (SELECT id FROM programs WHERE slug = ?)",
      )
        .bind(program)
        .all<{ customer_key: string }>()
    ).results.map((row) => row.customer_key);

  test.each([
    ["before", [captureCompleted, orderApproved]],
    ["after", [orderApproved, captureCompleted]],
  ])("is assigned to the buyer if it arrives %s the event that has the buyer", async (_, bodies) => {
    const { program } = await setUp({ affiliates: 1 });
    const endpoint = await openEndpoint(program, { source: "paypal", secret: PAYPAL_WEBHOOK });
    for (const body of bodies) await post(endpoint, body);
    await runMinute(Date.now());
    await eventually(async () => expect(await conversionsOf(program)).toHaveLength(1));
    expect(await customers(program)).toEqual([expect.stringContaining(":id:paypal:")]);
  });

  test("gets its own customer after ten minutes without such an event", async () => {
    const { program } = await setUp({ affiliates: 1 });
    const endpoint = await openEndpoint(program, { source: "paypal", secret: PAYPAL_WEBHOOK });
    expect((await post(endpoint, captureCompleted)).status).toBe("waiting");
    await runMinute(Date.now() + 9 * MINUTE);
    expect(await listDeliveries(program)).toMatchObject([{ outcome: "waiting" }]);
    await runMinute(Date.now() + 10 * MINUTE + 1_000);
    expect(await listDeliveries(program)).toMatchObject([{ outcome: "recorded" }]);
    await eventually(async () => expect(await conversionsOf(program)).toHaveLength(1));
  });
});

test("a customer with an id and an email address is found by the address alone", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const { secret } = await openEndpoint(program, { source: "firstpromoter" });
  const track = (call: string, body: unknown) =>
    send(`/api/v2/track/${call}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${secret}` },
      body: JSON.stringify(body),
    });
  const { token } = await click(a.slug);
  await track("signup", { uid: "u1", email: "Jo@Example.com", tid: token });
  const sold = await track("sale", { email: "jo@example.com", event_id: "inv1", amount: 5_000 });
  expect(await sold.json()).toMatchObject({ attributed_to: a.username });
  const rows = await env.DB.prepare("SELECT id FROM webhook_events UNION ALL SELECT name FROM known_names").all<{
    id: string;
  }>();
  expect(JSON.stringify(rows.results).toLowerCase()).not.toContain("example.com");
});

test("a signup identified by its email address is recorded once, in any spelling", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { secret } = await openEndpoint(program, { source: "firstpromoter" });
  const signUp = (email: string) =>
    send("/api/v2/track/signup", {
      method: "POST",
      headers: { Authorization: `Bearer ${secret}` },
      body: JSON.stringify({ email }),
    });
  await signUp("ann@example.com");
  await signUp("ben@example.com");
  await signUp("Ann@Example.com");
  expect((await listDeliveries(program)).map((row) => row.outcome)).toEqual(["duplicate", "recorded", "recorded"]);
});

test("an identifier of a refused event is not recorded", async () => {
  const { a, b, endpoint } = await setUp();
  const payment = "pay_1";
  await postEvent(endpoint, sale({ customer: { id: "one" }, payment, click: (await click(a.slug)).token }));
  const subscription = { id: "sub_2" };
  const refused = await postEvent(endpoint, sale({ customer: { id: "two" }, payment, amount: 1, subscription }));
  expect(refused.status).toBe(409);
  const token = (await click(b.slug)).token;
  const own = await postEvent(
    endpoint,
    sale({ customer: { id: "two" }, payment: "pay_2", subscription, click: token }),
  );
  expect(own.json).toMatchObject({ attributed_to: b.username, reason: "last_click" });
});

describe("a waiting delivery", () => {
  test("is handled even if its adapter parses it differently by now", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    const post = await openPostback(program);
    await post({ txid: "1", refund_id: "r1", amount: "99.00", event: "refund" });
    await env.DB.prepare("UPDATE webhook_events SET digest = 'of another adapter' WHERE id LIKE 'refund:1%'").run();
    await post({ click_id: (await click(a.slug)).token, txid: "1", amount: "99.00", event: "sale" });
    await eventually(async () =>
      expect((await listDeliveries(program)).map((row) => row.outcome)).toEqual(["recorded", "recorded"]),
    );
  });

  test("is found without scanning the log", async () => {
    const plan = async (sql: string) =>
      (await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`).all<{ detail: string }>()).results
        .map((row) => row.detail)
        .join("\n");
    const plans = await Promise.all([
      plan(
        "SELECT DISTINCT delivery_id FROM delivery_waits w WHERE EXISTS (SELECT 1 FROM known_names k WHERE k.program_id = w.program_id AND k.name = w.name) LIMIT 25",
      ),
      plan("SELECT id FROM deliveries WHERE next_at IS NOT NULL AND next_at <= 1 ORDER BY next_at LIMIT 25"),
      plan("UPDATE deliveries SET next_at = NULL WHERE next_at IS NOT NULL AND +id < 'dl_1'"),
    ]);
    expect(plans.join("\n")).not.toMatch(
      /SCAN (deliveries|known_names)(?! USING (COVERING )?INDEX deliveries_due)|deliveries USING PRIMARY/,
    );
  });
});

test("an event received in test mode stays in test mode when it is replayed, even if the endpoint no longer is", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const endpoint = await openEndpoint(program, { source: "standard", test: true });
  const { json } = await postEvent(endpoint, sale());
  await admin("PATCH", `/v1/programs/${program}/endpoints/${endpoint.id}`, { test: false });
  const [row] = await listDeliveries(program);
  expect(row).toMatchObject({ test: true });
  const replayed = await admin("POST", `/v1/programs/${program}/deliveries/${row?.id}/replay`);
  expect(replayed.json).toMatchObject({ status: "duplicate", conversion: json.conversion });
  expect(await conversionsOf(program)).toEqual([]);
});

test("a test-mode payment and a live one with the same id are separate", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const inTest = await openEndpoint(program, { source: "standard", test: true });
  const event = sale({ payment: "pay_1" });
  const [tested, real] = [
    await postEvent(inTest, { ...event, customer: { id: "one" } }),
    await postEvent(endpoint, { ...event, customer: { id: "two" } }),
  ];
  expect(real.json.status).toBe("recorded");
  expect(real.json.conversion).not.toBe(tested.json.conversion);
  expect(
    await eventually(async () => {
      const rows = await conversionsOf(program);
      expect(rows).toHaveLength(1);
      return rows[0].test;
    }),
  ).toBe(false);
});

test("unsafe methods are refused", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { id, secret } = await openEndpoint(program, { source: "postback" });
  const path = `/v1/postback?endpoint=${id}&key=${secret}&txid=1&amount=1&currency=USD`;
  for (const method of ["HEAD", "PUT"]) {
    const answer = await send(path, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, POST"]);
  }
  expect(await listDeliveries(program)).toEqual([]);
  expect((await send("/api/v2/track/sale")).status).toBe(405);
  const wrong = { Authorization: "Bearer ep_none.wrong" };
  expect((await send("/api/v2/track/sale", { method: "POST", headers: wrong, body: "{}" })).status).toBe(401);
});
