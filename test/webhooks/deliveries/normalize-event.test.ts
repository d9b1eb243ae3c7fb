/** Normalizes a provider's event, and compares the content of an event that is received again. */
import { expect, test } from "vitest";
import { comparableContent, cutLongTexts, normalizeEvent } from "../../../src/webhooks/deliveries/normalize-event.ts";
import { type ProviderEvent, providerEvent } from "../../../src/webhooks/provider.ts";

const origin = {
  delivery: { received_at: 1_767_434_400_000, test: false },
  endpoint: { id: "ep_1", program_id: 7 },
  provider: { ids: "provider", source: "stripe" } as const,
};
const hashes = { email_hash: "abc", payer_hash: "def" };
const parsed = (changes: Partial<ProviderEvent> = {}) =>
  providerEvent({
    id: "signup:{email}",
    type: "sale",
    occurred_at: null,
    customer: { id: "cus_1", email: "a@example.com" },
    payer: "fingerprint",
    payment: "in_1",
    account: "acct_1",
    ...changes,
  });

test("an event has its program, namespace and hashes, and no plain personal data", () => {
  const event = normalizeEvent(parsed(), origin, hashes);
  expect(event).toMatchObject({
    id: "signup:abc",
    program_id: 7,
    endpoint: "ep_1",
    namespace: "stripe:acct_1",
    occurred_at: origin.delivery.received_at,
    customer: { id: "cus_1", email_hash: "abc" },
    payer_hash: "def",
  });
  expect(JSON.stringify(event)).not.toMatch(/example\.com|fingerprint/);
});

test.each([
  ["the merchant's ids have no namespace", { ids: "merchant", source: "standard" } as const, "acct_1", ""],
  ["an account is part of the namespace", { ids: "provider", source: "stripe" } as const, "acct_1", "stripe:acct_1"],
  ["without an account it is the source", { ids: "provider", source: "stripe" } as const, null, "stripe"],
])("%s", (_, provider, account, namespace) => {
  expect(normalizeEvent(parsed({ account }), { ...origin, provider }, hashes).namespace).toBe(namespace);
});

test("an event is in test mode where it or its endpoint is", () => {
  const inTest = { ...origin, delivery: { ...origin.delivery, test: true } };
  expect(normalizeEvent(parsed({ test: true }), origin, hashes).test).toBe(true);
  expect(normalizeEvent(parsed(), inTest, hashes).test).toBe(true);
  expect(normalizeEvent(parsed(), origin, hashes).test).toBe(false);
});

/** The digest of every stored event depends on this text: a change would turn a resent event into a conflict. */
test("the compared content never changes its form", () => {
  const event = parsed({ aliases: ["pi_1"], related: ["order_1"], amount: 9_900, currency: "USD" });
  expect(comparableContent(event, normalizeEvent(event, origin, hashes))).toBe(
    '{"click":null,"coupon":null,"payment":"in_1","refund":null,"amount":9900,"gross":null,"currency":"USD","product":null,"subscription":null,"test":false,"id":"signup:abc","type":"sale","program_id":7,"endpoint":"ep_1","namespace":"stripe:acct_1","occurred_at":null,"customer":{"id":"cus_1","email_hash":"abc"},"aliases":["pi_1"],"related":["order_1"]}',
  );
});

test("only the merchant's own payment details are compared", () => {
  const merchant = { ...origin, provider: { ids: "merchant", source: "standard" } as const };
  expect(comparableContent(parsed(), normalizeEvent(parsed(), origin, hashes))).not.toContain("payer_hash");
  expect(comparableContent(parsed(), normalizeEvent(parsed(), merchant, hashes))).toContain('"payer_hash":"def"');
});

test("the time of receipt is not compared", () => {
  const later = { ...origin, delivery: { ...origin.delivery, received_at: 1_767_434_500_000 } };
  const content = (from: typeof origin) => comparableContent(parsed(), normalizeEvent(parsed(), from, hashes));
  expect(content(later)).toBe(content(origin));
});

test("a plan that earlier releases didn't read makes no other event", () => {
  const given = [parsed(), parsed({ plan: { interval: "month", interval_count: 3 } })];
  const [before, after] = given.map((each) => comparableContent(each, normalizeEvent(each, origin, hashes)));
  expect(after).toBe(before);
});

test("long texts that aren't ids are cut, and nothing else is changed", () => {
  const long = "x".repeat(5_000);
  const subscription = { id: "sub_1", interval: long };
  const texts = { click: long, platform: long, country: long, subscription, plan: { interval: long } };
  const event = normalizeEvent(parsed({ ...texts, product: "p" }), origin, hashes);
  const cut = "x".repeat(200);
  expect(cutLongTexts(event)).toEqual({
    ...event,
    click: "x".repeat(400),
    platform: cut,
    country: cut,
    subscription: { id: "sub_1", interval: cut },
    plan: { interval: cut },
  });
  const short = normalizeEvent(parsed({ click: "token" }), origin, hashes);
  expect(cutLongTexts(short)).toEqual(short);
});
