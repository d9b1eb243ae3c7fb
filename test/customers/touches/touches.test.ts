/** Clicks reported in separate events, and cancellations that do not name a subscription. */
import { describe, expect, test } from "vitest";
import { conversionKeyOf, type Fact } from "../../../src/customers/fact.ts";
import { listChanges } from "../../../src/customers/messages.ts";
import { kartraClassic } from "../../../src/programs/presets/kartra-classic.ts";
import type { ProgramTerms } from "../../../src/programs/terms.ts";
import { foldAll } from "../../support/fold-all.ts";
import { credits, fact, fold, touch } from "../../support/given.ts";

const A = touch("A", 0);
const B = touch("B", 20);
const perSubscription = { binds_to: "subscription" } as const;
const perSale = { binds_to: "nothing" } as const;

describe("a touch", () => {
  const stories: [string, Fact[], Partial<ProgramTerms>, string[]][] = [
    ["makes no conversion", [fact("touch", 1, { click: A })], {}, []],
    ["is weighed for a later payment", [fact("touch", 1, { click: A }), fact("sale", 5)], {}, ["A last_click"]],
    [
      "is weighed for a payment that arrived before it",
      [fact("sale", 5), fact("touch", 1, { click: A, received: 6 })],
      {},
      ["A last_click"],
    ],
    [
      "binds the renewals that arrived before it too",
      [fact("sale", 5), fact("sale", 35), fact("touch", 1, { click: A, received: 36 })],
      {},
      ["A last_click", "A bound"],
    ],
    ["loses to a later click", [fact("touch", 1, { click: A }), fact("sale", 25, { click: B })], {}, ["B last_click"]],
    [
      "does not count outside the window",
      [fact("touch", 1, { click: A }), fact("sale", 31)],
      {},
      ["nobody outside_window"],
    ],
    [
      "with a click after the payment is not weighed, and binds nobody",
      [fact("sale", 5), fact("touch", 21, { click: B }), fact("sale", 35)],
      {},
      ["nobody no_touch", "nobody bound_to_nobody"],
    ],
    ["without a click changes nothing", [fact("touch", 1), fact("sale", 5)], {}, ["nobody no_touch"]],
    [
      "is weighed for each subscription",
      [
        fact("touch", 1, { click: A }),
        fact("sale", 5, { subscription_id: "s1" }),
        fact("touch", 21, { click: B }),
        fact("sale", 25, { subscription_id: "s2" }),
        fact("sale", 35, { subscription_id: "s1" }),
      ],
      perSubscription,
      ["A last_click", "B last_click", "A bound"],
    ],
    [
      "with a forged token is noted on its payment, and binds nothing",
      [
        fact("touch", 5, { click: "token_forged", payment: "p" }),
        fact("sale", 5, { payment: "p" }),
        fact("sale", 25, { click: B }),
      ],
      {},
      ["nobody token_forged", "B last_click"],
    ],
    [
      "with a forged token on a refund does not change the sale",
      [
        fact("sale", 5, { payment: "p" }),
        fact("refund", 6, { payment: "p", click: "token_forged" }),
        fact("sale", 25, { click: B }),
      ],
      {},
      ["nobody no_touch", "nobody bound_to_nobody"],
    ],
    [
      "counts for the payment that it names, even if its click seems a moment later",
      [fact("touch", 5, { click: touch("A", 5.0005), payment: "p" }), fact("sale", 5, { payment: "p" })],
      {},
      ["A last_click"],
    ],
  ];
  test.each(stories)("%s", (_, facts, terms, expected) => {
    expect(credits(facts, terms)).toEqual(expected);
    expect(credits(facts.toReversed(), terms)).toEqual(expected);
  });

  test("leaves a refund that waits for its sale waiting", () => {
    const facts = [
      fact("touch", 1, { payment: "p", click: A }),
      fact("refund", 6, { payment: "p", refund: "r", amount: 1 }),
    ];
    const [waiting, ...others] = fold(facts);
    expect([waiting?.status, waiting?.credit.reason, others]).toEqual(["waiting", "waiting_for_sale", []]);
    expect(waiting?.occurred_at).toBe(facts[1]?.event.occurred_at);
  });

  test("that arrives after its payment moves the credit by corrections", () => {
    const termsOf = () => kartraClassic;
    const approved = (found: Fact): Fact => ({
      ...found,
      standings: [{ affiliate_id: 1, since: 0, approved: true }],
    });
    const sale = approved(fact("sale", 5));
    const holder = { program_id: 1, customer_key: "1:id:cus", customer: "c1" };
    const before = listChanges(holder, () => null, foldAll([sale], termsOf), termsOf);
    expect(before.messages.map(({ to }) => to)).toEqual(["reports"]);
    const stored = new Map(before.records.map((record) => [record.id, record]));
    const after = foldAll([sale, approved(fact("touch", 1, { click: A }))], termsOf);
    const textOf = (id: string) => JSON.stringify(stored.get(id)) ?? null;
    const { records, messages } = listChanges(holder, textOf, after, termsOf);
    expect(records).toMatchObject([{ revision: 2, credit: { touch: { affiliate: "A" } } }]);
    expect(messages).toMatchObject([{ to: "reports" }, { to: "account", sale: { affiliate_id: 1, credited: true } }]);
  });
});

