import { describe, expect, test } from "vitest";
import { findMissingPurposes, listEventTypes } from "../../src/webhooks/expected-events.ts";
import type { SignedRequest } from "../../src/webhooks/provider.ts";
import { providers } from "../../src/webhooks/providers.ts";
import { requestWith } from "./adapter.ts";

const json = (fields: object) => requestWith({ body: JSON.stringify(fields) });
const form = (fields: Record<string, string>) => requestWith({ body: new URLSearchParams(fields).toString() });

/** A request of a type with nothing but the type in it. */
const REQUESTS: Readonly<Record<string, (type: string) => SignedRequest>> = {
  bigcommerce: (scope) => json({ scope, hash: "h" }),
  braintree: (kind) => {
    const xml = `<notification><kind>${kind}</kind><timestamp>2026-01-01T00:00:00Z</timestamp></notification>`;
    return form({ bt_signature: "k|s", bt_payload: btoa(xml) });
  },
  chargebee: (event_type) => json({ id: "ev_1", event_type }),
  clickfunnels: (event_type) => json({ event_type, event_id: "ev_1" }),
  creem: (eventType) => json({ eventType, id: "ev_1" }),
  dodopayments: (type) => ({ ...json({ type }), headers: new Headers({ "webhook-id": "msg_1" }) }),
  fastspring: (type) => json({ events: [{ id: "ev_1", type, live: true }] }),
  firstpromoter: (path) => requestWith({ path, body: "{}" }),
  gumroad: (resource_name) => form({ resource_name }),
  kajabi: (event) => json({ id: "1", type: "hook", event }),
  kartra: (transaction_type) => form({ transaction_type }),
  lemonsqueezy: (event_name) => json({ meta: { event_name } }),
  paddle: (event_type) => json({ event_type, event_id: "evt_1" }),
  paddle_classic: (alert_name) => form({ alert_name, alert_id: "1" }),
  paypal: (event_type) => json({ id: "WH-1", event_type }),
  polar: (type) => ({ ...json({ type }), headers: new Headers({ "webhook-id": "evt_1" }) }),
  postback: (event) => form({ event }),
  recurly: (type) => {
    const [object_type, event_type] = type.split(".");
    return json({ id: "r1", object_type, event_type, event_time: "2026-01-01T00:00:00Z" });
  },
  revenuecat: (type) => json({ event: { id: "ev_1", type } }),
  shopify: (topic) => ({
    ...json({}),
    headers: new Headers({ "x-shopify-topic": topic, "x-shopify-shop-domain": "a.b" }),
  }),
  standard: (type) => ({ ...json({ type }), headers: new Headers({ "webhook-id": "msg_1" }) }),
  stripe: (type) => json({ id: "evt_1", type }),
  thrivecart: (event) => form({ event }),
  woocommerce: (topic) => ({ ...json({}), headers: new Headers({ "x-wc-webhook-topic": topic }) }),
};

/** How an adapter parses a request of a type: it reads its content, or it ignores the type. */
function handle(source: string, type: string): "reads" | "ignores" {
  const request = REQUESTS[source]?.(type);
  if (request === undefined) throw new Error(`there is no request of ${source}`);
  try {
    const { events, ignored } = providers.get(source)?.parse(request, { currency: "USD" }) ?? { events: [] };
    return events.length > 0 || ignored !== undefined ? "reads" : "ignores";
  } catch {
    return "reads";
  }
}

/** Their adapters refuse other types, or explain what they need, instead of ignoring them. */
const REFUSING = ["firstpromoter", "standard", "postback"];
/** Kajabi's types with a dot are those of its settings, which are explained. */
const UNKNOWN_TYPES: Readonly<Record<string, string>> = { kajabi: "another_type" };

describe.each([...providers.keys()])("%s", (source) => {
  const expected = listEventTypes(source, []);

  test("has a type for sales, and each type once", () => {
    const types = expected.map(({ type }) => type);
    expect(expected.map(({ purpose }) => purpose)).toContain("sale");
    expect(new Set(types).size).toBe(types.length);
  });

  test("reads every expected type", () => {
    const ignored = expected.filter(({ type }) => handle(source, type) === "ignores").map(({ type }) => type);
    expect(ignored).toEqual([]);
    if (!REFUSING.includes(source)) expect(handle(source, UNKNOWN_TYPES[source] ?? "another.type")).toBe("ignores");
  });
});

test("each type of a delivery of several events has arrived", () => {
  const received = [
    { type: "order.completed, subscription.activated", deliveries: 2, last_at: 5 },
    { type: "order.completed", deliveries: 1, last_at: 9 },
  ];
  const types = listEventTypes("fastspring", received);
  expect(types.find(({ type }) => type === "order.completed")).toMatchObject({ deliveries: 3, last_at: 9 });
  expect(findMissingPurposes(types)).toEqual(["refund", "cancellation"]);
});
