/** What the merchant's own decisions cover, and what they leave to the rules. */
import { describe, expect, test } from "vitest";
import { decisionScope } from "../../../src/customers/decisions/decision.ts";
import type { Fact } from "../../../src/customers/fact.ts";
import { kartraClassic } from "../../../src/programs/presets/kartra-classic.ts";
import type { DecisionScope } from "../../../src/webhooks/conversion-event.ts";
import { credits, DAY, DAY_0, fact, fold, type Statuses, touch } from "../../support/given.ts";

const SUBSCRIPTION = { binds_to: "subscription" } as const;

/** A touch of an affiliate whom the merchant names. */
const named = (affiliate: string, day: number, id: string) => ({
  ...touch(affiliate, day),
  ...({ click_id: `manual:${id}`, source: "manual", link: null, link_id: null } as const),
});

/** The merchant credits an affiliate, or nobody, on a day. */
function decide(
  day: number,
  affiliate: string | null,
  covers: DecisionScope,
  { scope, after, id = `${day}` }: { scope: string; after?: number; id?: string },
): Fact {
  const decision = {
    ...{ affiliate, covers, conversion: "payment:p1", scope, reason: "mine" },
    ...(after !== undefined && { after: DAY_0 + after * DAY }),
  };
  const made = fact("credit", day, { id, payment: null, decision });
  return { ...made, touches: affiliate === null ? [] : [named(affiliate, day, made.id)] };
}

/** A sale that was entered by hand on a day, for a payment of an earlier day. */
function enter(day: number, entered: number, affiliate: string, changes: Parameters<typeof fact>[2] = {}): Fact {
  const made = fact("sale", day, { ...changes, received: entered, entered: { affiliate, reason: "By invoice" } });
  return { ...made, touches: [...made.touches, named(affiliate, entered, made.id)] };
}

/** A subscription that A's click began on day 1, with renewals on days 31 and 61. */
const subscribed = [
  fact("sale", 1, { payment: "p1", subscription_id: "s1", click: touch("A", 0) }),
  fact("sale", 31, { payment: "p2", subscription_id: "s1" }),
  fact("sale", 61, { payment: "p3", subscription_id: "s1" }),
];
const S1 = "subscription:s1";

describe("a decision", () => {
  test("about one conversion leaves those that are bound together with it to the rules", () => {
    const facts = [...subscribed, decide(40, "B", "conversion", { scope: "conversion:payment:p1" })];
    expect(credits(facts, SUBSCRIPTION)).toEqual(["B manual_credit", "A bound", "A bound"]);
    expect(credits(facts)).toEqual(["B manual_credit", "A bound", "A bound"]);
  });

  test("about future ones begins after its conversion, and about all covers earlier ones too", () => {
    const future = decide(40, "B", "future", { scope: S1, after: 31 });
    expect(credits([...subscribed, future], SUBSCRIPTION)).toEqual(["A last_click", "A bound", "B manual_credit"]);
    const all = decide(40, "B", "all", { scope: S1 });
    expect(credits([...subscribed, all], SUBSCRIPTION)).toEqual(Array(3).fill("B manual_credit"));
  });

  test("can be that nobody is credited, and the next one replaces it, whatever arrives first", () => {
    const nobody = decide(40, null, "all", { scope: S1 });
    const back = decide(41, "A", "all", { scope: S1 });
    expect(credits([...subscribed, nobody], SUBSCRIPTION)).toEqual(Array(3).fill("nobody manual_credit"));
    expect(credits([back, ...subscribed, nobody], SUBSCRIPTION)).toEqual(Array(3).fill("A manual_credit"));
    const one = decide(42, "B", "conversion", { scope: "conversion:payment:p2" });
    expect(credits([one, back, ...subscribed], SUBSCRIPTION)).toEqual([
      ...["A manual_credit", "B manual_credit", "A manual_credit"],
    ]);
    // The latest decision counts, also one that covers more.
    const over = decide(43, "C", "all", { scope: S1 });
    expect(credits([one, back, ...subscribed, over], SUBSCRIPTION)).toEqual(Array(3).fill("C manual_credit"));
  });

  test("replaces a dispute, and a later dispute replaces it", () => {
    const dispute = (day: number, affiliate: string): Fact => {
      const made = fact("dispute", day, { payment: null, named: { affiliate, reason: "theirs", scope: S1 } });
      return { ...made, touches: [{ ...named(affiliate, day, made.id), source: "dispute" }] };
    };
    const decision = decide(40, null, "all", { scope: S1 });
    expect(credits([...subscribed, dispute(39, "B"), decision], SUBSCRIPTION)).toEqual(
      Array(3).fill("nobody manual_credit"),
    );
    expect(credits([...subscribed, dispute(41, "B"), decision], SUBSCRIPTION)).toEqual(Array(3).fill("B dispute"));
  });

  test("follows a subscription through a change of plan", () => {
    const upgrade = fact("sale", 91, { payment: "p4", subscription: { id: "s2", interval: "month", replaces: "s1" } });
    const renewal = fact("sale", 121, { payment: "p5", subscription_id: "s2" });
    const decision = decide(40, "B", "future", { scope: S1, after: 31 });
    expect(credits([...subscribed, upgrade, renewal, decision], SUBSCRIPTION)).toEqual([
      ...["A last_click", "A bound", "B manual_credit", "B manual_credit", "B manual_credit"],
    ]);
  });

  test("needs an affiliate that is approved when it is made, or at the time of a later conversion", () => {
    const all = decide(40, "B", "all", { scope: S1 });
    const credited = (B: Statuses[string]) => credits([...subscribed, all], SUBSCRIPTION, { B });
    // Enrolled, and rejected at first, before it was approved on day 35.
    const late: Statuses[string] = [
      [-5, false],
      [35, true],
    ];
    expect(credited(late)).toEqual(Array(3).fill("B manual_credit"));
    const suspended: Statuses[string] = [...late, [50, false]];
    expect(credited(suspended)).toEqual([...["B manual_credit", "B manual_credit", "nobody affiliate_not_approved"]]);
  });

  test("names those whose credit it overrules, also where they had no click", () => {
    const facts = [
      ...subscribed,
      decide(40, "B", "all", { scope: S1 }),
      decide(41, "C", "conversion", { scope: "conversion:payment:p1" }),
    ];
    const [first] = fold(facts, SUBSCRIPTION);
    expect(first?.credit.considered.map(({ affiliate, source, outcome }) => [affiliate, source, outcome])).toEqual([
      ["C", "manual", "chosen"],
      ["B", "manual", "overruled"],
      ["A", "click", "overruled"],
    ]);
    expect(first?.credit.unlisted).toBe(0);
  });
});