describe("where each sale needs its own click, a touch", () => {
  const stories: [string, Fact[], string[]][] = [
    ["of the customer alone is not credited", [fact("touch", 1, { click: A }), fact("sale", 5)], ["nobody no_touch"]],
    [
      "is credited only for the payment that it names",
      [fact("touch", 1, { click: A, payment: "p" }), fact("sale", 5, { payment: "p" }), fact("sale", 6)],
      ["A last_click", "nobody no_touch"],
    ],
    [
      "is the click of its subscription's next payment, not of the renewals",
      [
        fact("touch", 1, { click: A, subscription_id: "s1" }),
        fact("sale", 2, { subscription_id: "s2" }),
        fact("sale", 5, { subscription_id: "s1" }),
        fact("sale", 25, { subscription_id: "s1" }),
      ],
      ["nobody no_touch", "A last_click", "nobody no_touch"],
    ],
    [
      "is the click of an upgrade's payment",
      [
        fact("sale", 5, { subscription_id: "s1" }),
        fact("touch", 21, { click: B, subscription_id: "s1" }),
        fact("sale", 21, { subscription_id: "s1" }),
      ],
      ["nobody no_touch", "B last_click"],
    ],
    [
      "is the click of its subscription's trial, whatever its first bill of nothing is called",
      [
        fact("touch", 1, { click: A, payment: "in_0", subscription_id: "s1" }),
        fact("trial", 1, { subscription_id: "s1" }),
        fact("sale", 15, { subscription_id: "s1" }),
      ],
      ["A last_click", "nobody no_touch"],
    ],
    [
      "belongs to the provider that names the subscription",
      [
        fact("touch", 1, { click: A, subscription_id: "s1", namespace: "stripe" }),
        fact("sale", 5, { subscription_id: "s1" }),
      ],
      ["nobody no_touch"],
    ],
  ];
  test.each(stories)("%s", (_, facts, expected) => {
    expect(credits(facts, perSale)).toEqual(expected);
    expect(credits(facts.toReversed(), perSale)).toEqual(expected);
  });
});

