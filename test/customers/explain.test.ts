/** The explanation of every reason and every outcome. A new one without a row here does not compile. */
import { expect, test } from "vitest";
import type { ConversionRecord } from "../../src/customers/conversion.ts";
import type { ConsideredTouch, Credit, CreditReason, TouchOutcome } from "../../src/customers/credit.ts";
import { explainConversion } from "../../src/customers/explain.ts";
import { explainLoss, explainRuling } from "../../src/customers/explain-loss.ts";
import { makeRecord, makeTouch } from "../support/make-record.ts";

const HOUR = 3_600_000;
const click = makeTouch();
const coupon = makeTouch({ source: "coupon", coupon: "SAVE10", link: null, channel: null, clicked_at: 1_000 * HOUR });
const referral = makeTouch({ source: "referral", link: null, channel: null });
const named = makeTouch({ source: "dispute", link: null, channel: null, clicked_at: 1_480 * HOUR });
const binding = { touch: click, conversion: "cv_0", since: 280 * HOUR };
const ruling = { touch: named, ruled_at: 1_480 * HOUR, reason: "B held the demo" };
const picked = makeTouch({ source: "manual", link: null, channel: null, clicked_at: 1_480 * HOUR });
const decided = { covers: "all", conversion: "cv_0" } as const;
const decision = { touch: picked, ruled_at: 1_480 * HOUR, reason: "She ran the webinar", decided };
const entry = { touch: picked, ruled_at: 1_480 * HOUR, reason: "Paid by invoice", is_entry: true } as const;
const own = makeTouch({ outcome: "own_purchase", own_by: "email" });

const reasons: Record<CreditReason, [credit: Partial<Credit>, text: string]> = {
  last_click: [{ touch: click }, "Last click before the sale: link my-link (mail), clicked 2 hours earlier."],
  first_click: [{ touch: click }, "First eligible click: link my-link (mail), clicked 2 hours earlier."],
  coupon: [{ touch: coupon }, "An affiliate’s coupon was used: coupon SAVE10, used with the sale."],
  referral: [
    { touch: referral },
    "The merchant reported who referred this customer: referral reported by the merchant 2 hours earlier.",
  ],
  bound: [
    { touch: click, binding },
    "Credit was assigned on Jan 12, 1970 by an earlier trial or payment, so no new click is needed.",
  ],
  bound_to_nobody: [
    { binding: { ...binding, touch: null } },
    "The first trial or payment, on Jan 12, 1970, had no eligible click. Later clicks don’t change that.",
  ],
  dispute: [{ touch: named, ruling }, "On Mar 3, 1970, the merchant decided a dispute: B held the demo"],
  manual_credit: [
    { touch: picked, ruling: decision },
    "On Mar 3, 1970, the merchant decided who is credited: She ran the webinar",
  ],
  manual_sale: [
    { touch: picked, ruling: entry, entry },
    "The merchant entered this sale by hand on Mar 3, 1970 and named the affiliate: Paid by invoice",
  ],
  outside_window: [{}, "Every click was outside the 30-day attribution window."],
  click_after_conversion: [{}, "The click came after the sale."],
  click_after_signup: [{}, "The click came after the customer had already signed up."],
  own_purchase: [
    { considered: [own] },
    "An affiliate’s own purchase doesn’t earn commission: the customer has the affiliate’s email address.",
  ],
  affiliate_not_approved: [{}, "The affiliate wasn’t approved in this program at the time of the sale."],
  waiting_for_sale: [{}, "A refund arrived before its sale."],
  no_touch: [{}, "No affiliate click is known for this customer."],
  token_malformed: [{}, "The click token is malformed."],
  token_forged: [{}, "The click token wasn’t signed with this program’s keys."],
  token_foreign: [{}, "The click token belongs to another program."],
  token_unknown_link: [{}, "The click token refers to a link that doesn’t exist."],
  token_link_ended: [{}, "The click came after its link was disabled or had expired."],
  too_many_customers: [{}, "More customers came with this click than one click can be credited for (10)."],
};

const rules = { cookie_days: 30, model: "last_click", binds_to: "customer", customers_per_click: 10 } as const;

test.each(Object.entries(reasons))("the reason %s", (reason, [credit, text]) => {
  expect(explainConversion(makeRecord({ ...credit, reason: reason as CreditReason }, { rules })).text).toBe(text);
});

test("a click that a checkout's clock puts after the sale", () => {
  const touch = makeTouch({ clicked_at: 1_000 * HOUR + 40_000 });
  expect(explainConversion(makeRecord({ reason: "last_click", touch }, { rules })).text).toContain(
    "clicked at about the same time",
  );
});

test("credit that a reported referral assigned", () => {
  const record = makeRecord({ reason: "bound", touch: referral, binding: { ...binding, conversion: null } });
  expect(explainConversion(record).text).toContain("by a referral reported earlier,");
});

