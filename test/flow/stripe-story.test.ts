/** The four events of one Stripe purchase, each incomplete, in every order. */
import { expect, test } from "vitest";
import sessionCompleted from "../fixtures/stripe/checkout-session-completed-subscription.json?raw";
import invoicePaid from "../fixtures/stripe/invoice-paid-first.json?raw";
import invoicePaymentPaid from "../fixtures/stripe/invoice-payment-paid.json?raw";
import refundCreated from "../fixtures/stripe/refund-created.json?raw";
import { listDeliveries } from "../support/deliveries.ts";
import { isDeep } from "../support/random.ts";
import { runMinute } from "../support/run-cron.ts";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, eventually, send, setUp } from "../support/story.ts";
import { STRIPE_SECRET, signStripe } from "../webhooks/providers/stripe/signer.ts";

const HOUR = 3_600_000;
const FIXTURE_CLICK = JSON.parse(sessionCompleted).data.object.client_reference_id as string;
/** Only the checkout session has the click. */
const EVENTS = {
  checkout: sessionCompleted,
  invoice: invoicePaid.replaceAll(`"lc_click": "${FIXTURE_CLICK}"`, '"plan": "pro"'),
  alias: invoicePaymentPaid,
  refund: refundCreated,
};
type Name = keyof typeof EVENTS;

function permute<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permute(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

test("the sale is credited to the checkout's click and refunded, in every order of arrival", {
  tags: ["deep"],
}, async () => {
  // The customers of all orders come by one click.
  const { program, a } = await setUp({ affiliates: 1, program: { terms: { customers_per_click: 100 } } });
  const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, {
    source: "stripe",
    secret: STRIPE_SECRET,
  });
  const begunAt = JSON.parse(sessionCompleted).data.object.created * 1_000;
  const token = await signTokenAt(a.slug, begunAt - HOUR);
  expect(EVENTS.invoice).not.toContain(FIXTURE_CLICK);
  const post = async (name: Name, number: number) => {
    // Each order has its own customer, payments and events.
    const body = EVENTS[name]
      .replaceAll(FIXTURE_CLICK, token)
      .replaceAll(/\b(?:cus|in|inpay|pi|re|sub|evt|cs_live|ch|py)_[A-Za-z0-9]+/g, `$&n${number}`);
    const { method, headers } = await signStripe(body, { now: Date.now() });
    const answer = await send(`/v1/webhooks/${endpoint.id}`, { method, headers, body });
    expect(answer.status, `${name}: ${await answer.clone().text()}`).toBeLessThan(300);
  };
  // In the quick run, every fifth: each event comes first, and last, at least once.
  const orders = permute(Object.keys(EVENTS) as Name[]).filter((_, n) => isDeep || n % 5 === 0);
  for (const [number, order] of orders.entries()) for (const name of order) await post(name, number);
  await runMinute(Date.now());
  await eventually(async () => {
    const log = await listDeliveries(program, "?limit=200");
    expect(log.filter((row) => row.outcome === "waiting")).toEqual([]);
    const { json } = await admin("GET", `/v1/conversions?program=${program}&limit=200`);
    expect(json.data).toHaveLength(orders.length);
    const [first] = json.data;
    expect(first).toMatchObject({ attributed_to: a.username, status: "refunded", refunded: expect.any(Number) });
    expect(first.refunded).toBeGreaterThan(0);
    expect(first.refunded).toBeLessThan(first.amount);
    for (const { attributed_to, status, amount, refunded } of json.data) {
      expect({ attributed_to, status, amount, refunded }).toEqual({
        attributed_to: a.username,
        status: "refunded",
        amount: first.amount,
        refunded: first.refunded,
      });
    }
  });
});
