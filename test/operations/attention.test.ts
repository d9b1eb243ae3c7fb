import { expect, test } from "vitest";
import { listAttention, type ProgramState, type WatchedEndpoint } from "../../src/operations/attention.ts";
import { findMissingPurposes, listEventTypes } from "../../src/webhooks/expected-events.ts";

const DAY = 86_400_000;
const NOW = 100 * DAY;

const endpoint = (changes: Partial<WatchedEndpoint>): WatchedEndpoint => ({
  ...{ id: "ep_1", program: "acme", source: "stripe", created_at: 0, types: [] },
  latest: [{ at: NOW, status: "recorded", reason: null }],
  ...changes,
});
const NOTHING: ProgramState = { applications: 0, pending: 0, runs: [], due: null, disputes: null, endpoints: [] };
const kindsOf = (...endpoints: WatchedEndpoint[]) =>
  listAttention({ ...NOTHING, endpoints }, NOW).map(({ kind }) => kind);

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
  const [item] = listAttention({ ...NOTHING, endpoints: [endpoint({ types: types(20) })] }, NOW);
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

test("a payout window without a run is due at once, or after a day where the run is drafted by itself", () => {
  const due = (from: number, is_drafted_by_itself: boolean) =>
    listAttention({ ...NOTHING, due: { window: "1970-04", from, is_drafted_by_itself } }, NOW).map(
      ({ detail }) => detail,
    );
  const sentence = "The payouts of 1970-04 are due since 1970-04-11, and no run is drafted.";
  expect(due(NOW, false)).toEqual([sentence]);
  expect(due(NOW - DAY + 1, true)).toEqual([]);
  expect(due(NOW - DAY, true)).toEqual([sentence.replace("11,", "10,")]);
});

test("a chargeback is named for thirty days, and recent disputes lead to the latest", () => {
  const charged = (last_at: number) =>
    endpoint({ types: listEventTypes("stripe", [{ type: "charge.dispute.created", deliveries: 2, last_at }]) });
  expect(kindsOf(charged(NOW - 30 * DAY))).toEqual(["chargebacks"]);
  expect(kindsOf(charged(NOW - 30 * DAY - 1))).toEqual([]);
  const [item] = listAttention({ ...NOTHING, disputes: { count: 2, latest: "cv_1" } }, NOW);
  expect(item).toMatchObject({ kind: "disputes", count: 2, subject: "cv_1" });
  expect(item?.detail).toContain("2 disputes were decided");
});
