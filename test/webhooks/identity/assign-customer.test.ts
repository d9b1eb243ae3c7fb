/** The customer that an event belongs to, and the customers merged into it. */
import { expect, test } from "vitest";
import { erasedKeyOf } from "../../../src/webhooks/conversion-event.ts";
import { assignCustomer, type Candidates } from "../../../src/webhooks/identity/assign-customer.ts";

const none: Candidates = { own: null, related: [], email: null, email_namespaces: [] };
const candidate = (key: string, namespace: string | null = null) => ({ key, namespace });
const mine = candidate("7:id:u1", "");
const stripes = candidate("7:id:stripe:cus_1", "stripe");
const address = candidate("7:email:abc");
const payment = candidate("7:payment:pay_1");
const erased = candidate(erasedKeyOf(mine.key, "r4nd0m"));
const erasedInTest = candidate(erasedKeyOf("7:test:email:abc", "r4nd0m"));
const subscription = candidate("7:subscription:sub_1");

test.each<[string, Partial<Candidates>, { key: string; merges: string[] } | null]>([
  ["no candidate", {}, null],
  ["only a payment", { related: [payment] }, { key: payment.key, merges: [] }],
  ["an id that is new", { own: mine }, { key: mine.key, merges: [] }],
  [
    "an id, and a payment without one: the payment's customer is merged",
    { own: mine, related: [payment] },
    { key: mine.key, merges: [payment.key] },
  ],
  [
    "a payment and an address without an id: the address's customer remains",
    { related: [payment], email: address },
    { key: address.key, merges: [payment.key] },
  ],
  [
    "two related customers without an id merge into the most reliable one",
    { related: [payment, subscription] },
    { key: payment.key, merges: [subscription.key] },
  ],
  [
    "an address that belongs to another id of the same namespace keeps two customers",
    { own: mine, email: candidate("7:id:u2", ""), email_namespaces: [""] },
    { key: mine.key, merges: [] },
  ],
  [
    "an address that belongs to an id of another namespace: one customer, the address's",
    { own: stripes, email: mine, email_namespaces: [""] },
    { key: mine.key, merges: [stripes.key] },
  ],
  [
    "an address whose customer has ids of both namespaces keeps two customers",
    { own: stripes, email: mine, email_namespaces: ["", "stripe"] },
    { key: stripes.key, merges: [] },
  ],
  [
    "an address whose customer has an unknown namespace keeps two customers",
    { own: stripes, email: mine, email_namespaces: [] },
    { key: stripes.key, merges: [] },
  ],
  [
    "a payment of another id: the payment's customer, and no merge",
    { own: stripes, related: [mine], email: mine, email_namespaces: [""] },
    { key: mine.key, merges: [] },
  ],
  [
    "test mode, alike",
    { own: candidate("7:test:id:u1", ""), related: [candidate("7:test:payment:pay_1")] },
    { key: "7:test:id:u1", merges: ["7:test:payment:pay_1"] },
  ],
  [
    "a payment of an erased customer stays with it, whatever id and address come with it",
    { own: mine, related: [payment, erased], email: address, email_namespaces: [""] },
    { key: erased.key, merges: [] },
  ],
  [
    "an erased customer in test mode, alike",
    { own: mine, related: [erasedInTest] },
    { key: erasedInTest.key, merges: [] },
  ],
  [
    "an id that only looks like an erased customer's",
    { own: candidate("7:id:erased:u1", ""), related: [payment] },
    { key: "7:id:erased:u1", merges: [payment.key] },
  ],
])("%s", (_, candidates, expected) => {
  expect(assignCustomer({ ...none, ...candidates })).toEqual(expected);
});
