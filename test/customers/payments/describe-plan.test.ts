/** The product and interval of payments that don't state them, from what other events say of their subscription. */
import { describe, expect, test } from "vitest";
import { fact, fold } from "../../support/given.ts";

const renewal = (day: number, changes: Parameters<typeof fact>[2] = {}) =>
  fact("sale", day, { subscription: { id: "s", interval: null }, ...changes });
const described = (day: number, interval: string, interval_count?: number, product: string | null = "pro") =>
  fact("touch", day, {
    product,
    subscription: { id: "s", interval: null },
    plan: { interval, ...(interval_count && { interval_count }) },
  });
const plans = (facts: Parameters<typeof fold>[0]) =>
  fold(facts)
    .filter(({ type }) => type === "sale")
    .map(({ interval, interval_count = 1, product }) => [interval, interval_count, product]);

describe("a payment's plan", () => {
  const stories: [string, Parameters<typeof fold>[0], unknown[][]][] = [
    ["is unknown where nothing tells it", [renewal(1)], [[null, 1, null]]],
    ["is what its subscription was described as", [described(0, "month"), renewal(1)], [["month", 1, "pro"]]],
    ["may be quarterly", [described(0, "month", 3), renewal(1), renewal(91)], Array(2).fill(["month", 3, "pro"])],
    [
      "is what was described last",
      [described(0, "month"), renewal(1), described(20, "year", 1, "team"), renewal(32)],
      [
        ["month", 1, "pro"],
        ["year", 1, "team"],
      ],
    ],
    [
      "of a trial that changes to yearly is yearly",
      [
        fact("trial", 0, { amount: null, product: "pro", subscription: { id: "s", interval: "month" } }),
        described(5, "year"),
        renewal(14),
      ],
      [["year", 1, "pro"]],
    ],
    [
      "is its own where it states one",
      [
        described(0, "month"),
        renewal(1, { subscription: { id: "s", interval: "year" }, product: "own" }),
        renewal(366),
      ],
      [
        ["year", 1, "own"],
        ["year", 1, null],
      ],
    ],
    [
      "counts for its own subscription only",
      [described(0, "month"), renewal(1, { subscription: { id: "other", interval: null } })],
      [[null, 1, null]],
    ],
    ["with a count of its own", [renewal(1, { plan: { interval: "month", interval_count: 3 } })], [["month", 3, null]]],
  ];
  test.each(stories)("%s", (_, facts, expected) => {
    expect(plans(facts)).toEqual(expected);
    expect(plans(facts.toReversed())).toEqual(expected);
  });
});
