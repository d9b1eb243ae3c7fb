import { describe, expect, test } from "vitest";
import type { Fact } from "../../src/customers/fact.ts";
import { carrot } from "../../src/programs/presets/carrot.ts";
import type { ProgramTerms } from "../../src/programs/terms.ts";
import { EVENT_TYPES, type EventType, qualifyId } from "../../src/webhooks/conversion-event.ts";
import { credits, DAY, DAY_0, fact, fold, type Statuses, touch } from "../support/given.ts";
import { fc } from "../support/random.ts";

describe("attribution", () => {
  const perSubscription = { binds_to: "subscription" } as const;
  const stories: [string, Fact[], Partial<ProgramTerms>, string[], Statuses?][] = [
    ["credits nobody without a click", [fact("sale", 20)], {}, ["nobody no_touch"]],
    ["credits the only click", [fact("sale", 20, { click: touch("A", 0) })], {}, ["A last_click"]],
    [
      "credits B for clicks on A on day 0 and B on day 3",
      [fact("lead", 1, { click: touch("A", 0) }), fact("sale", 20, { click: touch("B", 3) })],
      {},
      ["A last_click", "B last_click"],
    ],
    [
      "credits the first click where the terms say so",
      [fact("lead", 1, { click: touch("A", 0) }), fact("sale", 20, { click: touch("B", 3) })],
      { model: "first_click" },
      ["A first_click", "A first_click"],
    ],
    ["counts a click 30 days before the sale", [fact("sale", 30, { click: touch("A", 0) })], {}, ["A last_click"]],
    [
      "does not count a click 31 days before the sale",
      [fact("sale", 31, { click: touch("A", 0) })],
      {},
      ["nobody outside_window"],
    ],
    [
      "counts an old click with a cookie that never expires",
      [fact("sale", 5 * 365, { click: touch("A", 0) })],
      carrot,
      ["A last_click"],
    ],
    [
      "does not count a click after the sale",
      [fact("sale", 5, { click: touch("A", 6) })],
      {},
      ["nobody click_after_conversion"],
    ],
    [
      "a click that a checkout's clock puts after the sale",
      [fact("sale", 5, { click: touch("A", 5.0005) })],
      {},
      ["A last_click"],
    ],
    ["does not count a forged token", [fact("sale", 5, { click: "token_forged" })], {}, ["nobody token_forged"]],
    [
      "does not count another program’s token",
      [fact("sale", 5, { click: "token_foreign" })],
      {},
      ["nobody token_foreign"],
    ],
    [
      "does not credit a suspended affiliate",
      [fact("sale", 5, { click: touch("A", 0) })],
      {},
      ["nobody affiliate_not_approved"],
      {
        A: [
          [-9, true],
          [4, false],
        ],
      },
    ],
    [
      "credits an affiliate suspended after the sale, however late the click is reported",
      [fact("sale", 5), fact("lead", 1, { received: 9, click: touch("A", 0) })],
      {},
      ["A last_click", "A last_click"],
      {
        A: [
          [-9, true],
          [6, false],
        ],
      },
    ],
    [
      "a suspended affiliate's click does not hide another's",
      [fact("lead", 1, { click: touch("A", 0) }), fact("sale", 5, { click: touch("B", 2) })],
      {},
      ["A last_click", "A last_click"],
      { B: [[-9, false]] },
    ],
    [
      "a later payment needs no click, and a later click changes nothing",
      [fact("sale", 5, { click: touch("A", 0) }), fact("sale", 95), fact("sale", 125, { click: touch("B", 124) })],
      {},
      ["A last_click", "A bound", "A bound"],
    ],
    [
      "does not credit an affiliate while it is suspended",
      [fact("sale", 5, { click: touch("A", 0) }), fact("sale", 35), fact("sale", 65)],
      {},
      ["A last_click", "nobody affiliate_not_approved", "A bound"],
      {
        A: [
          [-9, true],
          [30, false],
          [60, true],
        ],
      },
    ],
    [
      "who first paid without a click stays nobody's",
      [fact("sale", 5), fact("sale", 35, { click: touch("A", 34) })],
      {},
      ["nobody no_touch", "nobody bound_to_nobody"],
    ],
    [
      "a forged token binds nothing",
      [fact("sale", 5, { click: "token_forged" }), fact("sale", 35, { click: touch("A", 34) })],
      {},
      ["nobody token_forged", "A last_click"],
    ],
    [
      "an affiliate that is not approved yet binds nothing",
      [fact("sale", 5, { click: touch("A", 4) }), fact("sale", 35, { click: touch("A", 34) })],
      {},
      ["nobody affiliate_not_approved", "A last_click"],
      {
        A: [
          [-9, false],
          [30, true],
        ],
      },
    ],
    [
      "credits a repeated payment that adds its click",
      [
        fact("sale", 5, { payment: "p", id: "one" }),
        fact("sale", 5, { payment: "p", id: "two", click: touch("A", 4) }),
      ],
      {},
      ["A last_click"],
    ],
    [
      "a trial binds its first payment",
      [fact("trial", 1, { click: touch("A", 0), subscription_id: "s1" }), fact("sale", 32, { subscription_id: "s1" })],
      perSubscription,
      ["A last_click", "A bound"],
    ],
    [
      "another subscription is attributed again",
      [
        fact("sale", 5, { click: touch("A", 0), subscription_id: "s1" }),
        fact("sale", 50, { click: touch("B", 49), subscription_id: "s2" }),
        fact("sale", 51, { subscription_id: "s1" }),
      ],
      perSubscription,
      ["A last_click", "B last_click", "A bound"],
    ],
    [
      "a canceled subscription that is reactivated is attributed again",
      [
        fact("sale", 5, { click: touch("A", 0), subscription_id: "s1" }),
        fact("cancellation", 40, { subscription_id: "s1" }),
        fact("sale", 50, { subscription_id: "s1" }),
      ],
      perSubscription,
      ["A last_click", "nobody outside_window"],
    ],
    [
      "requires a click for each sale where customers are not bound",
      [fact("sale", 5, { click: touch("A", 0) }), fact("sale", 6)],
      { binds_to: "nothing" },
      ["A last_click", "nobody no_touch"],
    ],
  ];
  test.each(stories)("%s", (_, facts, terms, expected, statuses) => {
    expect(credits(facts, terms, statuses)).toEqual(expected);
  });

  test("uses the time of receipt for a sale dated later than that", () => {
    const [future] = fold([fact("sale", 400, { received: 5, click: touch("A", 0) })]);
    expect([future?.credit.reason, future?.occurred_at]).toEqual(["last_click", DAY_0 + 5 * DAY]);
  });

  test("lists a click that came too late with the reason", () => {
    const facts = [fact("sale", 5, { click: touch("A", 0) }), fact("sale", 35, { click: touch("B", 34) })];
    expect(fold(facts)[1]?.credit.considered.map((t) => `${t.click_id} ${t.outcome}`)).toEqual([
      "A@0 chosen",
      "B@34 bound_elsewhere",
    ]);
  });

  test("lists the reason why each touch lost", () => {
    const facts = [
      fact("lead", 2, { click: touch("A", 0) }),
      fact("lead", 3, { click: touch("C", 1) }),
      fact("lead", 4, { click: touch("A", -40) }),
      fact("sale", 20, { click: touch("B", 3) }),
      fact("lead", 30, { click: touch("A", 25) }),
    ];
    const sale = fold(facts, {}, { C: [[-99, false]] }).find((conversion) => conversion.type === "sale");
    expect(sale?.credit.considered.map((t) => `${t.click_id} ${t.outcome}`)).toEqual([
      "B@3 chosen",
      "C@1 affiliate_not_approved",
      "A@0 later_click_won",
      "A@-40 outside_window",
    ]);
  });
});