describe("what a decision covers", () => {
  const plans = {
    "subscription:s2": { terms_version: 1, product: null, interval: null, payments: 1, first_paid_at: 1 },
  };
  const about = { id: "cv_1", occurred_at: 1, subscription: "s2", terms: kartraClassic, plans };
  const scopesOf = (changes: Partial<typeof about>) =>
    (["conversion", "future", "all"] as const).map((covers) => decisionScope(covers, { ...about, ...changes }));

  test("is what the terms bind together", () => {
    expect(scopesOf({})).toEqual(["conversion:cv_1", "customer", "customer"]);
    const terms = { ...kartraClassic, binds_to: "subscription" as const };
    expect(scopesOf({ terms })).toEqual(["conversion:cv_1", "subscription:s2", "subscription:s2"]);
    const nothing = { ...kartraClassic, binds_to: "nothing" as const };
    expect(scopesOf({ terms: nothing })).toEqual(["conversion:cv_1", null, "conversion:cv_1"]);
  });

  test("begins with the subscription that changes of plan began with", () => {
    const terms = { ...kartraClassic, binds_to: "subscription" as const };
    const continued = { "subscription:s2": { ...plans["subscription:s2"], continues: "subscription:s1" } };
    expect(scopesOf({ terms, plans: continued })[2]).toBe("subscription:s1");
  });
});

describe("a sale entered by hand", () => {
  test("is credited to the affiliate that it names, whatever the clicks say", () => {
    const sale = enter(5, 9, "B", { payment: "p1", click: touch("A", 4) });
    expect(credits([sale])).toEqual(["B manual_sale"]);
    const [made] = fold([sale]);
    expect(made?.credit.considered.map(({ affiliate, outcome }) => [affiliate, outcome])).toEqual([
      ["B", "chosen"],
      ["A", "overruled"],
    ]);
  });

  test("binds later payments where nothing was bound before", () => {
    const renewal = fact("sale", 35, { payment: "p2", subscription_id: "s1", click: touch("A", 34) });
    const first = enter(5, 9, "B", { payment: "p1", subscription_id: "s1" });
    expect(credits([first, renewal], SUBSCRIPTION)).toEqual(["B manual_sale", "B bound"]);
    expect(credits([first, renewal], { binds_to: "nothing" })).toEqual(["B manual_sale", "A last_click"]);
    const later = enter(70, 71, "C", { payment: "p3", subscription_id: "s1" });
    const next = fact("sale", 95, { payment: "p4", subscription_id: "s1" });
    expect(credits([...subscribed.slice(0, 1), later, next], SUBSCRIPTION)).toEqual([
      ...["A last_click", "C manual_sale", "A bound"],
    ]);
  });

  test("is the same sale when its checkout sends it later, even with an earlier time and a click", () => {
    const entered = enter(5, 9, "B", { payment: "p1", id: "by-hand" });
    const sent = fact("sale", 4, { payment: "p1", click: touch("A", 3), id: "by-webhook" });
    for (const facts of [
      [entered, sent],
      [sent, entered],
    ]) {
      const [made, ...others] = fold(facts);
      expect(others).toEqual([]);
      expect([made?.credit.touch?.affiliate, made?.credit.reason, made?.amount]).toEqual(["B", "manual_sale", 10_000]);
    }
  });

  test("can be credited to another affiliate afterwards, and says both", () => {
    const sale = enter(5, 9, "B", { payment: "p1" });
    const renewal = fact("sale", 35, { payment: "p2" });
    const decision = decide(10, "C", "conversion", { scope: "conversion:payment:p1" });
    expect(credits([sale, renewal, decision])).toEqual(["C manual_credit", "B bound"]);
    const [made] = fold([sale, decision]);
    expect([made?.credit.entry?.touch?.affiliate, made?.credit.ruling?.touch?.affiliate]).toEqual(["B", "C"]);
    // A decision about all that was made before the sale was entered doesn't cover it.
    const earlier = decide(8, "C", "all", { scope: "customer" });
    expect(credits([sale, renewal, earlier])).toEqual(["B manual_sale", "C manual_credit"]);
  });
});
