/** Events without a customer find it by an identifier, or wait until one is recorded. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { listDeliveries, openPostback } from "../support/deliveries.ts";
import { runMinute } from "../support/run-cron.ts";
import { admin, click, eventually, postEvent, send, setUp } from "../support/story.ts";
import { PROVIDER_SALES } from "./provider-requests.ts";

describe("a refund without a customer", () => {
  test("finds its customer by the payment", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    const post = await openPostback(program);
    const { token } = await click(a.slug);
    const sold = await post({ click_id: token, txid: "1001", amount: "99.00", event: "sale" });
    expect(sold.json).toMatchObject({ status: "recorded", attributed_to: a.username });
    const refund = await post({ txid: "1001", refund_id: "r1", amount: "33.00", event: "refund" });
    expect(refund).toMatchObject({ status: 200, json: { status: "recorded", conversion: sold.json.conversion } });
    await eventually(async () => {
      const { json } = await admin("GET", `/v1/conversions/${sold.json.conversion}`);
      expect(json).toMatchObject({ status: "refunded", amount: 9_900, refunded: 3_300 });
    });
  });

  test("waits for its sale, and is recorded when the sale arrives", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    const post = await openPostback(program);
    const early = await post({ txid: "1001", refund_id: "r1", amount: "99.00", event: "refund" });
    expect(early).toMatchObject({ status: 202, json: { status: "waiting", reason: "payment_unknown" } });
    const { json } = await post({
      click_id: (await click(a.slug)).token,
      txid: "1001",
      amount: "99.00",
      event: "sale",
    });
    await eventually(async () => {
      expect((await admin("GET", `/v1/conversions/${json.conversion}`)).json).toMatchObject({ refunded: 9_900 });
      expect((await listDeliveries(program)).map((row) => row.outcome)).toEqual(["recorded", "recorded"]);
    });
  });

  test("is retried by the cron where the sale didn't trigger its retry", async () => {
    const { program } = await setUp({ affiliates: 1 });
    const post = await openPostback(program);
    await post({ txid: "1001", amount: "99.00", event: "sale" });
    await post({ txid: "1001", refund_id: "r1", amount: "99.00", event: "refund" });
    await env.DB.batch([
      env.DB.prepare("UPDATE deliveries SET status = 'waiting' WHERE id = (SELECT max(id) FROM deliveries)"),
      env.DB.prepare(
        "INSERT INTO delivery_waits (program_id, name, delivery_id) SELECT program_id, 'payment:1001', max(id) FROM deliveries",
      ),
    ]);
    await runMinute(Date.now());
    expect((await listDeliveries(program)).map((row) => row.outcome)).toEqual(["duplicate", "recorded"]);
  });

  test("does not find another program's payment with the same id", async () => {
    const [one, other] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
    await (await openPostback(one.program))({ txid: "1001", amount: "99.00", event: "sale" });
    const refund = await (await openPostback(other.program))({
      txid: "1001",
      refund_id: "r1",
      amount: "99.00",
      event: "refund",
    });
    expect(refund.json.status).toBe("waiting");
  });
});

test("a generic event refunds a provider's payment by the provider's payment id", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const gumroad = PROVIDER_SALES.find(({ source }) => source === "gumroad");
  if (gumroad === undefined) throw new Error("gumroad has a sale");
  const { json: gumroadEndpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "gumroad" });
  const { headers = {}, body = "" } = await gumroad.sign(gumroad.body, gumroadEndpoint);
  const sold = await send(gumroadEndpoint.url, { method: "POST", headers, body });
  const { conversion } = await sold.json<{ conversion: string }>();
  const { json: before } = await admin("GET", `/v1/conversions/${conversion}`);
  const refund = await postEvent(endpoint, {
    type: "refund",
    occurred_at: new Date().toISOString(),
    customer: { email: "someone.else@example.com" },
    payment: `gumroad:${before.payment}`,
    refund: "by-hand-1",
    amount: 100,
    currency: before.currency,
  });
  expect(refund.json).toMatchObject({ status: "recorded", conversion });
  await eventually(async () => {
    expect((await admin("GET", `/v1/conversions/${conversion}`)).json).toMatchObject({
      refunded: 100,
      status: "refunded",
    });
  });
});