describe("payments and refunds", () => {
  const refund = (day: number, amount: number, name: string) =>
    fact("refund", day, { payment: "p", refund: name, amount });
  const sale = fact("sale", 5, { payment: "p", click: touch("A", 0) });
  const cases: [string, Fact[], { status: string; refunded: number; notes: number }][] = [
    ["no refund", [sale], { status: "recorded", refunded: 0, notes: 0 }],
    [
      "in parts",
      [sale, refund(6, 3_333, "r1"), refund(7, 3_333, "r2")],
      { status: "refunded", refunded: 6_666, notes: 0 },
    ],
    [
      "counts a repeated refund once",
      [sale, refund(6, 3_000, "r1"), refund(7, 3_000, "r1")],
      { status: "refunded", refunded: 3_000, notes: 0 },
    ],
    [
      "reverses no more than the sale",
      [sale, refund(6, 9_000, "r1"), refund(7, 9_000, "r2")],
      { status: "refunded", refunded: 10_000, notes: 1 },
    ],
    [
      "applies a refund that arrives before its sale",
      [refund(4, 4_000, "r1"), sale],
      { status: "refunded", refunded: 4_000, notes: 0 },
    ],
    ["keeps a refund waiting for its sale", [refund(4, 4_000, "r1")], { status: "waiting", refunded: 0, notes: 1 }],
    [
      "does not apply a refund in another currency",
      [sale, fact("refund", 6, { payment: "p", refund: "r1", amount: 100, currency: "EUR" })],
      { status: "recorded", refunded: 0, notes: 1 },
    ],
    [
      "a chargeback",
      [sale, fact("chargeback", 9, { payment: "p", refund: "d1" })],
      { status: "refunded", refunded: 10_000, notes: 0 },
    ],
    [
      "restores a chargeback that was won",
      [
        sale,
        fact("chargeback", 9, { payment: "p", refund: "d1" }),
        fact("chargeback_won", 12, { payment: "p", refund: "d1" }),
      ],
      { status: "recorded", refunded: 0, notes: 0 },
    ],
  ];
  test.each(cases)("%s", (_, facts, expected) => {
    const [conversion] = fold(facts);
    expect({ ...conversion, notes: conversion?.notes.length }).toMatchObject(expected);
  });

  test("one payment with two event ids is one conversion", () => {
    const twice = [sale, fact("sale", 5, { payment: "p", id: "other", click: touch("A", 0) })];
    expect(fold(twice)).toHaveLength(1);
  });
});

