/** The explanation of every reason and every outcome, in words and as data. One added without its row here does not compile. */
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
const own = makeTouch({ outcome: "own_purchase", own_by: "email" });

const reasons: Record<CreditReason, [credit: Partial<Credit>, text: string]> = {
  last_click: [{ touch: click }, "The last click before the sale: link my-link (mail), clicked 2 hours before."],
  first_click: [{ touch: click }, "The first click that still counted: link my-link (mail), clicked 2 hours before."],
  coupon: [{ touch: coupon }, "The coupon of an affiliate was used: coupon SAVE10, used with it."],
  referral: [
    { touch: referral },
    "The merchant told whose referral this customer is: referral told by the merchant, of 2 hours before.",
  ],
  bound: [
    { touch: click, binding },
    "The credit was bound on 1970-01-12, by an earlier trial or payment; no new click is needed.",
  ],
  bound_to_nobody: [
    { binding: { ...binding, touch: null } },
    "This customer came on 1970-01-12 without an affiliate's click; later clicks do not change that.",
  ],
  dispute: [{ touch: named, ruling }, "On 1970-03-03 the merchant decided a dispute: B held the demo"],
  outside_window: [{}, "No click was within the 30 days that a click counts."],
  click_after_conversion: [{}, "The click came after the sale."],
  click_after_signup: [{}, "The click came after the customer had signed up without one."],
  own_purchase: [
    { considered: [own] },
    "The affiliate's own purchase earns nothing: the customer has the affiliate's e-mail address.",
  ],
  affiliate_not_approved: [{}, "The affiliate of the click was not approved in this program at that time."],
  waiting_for_sale: [{}, "A refund has arrived before its sale."],
  no_touch: [{}, "No click of any affiliate is known for this customer."],
  token_malformed: [{}, "What came as a click token is none."],
  token_forged: [{}, "The click token was not signed by this program's keys."],
  token_foreign: [{}, "The click token belongs to another program."],
  token_unknown_link: [{}, "The click token names a link that does not exist."],
};

test.each(Object.entries(reasons))("the reason %s in words", (reason, [credit, text]) => {
  expect(explainConversion(makeRecord({ ...credit, reason: reason as CreditReason })).text).toBe(text);
});

test("a referral that bound is said to have", () => {
  const record = makeRecord({ reason: "bound", touch: referral, binding: { ...binding, conversion: null } });
  expect(explainConversion(record).text).toContain("by a referral that was told;");
});

/** What a touch of hour 998 lost by to a click of `rival` in hour 999: to the merchant, and to the affiliate itself. */
const outcomes: Record<TouchOutcome, [all: string, loser: string]> = {
  chosen: ["gets the credit", "Gets the credit"],
  later_click_won: ["another click came 1 hour later", "Another affiliate’s click came later"],
  earlier_click_won: ["another click came 1 hour earlier", "Another affiliate’s click came earlier"],
  coupon_won: [
    "an affiliate's coupon was used, which goes before a click",
    "Another affiliate’s coupon was used, which goes before a click",
  ],
  click_won: ["a click goes before a coupon", "Another affiliate’s click was there, which goes before a coupon"],
  outside_window: ["older than the 30 days that a click counts", "Older than the 30 days that a click counts"],
  after_conversion: ["only after the sale", "Came only after the sale"],
  after_signup: ["only after the customer had signed up", "Came only after the customer had signed up"],
  own_purchase: [
    "own purchase: affiliate and customer are the same",
    "Own purchase: you and the customer are the same",
  ],
  bound_elsewhere: [
    "an earlier trial or payment had bound the credit already",
    "An earlier trial or payment had bound the credit already",
  ],
  overruled: [
    "the merchant decided a dispute for another affiliate",
    "The merchant decided a dispute for another affiliate",
  ],
  affiliate_not_approved: [
    "the affiliate was not approved in this program then",
    "You were not approved in this program then",
  ],
};

const rival = makeTouch({
  affiliate_id: 2,
  affiliate: "rival",
  link: "rival-link",
  channel: "rival-mail",
  clicked_at: 999 * HOUR,
});