/** A touch in hour 998 against a click of `rival` in hour 999, explained to the merchant and to the affiliate itself. */
const outcomes: Record<TouchOutcome, [all: string, loser: string]> = {
  chosen: ["credited", "Credited to you"],
  later_click_won: ["another click came 1 hour later", "Another affiliate’s click came later"],
  earlier_click_won: ["another click came 1 hour earlier", "Another affiliate’s click came earlier"],
  coupon_won: [
    "an affiliate’s coupon was used, which takes precedence over clicks",
    "Another affiliate’s coupon was used, which takes precedence over clicks",
  ],
  click_won: [
    "there was a click, which takes precedence over coupons",
    "Another affiliate had a click, which takes precedence over coupons",
  ],
  outside_window: ["outside the 30-day attribution window", "Your click was outside the 30-day attribution window"],
  after_conversion: ["came after the sale", "Your click came after the sale"],
  after_signup: ["came after the customer had signed up", "Your click came after the customer had signed up"],
  own_purchase: [
    "own purchase: the affiliate and the customer are the same person",
    "Own purchase: you and the customer are the same person",
  ],
  bound_elsewhere: [
    "credit was already assigned by an earlier trial or payment",
    "Credit was already assigned by an earlier trial or payment",
  ],
  overruled: [
    "the merchant decided a dispute in favor of another affiliate",
    "The merchant decided a dispute in favor of another affiliate",
  ],
  too_many_customers: [
    "more customers came with this click than one can be credited for (10)",
    "More customers came with your click than one click can be credited for (10)",
  ],
  affiliate_not_approved: [
    "the affiliate wasn’t approved in this program at the time of the sale",
    "You weren’t approved in this program at the time of the sale",
  ],
};

const rival = makeTouch({
  affiliate_id: 2,
  affiliate: "rival",
  link: "rival-link",
  channel: "rival-mail",
  clicked_at: 999 * HOUR,
});

test.each(Object.entries(outcomes))(
  "the outcome %s, for the merchant and for the affiliate",
  (outcome, [all, loser]) => {
    const lost = makeTouch({ outcome: outcome as TouchOutcome });
    const record = makeRecord({ touch: rival, considered: [rival, lost] }, { rules });
    expect(explainConversion(record).touches[1]?.text).toBe(`Link my-link (mail), clicked 2 hours earlier: ${all}.`);
    expect(explainLoss(lost, record)).toBe(loser);
  },
);

test.each([
  ["email", "the customer has the affiliate’s email address", "the customer has your email address"],
  ["payment_details", "it was paid with the affiliate’s payment details", "it was paid with your payment details"],
  ["visitor", "the affiliate signed in with the browser that clicked", "you signed in with the browser that clicked"],
] as const)("an own purchase by %s", (own_by, all, loser) => {
  const touch = makeTouch({ outcome: "own_purchase", own_by });
  const record = makeRecord({ reason: "own_purchase", considered: [touch] });
  const explanation = explainConversion(record);
  expect(explanation.touches[0]?.text).toContain(`own purchase: ${all}.`);
  expect(explanation.touches[0]?.own_by).toBe(own_by);
  expect(explanation.text).toContain(all);
  expect(explainLoss(touch, record)).toBe(`Own purchase: ${loser}`);
});

test("a referral that won is named to the merchant, but not to the affiliate whose click lost", () => {
  const lost = makeTouch({ outcome: "later_click_won" });
  const told = makeTouch({ ...rival, source: "referral", link: null, channel: null });
  const record = makeRecord({ reason: "referral", touch: told, considered: [told, lost] });
  expect(explainConversion(record).touches[1]?.text).toContain("another referral came 1 hour later");
  expect(explainLoss(lost, record)).toBe("Another affiliate referred this customer later");
  const bound = makeTouch({ outcome: "bound_elsewhere" });
  const boundRecord = makeRecord({ touch: told, considered: [bound], binding: { ...binding, conversion: null } });
  expect(explainLoss(bound, boundRecord)).toBe("Credit was already assigned by a referral reported earlier");
});

test("a dispute is explained to each side, with its reason", () => {
  expect(explainRuling(ruling, 2)).toBe(
    "The merchant decided a dispute in favor of another affiliate: B held the demo",
  );
  // Named in the dispute, but without the credit.
  expect(explainRuling(ruling, 1)).toBe("The merchant decided a dispute in your favor: B held the demo");
});

