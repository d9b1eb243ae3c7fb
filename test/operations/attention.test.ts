import { expect, test } from "vitest";
import { listAttention, type WatchedEndpoint } from "../../src/operations/attention.ts";
import { findMissingPurposes, listEventTypes } from "../../src/webhooks/expected-events.ts";

const DAY = 86_400_000;
const NOW = 100 * DAY;

const endpoint = (changes: Partial<WatchedEndpoint>): WatchedEndpoint => ({
  ...{ id: "ep_1", program: "acme", source: "stripe", created_at: 0, types: [] },
  latest: [{ at: NOW, status: "recorded", reason: null }],
  ...changes,
});
const kindsOf = (...endpoints: WatchedEndpoint[]) =>
  listAttention({ pending: 0, runs: [], endpoints }, NOW).map(({ kind }) => kind);

test("an endpoint that receives what it needs isn't named", () => {
  expect(kindsOf(endpoint({}), endpoint({ latest: [], created_at: NOW - DAY + 1 }))).toEqual([]);
});

test("an endpoint is named once, for what is wrong with it", () => {
  const refused = [1, 2, 3].map((age) => ({ at: NOW - age, status: "refused", reason: "signature_invalid" }));
  const silent = Array.from({ length: 12 }, (_, age) => ({
    at: NOW - (10 + age) * DAY,
    status: "recorded",
    reason: null,
  }));
  expect(kindsOf(endpoint({ latest: [] }))).toEqual(["unused_endpoint"]);
  expect(kindsOf(endpoint({ latest: refused }))).toEqual(["refusing_endpoint"]);
  expect(kindsOf(endpoint({ latest: silent }))).toEqual(["silent_endpoint"]);
});

test("an event type that is needed and never arrived is named once there were enough others", () => {
  const received = (deliveries: number) => [{ type: "refund.created", deliveries, last_at: NOW }];
  const types = (deliveries: number) => listEventTypes("stripe", received(deliveries));
  expect(kindsOf(endpoint({ types: types(19) }))).toEqual([]);
  const [item] = listAttention({ pending: 0, runs: [], endpoints: [endpoint({ types: types(20) })] }, NOW);
  expect(item).toMatchObject({ kind: "missing_events", subject: "ep_1" });
  expect(item?.detail).toContain("never received invoice.paid or checkout.session.completed");
});

test("one type of a purpose is enough, and other types are listed without a purpose", () => {
  const received = [
    { type: "checkout.session.completed", deliveries: 2, last_at: 5 },
    { type: "ping", deliveries: 1, last_at: 6 },
  ];
  const types = listEventTypes("stripe", received);
  expect(findMissingPurposes(types)).toEqual(["trial", "refund", "chargeback", "cancellation"]);
  expect(types.at(-1)).toEqual({ type: "ping", purpose: null, deliveries: 1, last_at: 6 });
  expect(listEventTypes("other", received).map(({ purpose }) => purpose)).toEqual([null, null]);
});
