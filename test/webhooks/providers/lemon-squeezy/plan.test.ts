/** The plans that Lemon Squeezy's subscriptions and their updates show. */
import { describe, expect, test } from "vitest";
import { lemonSqueezy } from "../../../../src/webhooks/providers/lemon-squeezy/adapter.ts";
import subscriptionCreated from "../../../fixtures/lemonsqueezy/subscription-created.json";
import subscriptionOnTrial from "../../../fixtures/lemonsqueezy/subscription-created-on-trial.json";
import { requestWith } from "../../adapter.ts";

const MIRA = { customer: { id: "4471902", email: "mira.kovac@example.com" }, account: "51723" };

const read = (fixture: unknown, query = "") =>
  lemonSqueezy.parse(requestWith({ body: JSON.stringify(fixture), query }));

/** A subscription's update with these attributes. */
const updated = (attributes: Record<string, unknown>) => ({
  meta: { ...subscriptionCreated.meta, event_name: "subscription_updated" },
  data: {
    ...subscriptionCreated.data,
    attributes: { ...subscriptionCreated.data.attributes, status: "active", ...attributes },
  },
});

describe("an update of a subscription", () => {
  const at = (updated_at: string, renews_at: string, more = {}) => updated({ updated_at, renews_at, ...more });
  const trial = { trial_ends_at: "2026-01-17T10:02:00Z" };

  const shown: [string, object, string, { interval: string; interval_count?: number }][] = [
    ["a renewal", at("2026-02-03T10:05:00Z", "2026-03-03T10:02:08Z"), "2026-02-03T09:55:00Z", { interval: "month" }],
    [
      "a change from monthly to yearly",
      at("2026-02-10T15:00:00Z", "2027-02-10T15:00:00Z"),
      "2026-02-10T14:50:00Z",
      { interval: "year" },
    ],
    [
      "the first payment after a trial, half a day late",
      at("2026-01-17T22:00:00Z", "2026-04-17T10:02:00Z", trial),
      "2026-01-17T09:52:00Z",
      { interval: "month", interval_count: 3 },
    ],
    [
      "the first week after a trial",
      at("2026-01-17T10:05:00Z", "2026-01-24T10:02:00Z", trial),
      "2026-01-17T09:52:00Z",
      { interval: "week" },
    ],
    [
      "a renewal long after a trial",
      at("2026-04-17T10:05:00Z", "2026-07-17T10:02:00Z", trial),
      "2026-04-17T09:55:00Z",
      { interval: "month", interval_count: 3 },
    ],
  ];
  test.each(shown)("that is made with %s shows the plan, which applies to that payment", (_, fixture, time, plan) => {
    expect(read(fixture).events).toMatchObject([
      {
        ...MIRA,
        type: "touch",
        occurred_at: Date.parse(time),
        product: "491425",
        subscription: { id: "1126309", interval: null },
        plan,
        click: null,
      },
    ]);
  });

  const hidden: [string, object][] = [
    ["between two payments", at("2026-02-14T09:00:00Z", "2026-03-03T10:02:08Z")],
    ["whole weeks before a payment", at("2026-02-17T10:02:08Z", "2026-03-03T10:02:08Z")],
    ["while a payment is late", at("2026-02-03T10:05:00Z", "2026-03-03T10:02:08Z", { status: "past_due" })],
    ["during a trial", at("2026-01-03T10:02:18Z", "2026-02-03T10:02:08Z", { status: "on_trial" })],
  ];
  test.each(hidden)("%s does not show the plan", (_, fixture) => {
    expect(read(fixture)).toMatchObject({ events: [], ignored: expect.stringContaining("interval") });
  });

  test("of a subscription that has ended is ignored", () => {
    const ended = at("2026-02-03T10:05:00Z", "2026-03-03T10:02:08Z", { status: "cancelled" });
    expect(read(ended)).toMatchObject({ events: [], ignored: "The subscription is cancelled." });
  });

  test.each([
    ["variant", "plan=763826:3-month"],
    ["product", "plan=491425:3-month"],
  ])("has the plan that the endpoint's URL states for its %s", (_, query) => {
    const plan = { interval: "month", interval_count: 3 };
    const [, at_once] = hidden[0] ?? [];
    expect(read(at_once, query).events).toMatchObject([{ plan, occurred_at: Date.parse("2026-02-14T08:50:00Z") }]);
    expect(read(subscriptionCreated, query).events.at(-1)).toMatchObject({ type: "touch", plan });
    const [trial] = read(subscriptionOnTrial, query).events;
    expect(trial).toMatchObject({ type: "trial", plan });
  });

  test("of another plan is another event", () => {
    const ids = hidden
      .slice(0, 1)
      .flatMap(([, fixture]) =>
        ["plan=763826:month", "plan=763826:year"].map((query) => read(fixture, query).events[0]?.id),
      );
    expect(new Set(ids).size).toBe(2);
  });
});
