/** Lemon Squeezy's first invoices: the order's payment without a trial, and a payment of its own after one. */
import { describe, expect, test } from "vitest";
import orderCreated from "../fixtures/lemonsqueezy/order-created.json";
import freeOrder from "../fixtures/lemonsqueezy/order-created-free.json";
import created from "../fixtures/lemonsqueezy/subscription-created.json";
import onTrial from "../fixtures/lemonsqueezy/subscription-created-on-trial.json";
import initialPaid from "../fixtures/lemonsqueezy/subscription-payment-success-initial.json";
import renewalPaid from "../fixtures/lemonsqueezy/subscription-payment-success-renewal.json";
import { runMinute } from "../support/run-cron.ts";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, eventually, send, setUp } from "../support/story.ts";
import { signLemonSqueezy } from "../webhooks/providers/lemon-squeezy/signer.ts";

const MINUTE = 60_000;

async function openStore() {
  const { program, a } = await setUp({ affiliates: 1 });
  const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "lemonsqueezy" });
  const token = await signTokenAt(a.slug, Date.UTC(2026, 0, 2));
  const post = async (event: { meta: object }) => {
    const body = JSON.stringify({ ...event, meta: { ...event.meta, custom_data: { lc_click: token } } });
    const response = await send(endpoint.url, {
      method: "POST",
      ...(await signLemonSqueezy(body, { secret: endpoint.secret })),
    });
    expect(response.ok).toBe(true);
    return JSON.parse(await response.text());
  };
  const sales = async () => {
    const { json } = await admin("GET", `/v1/conversions?program=${program}`);
    return json.data.filter(({ type }: { type: string }) => type === "sale");
  };
  return { a, post, sales };
}

function permute<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permute(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

/** An invoice of the subscription with a trial. */
function trialInvoice(invoice: typeof initialPaid | typeof renewalPaid, created_at: string) {
  const attributes = { ...invoice.data.attributes, subscription_id: 1131970, customer_id: 4480017, created_at };
  return { ...invoice, data: { ...invoice.data, attributes } };
}

describe("without a trial", () => {
  const events = { order: orderCreated, created, invoice: initialPaid };
  test.each(permute(["order", "created", "invoice"] as const))("one sale in the order %s, %s, %s", async (...order) => {
    const { a, post, sales } = await openStore();
    for (const name of order) await post(events[name]);
    await runMinute(Date.now() + 11 * MINUTE);
    await post(renewalPaid);
    await runMinute(Date.now() + 22 * MINUTE);
    await eventually(async () => {
      const found = await sales();
      expect(found.map(({ payment }: { payment: string }) => payment).sort()).toEqual([
        "invoice-3311842",
        "order-5294423",
      ]);
      for (const sale of found) expect(sale).toMatchObject({ attributed_to: a.username });
    });
  });

  test("an invoice whose subscription is never reported is no second sale", async () => {
    const { post, sales } = await openStore();
    await post(orderCreated);
    expect(await post(initialPaid)).toMatchObject({ status: "waiting" });
    await post(renewalPaid);
    await runMinute(Date.now() + 11 * MINUTE);
    await eventually(async () => expect(await sales()).toHaveLength(2));
  });
});

test.each([["initial", initialPaid] as const, ["renewal", renewalPaid] as const])(
  "the first invoice after a trial is a sale, with the billing reason %s",
  async (_, invoice) => {
    const { a, post, sales } = await openStore();
    await post(freeOrder);
    await post(onTrial);
    await post(trialInvoice(invoice, "2026-01-18T19:20:31.000000Z"));
    await eventually(async () => {
      const subscription = { status: "recorded", subscription: "1131970", attributed_to: a.username };
      expect(await sales()).toMatchObject([subscription]);
    });
  },
);

test("an invoice for the setup of a trial is the order's payment, not another sale", async () => {
  const { post, sales } = await openStore();
  await post(freeOrder);
  await post(onTrial);
  expect(await post(trialInvoice(initialPaid, "2026-01-04T19:20:05.000000Z"))).toMatchObject({ status: "waiting" });
  await runMinute(Date.now() + 11 * MINUTE);
  expect(await sales()).toEqual([]);
});
