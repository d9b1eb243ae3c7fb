import { describe, expect, test } from "vitest";
import type { Fact } from "../../../src/customers/fact.ts";
import { continuePlan, nextPayment, type Plans } from "../../../src/customers/payments/count-payments.ts";
import type { ProgramTerms } from "../../../src/programs/terms.ts";
import { DAY, DAY_0, fact, fold, touch } from "../../support/given.ts";

const click = touch("A", 0);
const subscribed = (day: number, id: string, replaces?: string) =>
  fact("sale", day, { subscription: { id, interval: "month", ...(replaces !== undefined && { replaces }) } });
/** A payment of an order, whose subscription is stated by another event. */
const order = (day: number, changes: Parameters<typeof fact>[2] = {}) =>
  fact("sale", day, { payment: "order", ...changes });
const start = (day: number, more: { starts_trial?: true } = {}) =>
  fact("touch", day, { payment: "order", amount: null, subscription: { id: "s1", interval: "month", ...more } });

/** Each payment's number, and the day of the payment that its months are counted from. */
function countOf(facts: readonly Fact[], terms: Partial<ProgramTerms> = {}): string[] {
  return fold(facts, terms).map(({ payment_number, first_paid_at }) =>
    payment_number === null ? "none" : `${payment_number} since ${((first_paid_at ?? 0) - DAY_0) / DAY}`,
  );
}

const byCustomer = { counts_by: "customer" } as const;

describe("payments are counted", () => {
  const cases: [string, Fact[], Partial<ProgramTerms>, string[]][] = [
    [
      "by subscription",
      [subscribed(1, "s1"), subscribed(5, "s2"), subscribed(31, "s1")],
      {},
      ["1 since 1", "1 since 5", "2 since 1"],
    ],
    [
      "outside subscriptions together",
      [fact("sale", 1), subscribed(2, "s1"), fact("sale", 3)],
      {},
      ["1 since 1", "1 since 2", "2 since 1"],
    ],
    [
      "by customer, with and without a subscription",
      [fact("sale", 1), subscribed(2, "s1"), subscribed(3, "s2"), fact("sale", 4)],
      byCustomer,
      ["1 since 1", "2 since 1", "3 since 1", "4 since 1"],
    ],
    [
      "on through a change of plan",
      [subscribed(1, "s1"), subscribed(31, "s2", "s1"), subscribed(61, "s2")],
      {},
      ["1 since 1", "2 since 1", "3 since 1"],
    ],
    [
      "on through two changes of plan",
      [subscribed(1, "s1"), subscribed(31, "s2", "s1"), subscribed(61, "s3", "s2")],
      {},
      ["1 since 1", "2 since 1", "3 since 1"],
    ],
    [
      "on when the old subscription is paid once more",
      [subscribed(1, "s1"), subscribed(31, "s2", "s1"), subscribed(32, "s1")],
      {},
      ["1 since 1", "2 since 1", "3 since 1"],
    ],
    [
      "on when only a later payment names the old subscription",
      [subscribed(1, "s1"), subscribed(31, "s2"), subscribed(61, "s2", "s1")],
      {},
      ["1 since 1", "1 since 31", "3 since 1"],
    ],
    [
      "from the change on where nothing of the old subscription is known",
      [subscribed(31, "s2", "s1"), subscribed(61, "s2", "s1")],
      {},
      ["1 since 31", "2 since 31"],
    ],
    [
      "on where two subscriptions name each other",
      [subscribed(1, "s1", "s2"), subscribed(31, "s2", "s1")],
      {},
      ["1 since 1", "2 since 1"],
    ],
    [
      "and a subscription that names itself is one",
      [subscribed(1, "s1", "s1"), subscribed(31, "s1", "s1")],
      {},
      ["1 since 1", "2 since 1"],
    ],
    [
      "from the order that starts a subscription",
      [order(1), start(1), subscribed(31, "s1")],
      {},
      ["1 since 1", "2 since 1"],
    ],
    [
      "from the order, though its subscription is known later",
      [start(2), subscribed(31, "s1"), order(1, { received: 40 })],
      {},
      ["1 since 1", "2 since 1"],
    ],
    [
      "without the order that pays for a trial",
      [order(1), start(1, { starts_trial: true }), subscribed(31, "s1")],
      {},
      ["none", "1 since 31"],
    ],
    [
      "with a paid trial where the terms say so",
      [order(1), start(1, { starts_trial: true }), subscribed(31, "s1")],
      { paid_trial: "sale" },
      ["1 since 1", "2 since 1"],
    ],
    [
      "without a paid trial, by customer too",
      [fact("trial", 1, { payment: "t", amount: 100, subscription_id: "s1" }), subscribed(31, "s1")],
      byCustomer,
      ["none", "1 since 31"],
    ],
    ["without what cost nothing", [fact("sale", 1, { amount: 0 }), fact("sale", 2)], byCustomer, ["none", "1 since 2"]],
  ];
  test.each(cases)("%s", (_, facts, terms, expected) => {
    expect(countOf(facts, terms)).toEqual(expected);
    // Whatever order they arrive in.
    expect(countOf(facts.toReversed(), terms)).toEqual(expected);
  });
});