describe("identifiers within a namespace", () => {
  test("keep order 5 of two shops as two sales, each with its own refund", () => {
    const facts = [
      fact("sale", 5, { payment: "5", namespace: "shopify:a", id: "a" }),
      fact("sale", 6, { payment: "5", namespace: "woocommerce:b", id: "b" }),
      fact("sale", 7, { payment: "5", id: "c" }),
      fact("refund", 8, { payment: "5", refund: "r", amount: 1, namespace: "woocommerce:b" }),
    ];
    expect(fold(facts).map(({ payment, refunded }) => [payment, refunded])).toEqual([
      ["5", 0],
      ["5", 1],
      ["5", 0],
    ]);
  });

  test("bind and end subscriptions of each namespace separately", () => {
    const stripe = { subscription_id: "1", namespace: "stripe" };
    const paddle = { subscription_id: "1", namespace: "paddle" };
    const facts = [
      fact("sale", 1, { click: A, ...stripe }),
      fact("sale", 21, { click: B, ...paddle }),
      fact("cancellation", 22, { ...paddle }),
      fact("sale", 35, { ...stripe }),
    ];
    expect(credits(facts, perSubscription)).toEqual(["A last_click", "B last_click", "A bound"]);
  });

  test("keep the merchant's own identifiers without a prefix", () => {
    const keyOf = (type: "sale" | "trial" | "lead" | "touch" | "refund" | "cancellation", changes = {}) =>
      conversionKeyOf("ep:e", fact(type, 1, { payment: "p", subscription_id: "s", ...changes }).event);
    expect(keyOf("sale")).toBe("payment:p");
    expect(keyOf("refund")).toBe("payment:p");
    expect(keyOf("touch")).toBe("payment:p");
    expect(keyOf("trial", { amount: 0 })).toBe("trial:subscription:s");
    expect(keyOf("trial", { payment: null })).toBe("trial:subscription:s");
    // Refunded by its payment's identifier.
    expect(keyOf("trial")).toBe("payment:p");
    expect(keyOf("lead")).toBe("lead:ep:e");
    expect(keyOf("cancellation")).toBeNull();
    expect(keyOf("sale", { namespace: "stripe:acct_1" })).toBe("payment:stripe:acct_1:p");
    expect(keyOf("trial", { payment: null, namespace: "stripe:acct_1" })).toBe("trial:subscription:stripe:acct_1:s");
    expect(keyOf("sale", { test: true })).toBe("test:payment:p");
    expect(keyOf("sale", { payment: null })).toBe("sale:ep:e");
    expect(keyOf("refund", { payment: null })).toBeNull();
  });
});

describe("a cancellation that names no subscription", () => {
  const paid = [
    fact("sale", 1, { click: A, subscription_id: "s1" }),
    fact("sale", 2, { subscription_id: "s2" }),
    fact("sale", 3),
    fact("cancellation", 40),
    fact("sale", 50, { subscription_id: "s1" }),
    fact("sale", 51, { subscription_id: "s2" }),
    fact("sale", 52),
  ];
  const before = ["A last_click", "A last_click", "A last_click"];

  test("ends all of the customer's subscriptions", () => {
    expect(credits(paid, perSubscription)).toEqual([...before, ...Array(3).fill("nobody outside_window")]);
  });

  test("changes nothing where customers are bound for life", () => {
    expect(credits(paid)).toEqual(["A last_click", ...Array(5).fill("A bound")]);
  });

  test.each([
    ["for a customer bound for life by earlier terms", "customer", "subscription"],
    ["for a customer bound for life by current terms", "subscription", "customer"],
  ] as const)("changes nothing %s", (_, first, then) => {
    const facts = paid
      .filter(({ event }) => event.subscription === null)
      .map((found, index) => ({
        ...found,
        ...(index === 0 && { touches: [A] }),
        standings: [{ affiliate_id: 1, since: 0, approved: true }],
        terms_version: index === 0 ? 1 : 2,
      }));
    const termsOf = (version: number): ProgramTerms => ({
      ...kartraClassic,
      binds_to: version === 1 ? first : then,
    });
    const reasons = foldAll(facts, termsOf).map(({ credit }) => credit.reason);
    expect(reasons).toEqual(["last_click", "bound"]);
  });
});