const anyTouch = fc
  .tuple(fc.constantFrom("A", "B", "C"), fc.integer({ min: -40, max: 60 }))
  .map(([name, day]) => touch(name, day));
const anyFact = fc
  .record({
    type: fc.constantFrom<EventType>(...EVENT_TYPES, "touch", "settlement"),
    day: fc.integer({ min: 0, max: 60 }),
    late: fc.integer({ min: 0, max: 5 }),
    click: fc.option(fc.oneof(anyTouch, fc.constant("token_forged" as const)), { nil: undefined }),
    payment: fc.constantFrom("p1", "p2", "p3"),
    refund: fc.constantFrom("r1", "r2"),
    amount: fc.integer({ min: 0, max: 10_000 }),
    gross: fc.option(fc.integer({ min: 0, max: 12_000 })),
    by_gross: fc.boolean(),
    names_payment: fc.boolean(),
    namespace: fc.constantFrom("", "stripe"),
    subscription: fc.option(fc.constantFrom("s1", "s2"), { nil: undefined }),
  })
  .map(({ type, day, late, click, subscription, by_gross, names_payment, ...rest }) =>
    fact(type, day, {
      ...rest,
      received: day + late,
      id: Object.values({ type, day, ...rest }).join("-"),
      ...(type === "settlement" && { settles: `payment:${qualifyId(rest.namespace, rest.payment)}` }),
      ...(by_gross && type !== "sale" && { amount: null }),
      ...(!names_payment && type === "touch" && { payment: null }),
      ...(click !== undefined && { click }),
      ...(subscription !== undefined && { subscription_id: subscription }),
    }),
  );

const anyStatuses = fc.record(
  Object.fromEntries(
    ["A", "B", "C"].map((name) => [
      name,
      fc
        .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 3 })
        .map(
          (days) =>
            [[-99, true], ...days.sort((x, y) => x - y).map((day, n) => [day, n % 2 === 1])] as [number, boolean][],
        ),
    ]),
  ),
);

test("facts give the same conversions in any order of arrival, each up to three times", () => {
  const history = fc.uniqueArray(anyFact, { selector: (f) => f.id, maxLength: 12 });
  fc.assert(
    fc.property(
      history.chain((facts) => {
        const again = fc.tuple(fc.subarray([...facts]), fc.subarray([...facts]));
        const arrivals = again.chain((more) => {
          const all = [...facts, ...more.flat()];
          return fc.shuffledSubarray(all, { minLength: all.length });
        });
        return fc.tuple(fc.constant(facts), arrivals);
      }),
      fc.constantFrom<ProgramTerms["binds_to"]>("customer", "subscription", "nothing"),
      anyStatuses,
      ([facts, arrivals], binds_to, statuses) => {
        // The object keeps the first copy of each fact.
        const kept = [...new Map(arrivals.toReversed().map((f) => [f.id, f])).values()].reverse();
        expect(fold(kept, { binds_to }, statuses)).toEqual(fold(facts, { binds_to }, statuses));
      },
    ),
    { numRuns: 500 },
  );
});