test("a changed plan keeps the terms of the subscription that it continues", () => {
  const sold = subscribed(1, "s1");
  const changed = { ...subscribed(31, "s2", "s1"), terms_version: 2 };
  expect(fold([sold, changed]).map(({ terms_version }) => terms_version)).toEqual([1, 1]);
});

test("a changed plan's interval is its own", () => {
  const changed = fact("sale", 31, { subscription: { id: "s2", interval: null, replaces: "s1" } });
  expect(fold([subscribed(1, "s1"), changed]).map(({ interval }) => interval)).toEqual(["month", null]);
});

test("a change of plan is attributed again where the terms say so, also under a new subscription id", () => {
  const terms = { binds_to: "subscription", on_plan_change: "anew" } as const;
  const first = fact("sale", 1, { click, product: "starter", subscription_id: "s1" });
  const changed = fact("sale", 31, {
    click: touch("B", 30),
    product: "pro",
    subscription: { id: "s2", interval: "month", replaces: "s1" },
  });
  expect(fold([first, changed], terms).map(({ credit }) => credit.touch?.affiliate)).toEqual(["A", "B"]);
  expect(countOf([first, changed], terms)).toEqual(["1 since 1", "2 since 1"]);
});

test("the order that starts a subscription binds it, and is of it", () => {
  const terms = { binds_to: "subscription" } as const;
  const made = fold([order(1, { click }), start(1), subscribed(31, "s1")], terms);
  expect(made.map(({ credit }) => credit.touch?.affiliate ?? null)).toEqual(["A", "A"]);
  expect(made.map(({ subscription, interval }) => `${subscription} ${interval}`)).toEqual(["s1 month", "s1 month"]);
});

test("an order that pays for a trial is a trial", () => {
  const made = fold([order(1, { click }), start(1, { starts_trial: true })]);
  expect(made).toMatchObject([{ type: "trial", amount: 10_000, payment_number: null }]);
});

test("what is paid before a trial ends is part of the trial, where the provider tells no more", () => {
  const trial_ends_at = DAY_0 + 15 * DAY;
  const began = fact("trial", 1, { amount: null, subscription: { id: "s1", interval: null, trial_ends_at } });
  const facts = [began, subscribed(1.1, "s1"), subscribed(15, "s1"), subscribed(45, "s1")];
  expect(countOf(facts)).toEqual(["none", "none", "1 since 15", "2 since 15"]);
  expect(fold(facts).map(({ type }) => type)).toEqual(["trial", "trial", "sale", "sale"]);
});

test("a touch that names the subscription without its trial does not hide that it is one", () => {
  const checkout = fact("touch", 0.5, {
    payment: "order",
    amount: null,
    click,
    subscription: { id: "s1", interval: null },
  });
  expect(countOf([checkout, order(1), start(1, { starts_trial: true })])).toEqual(["none"]);
});

test("a payment of one subscription that starts another one is a change of plan", () => {
  const changed = order(31, { subscription: { id: "s0", interval: null } });
  const facts = [subscribed(1, "s0"), changed, start(31), subscribed(61, "s1")];
  expect(countOf(facts)).toEqual(["1 since 1", "2 since 1", "3 since 1"]);
  expect(fold(facts).map(({ subscription }) => subscription)).toEqual(["s0", "s1", "s1"]);
});

test("a circle of changes is never made", () => {
  let plans: Plans = {};
  for (const [scope, replaced] of ["ab", "bc", "ca", "cb", "ac", "aa"].map((pair) => [...pair])) {
    plans = continuePlan(plans, scope ?? "", replaced ?? "", 1);
  }
  for (const scope of ["a", "b", "c"]) {
    expect(nextPayment(plans, scope, 5, { counts_by: "subscription" })).toEqual({
      payment_number: 1,
      first_paid_at: 5,
    });
  }
});