test("the merchant's own decision is explained to each side, with its reason", () => {
  const nobody = { ...decision, touch: null };
  expect(explainRuling(decision, 1)).toBe("The merchant credited you: She ran the webinar");
  expect(explainRuling(decision, 2)).toBe("The merchant credited another affiliate: She ran the webinar");
  expect(explainRuling(nobody, 2)).toBe("The merchant decided that nobody is credited: She ran the webinar");
  expect(explainRuling(entry, 1)).toBe("The merchant credited you: Paid by invoice");
  const lost = makeTouch({ ...rival, outcome: "overruled" });
  const moved = makeRecord({ reason: "manual_credit", touch: picked, ruling: decision, considered: [picked, lost] });
  expect(explainConversion(moved).touches.map(({ text }) => text)).toEqual([
    "Affiliate named by the merchant: credited.",
    "Link rival-link (rival-mail), clicked 1 hour earlier: the merchant credited another affiliate.",
  ]);
  expect(explainLoss(lost, moved)).toBe("The merchant credited another affiliate");
  const removed = makeRecord({ reason: "manual_credit", ruling: nobody, considered: [lost] });
  expect(explainConversion(removed).text).toBe(
    "On Mar 3, 1970, the merchant decided that nobody is credited: She ran the webinar",
  );
  expect(explainLoss(lost, removed)).toBe("The merchant decided that nobody is credited");
});

test("the merchant's own decisions as data", () => {
  const record = makeRecord({ reason: "manual_credit", ruling: { ...decision, touch: null }, entry });
  expect(explainConversion(record)).toMatchObject({
    dispute: null,
    decision: {
      ...{ affiliate: null, scope: "all", conversion: "cv_0" },
      ...{ decided_at: "1970-03-03T16:00:00.000Z", reason: "She ran the webinar" },
    },
    entered: { affiliate: "me", entered_at: "1970-03-03T16:00:00.000Z", reason: "Paid by invoice" },
  });
  const entered = makeRecord({ reason: "manual_sale", touch: picked, ruling: entry, entry });
  expect(explainConversion(entered)).toMatchObject({ dispute: null, decision: null, entered: { affiliate: "me" } });
});

test("the whole explanation as data", () => {
  const considered: ConsideredTouch[] = [
    named,
    { ...coupon, outcome: "overruled" },
    { ...rival, outcome: "overruled" },
  ];
  const record = makeRecord(
    { reason: "dispute", touch: named, considered, unlisted: 3, ruling, binding: { ...binding, touch: null } },
    {
      token_fault: "token_forged",
      notes: ["A note."],
      terms_version: 4,
      rules: {
        cookie_days: null,
        model: "first_click",
        binds_to: "subscription",
        click_before: "signup",
        precedence: "click",
        self_purchase: "allow",
        customers_per_click: 5,
      },
    },
  );
  const none = { click_id: null, link: null, channel: null, coupon: null, own_by: null };
  expect(explainConversion(record)).toEqual({
    text: "On Mar 3, 1970, the merchant decided a dispute: B held the demo",
    rule: {
      model: "first_click",
      window_days: null,
      binds_to: "subscription",
      click_before: "signup",
      precedence: "click",
      self_purchase: "allow",
      customers_per_click: 5,
    },
    terms_version: 4,
    touches: [
      {
        ...none,
        source: "dispute",
        clicked_at: "1970-03-03T16:00:00.000Z",
        affiliate: "me",
        outcome: "chosen",
        text: "Affiliate named in a dispute: credited.",
      },
      {
        ...none,
        source: "coupon",
        clicked_at: "1970-02-11T16:00:00.000Z",
        affiliate: "me",
        coupon: "SAVE10",
        outcome: "overruled",
        text: "Coupon SAVE10, used with the sale: the merchant decided a dispute in favor of another affiliate.",
      },
      {
        ...none,
        source: "click",
        click_id: "0".repeat(32),
        clicked_at: "1970-02-11T15:00:00.000Z",
        affiliate: "rival",
        link: "rival-link",
        channel: "rival-mail",
        outcome: "overruled",
        text: "Link rival-link (rival-mail), clicked 1 hour earlier: the merchant decided a dispute in favor of another affiliate.",
      },
    ],
    more_touches: 3,
    binding: { affiliate: null, conversion: "cv_0", since: "1970-01-12T16:00:00.000Z" },
    dispute: { affiliate: "me", ruled_at: "1970-03-03T16:00:00.000Z", reason: "B held the demo" },
    decision: null,
    entered: null,
    token_fault: "token_forged",
    notes: ["A note."],
  });
});

test("an old record without some rules shows their former defaults; test mode adds a note", () => {
  const record: ConversionRecord = makeRecord({ reason: "no_touch" }, { test: true });
  expect(explainConversion(record)).toMatchObject({
    rule: { window_days: 30, click_before: "sale", precedence: "coupon", self_purchase: "refuse" },
    touches: [],
    binding: null,
    dispute: null,
    notes: ["From the provider’s test mode: not counted and never paid."],
  });
});