test.each(Object.entries(outcomes))("the outcome %s in words, to all and to the loser", (outcome, [all, loser]) => {
  const lost = makeTouch({ outcome: outcome as TouchOutcome });
  const record = makeRecord({ touch: rival, considered: [rival, lost] });
  expect(explainConversion(record).touches[1]?.text).toBe(`Link my-link (mail), clicked 2 hours before: ${all}.`);
  expect(explainLoss(lost, record)).toBe(loser);
});

test.each([
  ["email", "the customer has the affiliate's e-mail address", "the customer has your e-mail address"],
  ["payment_details", "it was paid with the affiliate's payment details", "it was paid with your payment details"],
  [
    "visitor",
    "the affiliate has signed in with the browser that clicked",
    "you have signed in with the browser that clicked",
  ],
] as const)("an own purchase by %s", (own_by, all, loser) => {
  const touch = makeTouch({ outcome: "own_purchase", own_by });
  const record = makeRecord({ reason: "own_purchase", considered: [touch] });
  const explanation = explainConversion(record);
  expect(explanation.touches[0]?.text).toContain(`own purchase: ${all}.`);
  expect(explanation.touches[0]?.own_by).toBe(own_by);
  expect(explanation.text).toContain(all);
  expect(explainLoss(touch, record)).toBe(`Own purchase: ${loser}`);
});

test("what won over a click is called what it is; the loser is not told", () => {
  const lost = makeTouch({ outcome: "later_click_won" });
  const told = makeTouch({ ...rival, source: "referral", link: null, channel: null });
  const record = makeRecord({ reason: "referral", touch: told, considered: [told, lost] });
  expect(explainConversion(record).touches[1]?.text).toContain("another referral came 1 hour later");
  expect(explainLoss(lost, record)).toBe("Another affiliate brought this customer later");
  const bound = makeTouch({ outcome: "bound_elsewhere" });
  const boundRecord = makeRecord({ touch: told, considered: [bound], binding: { ...binding, conversion: null } });
  expect(explainLoss(bound, boundRecord)).toBe("A referral that was told earlier had bound the credit already");
});

test("a dispute is told to each side, with its reason", () => {
  expect(explainRuling(ruling, 2)).toBe("The merchant decided a dispute for another affiliate: B held the demo");
  // Named, and barred all the same.
  expect(explainRuling(ruling, 1)).toBe("The merchant decided a dispute for you: B held the demo");
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
      },
    },
  );
  const none = { click_id: null, link: null, channel: null, coupon: null, own_by: null };
  expect(explainConversion(record)).toEqual({
    text: "On 1970-03-03 the merchant decided a dispute: B held the demo",
    rule: {
      model: "first_click",
      window_days: null,
      binds_to: "subscription",
      click_before: "signup",
      precedence: "click",
      self_purchase: "allow",
    },
    terms_version: 4,
    touches: [
      {
        ...none,
        source: "dispute",
        clicked_at: "1970-03-03T16:00:00.000Z",
        affiliate: "me",
        outcome: "chosen",
        text: "Named in a dispute: gets the credit.",
      },
      {
        ...none,
        source: "coupon",
        clicked_at: "1970-02-11T16:00:00.000Z",
        affiliate: "me",
        coupon: "SAVE10",
        outcome: "overruled",
        text: "Coupon SAVE10, used with it: the merchant decided a dispute for another affiliate.",
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
        text: "Link rival-link (rival-mail), clicked 1 hour before: the merchant decided a dispute for another affiliate.",
      },
    ],
    more_touches: 3,
    binding: { affiliate: null, conversion: "cv_0", since: "1970-01-12T16:00:00.000Z" },
    dispute: { affiliate: "me", ruled_at: "1970-03-03T16:00:00.000Z", reason: "B held the demo" },
    token_fault: "token_forged",
    notes: ["A note."],
  });
});

test("a record of before the rules had more to say is told by what held then; test mode says so", () => {
  const record: ConversionRecord = makeRecord({ reason: "no_touch" }, { test: true });
  expect(explainConversion(record)).toMatchObject({
    rule: { window_days: 30, click_before: "sale", precedence: "coupon", self_purchase: "refuse" },
    touches: [],
    binding: null,
    dispute: null,
    notes: ["From the provider's test mode: counted nowhere and never paid."],
  });
});
