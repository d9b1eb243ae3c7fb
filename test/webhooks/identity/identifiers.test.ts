/** The identifiers that find an event's customer, and the rules for creating one. */
import { describe, expect, test } from "vitest";
import {
  type CustomerCreation,
  decideCustomerCreation,
  listIdentifiers,
  withoutNamespace,
} from "../../../src/webhooks/identity/identifiers.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../../src/webhooks/provider.ts";

const event = (changes: Partial<ProviderEvent> = {}) =>
  providerEvent({ id: "evt_1", type: "sale", occurred_at: null, ...changes });

const full = event({
  payment: "in_1",
  aliases: ["pi_1", "in_1"],
  subscription: { id: "sub_1", interval: null },
  related: ["order_1"],
});

describe("identifiers", () => {
  const customer = { id: null, email_hash: "abc" };
  const context = { namespace: "stripe", test: false, customer };
  const listed = (parsed: ProviderEvent, changes: Partial<typeof context> = {}) =>
    listIdentifiers(parsed, { ...context, ...changes }).map(({ identifier }) => identifier);

  test("are listed from the most to the least reliable, each once", () => {
    expect(listed(full)).toEqual([
      "payment:stripe:in_1",
      "payment:stripe:pi_1",
      "subscription:stripe:sub_1",
      "related:stripe:order_1",
      "email:abc",
    ]);
  });

  test("of a payment share its main id", () => {
    const payments = listIdentifiers(full, context).map(({ payment }) => payment);
    expect(payments).toEqual(["stripe:in_1", "stripe:in_1", null, null, null]);
  });

  test("include a separate alias without a main id", () => {
    const [alias] = listIdentifiers(event({ aliases: ["pi_1"] }), context);
    expect(alias).toMatchObject({ identifier: "payment:stripe:pi_1", payment: "stripe:pi_1" });
  });

  test.each(["refund", "chargeback", "chargeback_won"] as const)("of a %s are its payment's only", (type) => {
    expect(listed({ ...full, type })).toEqual(["payment:stripe:in_1", "payment:stripe:pi_1"]);
  });

  test("of test mode are kept apart", () => {
    expect(listed(event({ payment: "in_1" }), { test: true })).toEqual(["test:payment:stripe:in_1", "test:email:abc"]);
  });

  test.each([
    ["finds its customer", null, true],
    ["is only recorded", "cus_1", false],
  ])("the email address of an event %s", (_, id, is_lookup) => {
    const [email] = listIdentifiers(event(), { ...context, customer: { id, email_hash: "abc" } });
    expect(email).toEqual({ identifier: "email:abc", payment: null, is_lookup, is_email: true });
  });
});

describe("a customer", () => {
  const noCustomer = { id: null, email: null };
  const byId = { id: "cus_1", email: null };
  const subscription = { id: "sub_1", interval: null };

  test.each<[string, Partial<ProviderEvent>, Provider["ids"], CustomerCreation]>([
    ["sale with a customer id", { customer: byId }, "provider", "at_once"],
    ["sale with an address", { customer: { id: null, email: "a@example.com" } }, "provider", "at_once"],
    ["sale of an unknown subscription", { customer: noCustomer, subscription }, "provider", "after_wait"],
    ["sale of an unknown order", { customer: noCustomer, related: ["order_1"] }, "provider", "after_wait"],
    ["sale with a payment only", { customer: noCustomer, payment: "pay_1" }, "provider", "at_once"],
    ["sale of the merchant's, without a customer", { customer: noCustomer, subscription }, "merchant", "at_once"],
    ["refund of the merchant's, with a customer", { type: "refund", customer: byId }, "merchant", "at_once"],
    ["refund of the merchant's, without a customer", { type: "refund", customer: noCustomer }, "merchant", "never"],
    ["refund of a provider's, with a customer", { type: "refund", customer: byId }, "provider", "never"],
    ["cancellation of a provider's", { type: "cancellation", customer: byId }, "provider", "never"],
    ["alias", { type: "alias", customer: byId }, "merchant", "never"],
  ])("may be created by a %s: %s", (_, changes, ids, expected) => {
    expect(decideCustomerCreation(event(changes), ids)).toBe(expected);
  });
});

test.each([
  ["stripe", "stripe:in_1", "in_1"],
  ["stripe", "paypal:in_1", "paypal:in_1"],
  ["", "in_1", "in_1"],
])("in namespace %j, %s is %s", (namespace, id, expected) => {
  expect(withoutNamespace(namespace, id)).toBe(expected);
});
