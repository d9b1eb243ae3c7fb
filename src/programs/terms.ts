/**
 * A programme's terms as data: what a merchant promises its affiliates. Once in force a version never changes; what a later
 * version of Lastclick adds has a default that says what held before, so that stored versions stay what they were.
 */
import * as v from "valibot";
import { currencyCode, minorUnits, shortText } from "../lib/validation.ts";

/** 100 %. */
const BPS_WHOLE = 10_000;
/** Ten times the payment: more is a slip of the pen. */
const BPS_MAX = 100_000;
const DAYS_MAX = 3_650;
const MONTHS_MAX = 120;
const COUNT_MAX = 1_000_000;
const RULES_MAX = 500;
const LEVELS_MAX = 20;
const NAMES_MAX = 200;

const whole = (unit: string, least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer(`must be a whole number${unit === "" ? "" : ` of ${unit}`}`),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );
const days = (least: number) => whole("days", least, DAYS_MAX);
const months = (least: number) => whole("months", least, MONTHS_MAX);
const count = whole("", 1, COUNT_MAX);

const rateBps = v.pipe(
  v.number(),
  v.integer("must be whole basis points"),
  v.minValue(0, "must not be negative"),
  v.maxValue(BPS_MAX, `must be at most ${BPS_MAX} basis points`),
);

const names = <const Item extends v.GenericSchema<string>>(item: Item) =>
  v.pipe(
    v.array(item),
    v.minLength(1, "must name at least one"),
    v.maxLength(NAMES_MAX, `must name at most ${NAMES_MAX}`),
  );

/** How often a subscription is paid; `once` is a payment outside of any. */
export const INTERVALS = ["once", "day", "week", "month", "year"] as const;

/** From one number to another, both included; without `to` it has no end. */
const range = (least: number, most: number) =>
  v.strictObject({ from: whole("", least, most), to: v.optional(v.nullable(whole("", least, most)), null) });

/** One rule of a programme's rates: it matches where all that it states holds, and pays by exactly one of `rate_bps` and `flat`. */
const rate = v.pipe(
  v.strictObject({
    interval: v.optional(names(v.picklist(INTERVALS))),
    product: v.optional(names(shortText)),
    /** Names of levels of `tiers`. */
    tier: v.optional(names(shortText)),
    /** ISO 3166-1 alpha-2. */
    country: v.optional(names(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, "is not a country code such as DE")))),
    platform: v.optional(names(shortText)),
    /** Minor units of the programme's currency: the payment is at least this. */
    min_amount: v.optional(minorUnits),
    /** Which of the subscription's payments (outside of one, of the customer's), counted from 1. */
    payment: v.optional(range(1, COUNT_MAX)),
    /** Whole calendar months since the first of these payments, which is in month 0. */
    months: v.optional(range(0, MONTHS_MAX)),
    /** Basis points of the payment: 4,000 are 40 %. */
    rate_bps: v.optional(rateBps),
    /** Minor units of the programme's currency, whatever the payment is. */
    flat: v.optional(minorUnits),
    /** Minor units of the programme's currency: no payment earns more. */
    cap: v.optional(minorUnits),
    /** More than the payment itself is meant. */
    above_payment: v.optional(v.boolean()),
  }),
  v.forward(
    v.check(
      ({ rate_bps = 0, above_payment = false }) => above_payment || rate_bps <= BPS_WHOLE,
      "must be at most 10000 basis points, which are 100 %, unless above_payment says that more is meant",
    ),
    ["rate_bps"],
  ),
);

/** One level of the tiers. The first has no conditions: everybody is in it. */
const level = v.strictObject({
  name: shortText,
  /** Distinct customers with a sale that counts. */
  min_customers: v.optional(count),
  /** Minor units of the programme's currency: sales of at least this, or (exclusive) of more than this. */
  sales_at_least: v.optional(minorUnits),
  sales_over: v.optional(minorUnits),
});

const tiers = v.strictObject({
  /** Calendar months back from the sale whose customers and sales count; null for all there ever were. */
  window_months: v.nullable(months(1)),
  /** Whether a sale counts as soon as it is made, or once its hold is over. */
  counts: v.picklist(["at_once", "after_hold"]),
  /** `window`: who falls below a level's conditions leaves it; `never`: a level once reached is kept. */
  demotion: v.picklist(["window", "never"]),
  /** The lowest first. An affiliate is in the highest whose conditions all hold. */
  levels: v.pipe(
    v.array(level),
    v.minLength(1, "must hold at least one level"),
    v.maxLength(LEVELS_MAX, `must hold at most ${LEVELS_MAX} levels`),
  ),
});

/** What the sponsor of the selling affiliate earns, of the same payment. */
const secondTier = v.strictObject({
  /** Beside the affiliate's own share: both together may be more than the payment (Kartra's are, on a first month). */
  rate_bps: v.pipe(rateBps, v.maxValue(BPS_WHOLE, `must be at most ${BPS_WHOLE} basis points, which are 100 %`)),
  /** Of every payment, or of each subscription's (or customer's) first only. */
  payments: v.picklist(["every", "first"]),
});

/** A bonus, posted once each time that its mark is reached. Exactly one of `commission` and `customers` is stated. */
const milestone = v.strictObject({
  /** Minor units of the programme's currency: commission earned in all, net of what was taken back. */
  commission: v.optional(v.pipe(minorUnits, v.minValue(1, "must be at least 1"))),
  /** Distinct customers with a sale. */
  customers: v.optional(count),
  /** At each multiple of the mark, or at the first only. */
  repeats: v.boolean(),
  /** Minor units of the programme's currency. */
  bonus: v.pipe(minorUnits, v.minValue(1, "must be at least 1")),
});

/** What an affiliate needs before it is paid. */
export const PAYOUT_GATES = ["tax_form", "payment_details"] as const;

/** No rate of exchange is known, so that a minimum in one currency says nothing of another. */
const minimumIn = v.strictObject({
  currency: currencyCode,
  amount: v.pipe(minorUnits, v.minValue(1, "must be at least 1: a currency that is left out has no minimum")),
});

const payout = v.strictObject({
  /** Whether commissions are paid by the month in which they cleared, or in which they were earned. */
  basis: v.picklist(["cleared", "earned"]),
  /** Months from that month to the one of the payment: 1 is the next. */
  lag_months: whole("months", 0, 12),
  /** Days of the month of the payment, both included. */
  first_day: whole("", 1, 31),
  last_day: whole("", 1, 31),
  /** Minor units of the programme's currency: less is carried over. */
  minimum: v.optional(minorUnits, 0),
  /** The same for balances in other currencies, in the minor units of each: what is not named here has no minimum. */
  minimums: v.optional(v.pipe(v.array(minimumIn), v.maxLength(NAMES_MAX, `must name at most ${NAMES_MAX}`)), []),
  gates: v.optional(v.array(v.picklist(PAYOUT_GATES)), []),
  methods: v.optional(v.array(v.picklist(["paypal", "bank"])), ["paypal"]),
});

/** A programme's terms. Every field but the first five may be left out: the default is what held before there was such a field. */
export const programTerms = v.strictObject({
  /** How long a click may earn credit, in days; null never expires. */
  cookie_days: v.nullable(days(1)),
  /** Which of the eligible clicks gets the credit. */
  model: v.picklist(["last_click", "first_click"]),
  /**
   * What the credit of a first trial or payment binds: the `customer` for life, the `subscription` while it is active (a
   * new one is decided anew), or `nothing` (each payment needs its own click). Who first comes without a click that counts
   * is bound too, to nobody.
   */
  binds_to: v.picklist(["customer", "subscription", "nothing"]),
  /** Days from the payment until its commission clears. */
  hold_days: days(0),
  /** The first rule that matches sets the rate; where none does, nothing is earned. */
  rates: v.pipe(
    v.array(rate),
    v.minLength(1, "must hold at least one rule"),
    v.maxLength(RULES_MAX, `must hold at most ${RULES_MAX} rules`),
  ),

  /** What a click must come before: the `sale` itself, or the customer's `signup` (its first lead, trial or payment). */
  click_before: v.optional(v.picklist(["sale", "signup"]), "sale"),
  /** Who gets the credit where a coupon names one affiliate and a click another. */
  precedence: v.optional(v.picklist(["coupon", "click"]), "coupon"),
  /** Whether affiliates earn by what they buy themselves. */
  self_purchase: v.optional(v.picklist(["refuse", "allow"]), "refuse"),
  /** Whether a trial that is paid for is a sale; a free one never is. */
  paid_trial: v.optional(v.picklist(["no_sale", "sale"]), "no_sale"),
  /** What is bound to an affiliate who is no longer approved: it stays bound and earns nothing meanwhile, or is decided anew. */
  on_suspension: v.optional(v.picklist(["keep", "release"]), "keep"),
  /** Whether a subscription that changes its product keeps its affiliate, or is decided anew. */
  on_plan_change: v.optional(v.picklist(["keep", "anew"]), "keep"),
  /** For how many days after its cancellation a subscription that comes back keeps its affiliate: 0 not at all, null for ever. */
  reactivation_days: v.optional(v.nullable(days(0)), 0),
  /** Days from a subscription's first trial or payment in which another affiliate may be named for it; null for never. */
  dispute_days: v.optional(v.nullable(days(1)), null),
  /** Whether a new version also holds for subscriptions that began under an older one. */
  applies_to: v.optional(v.picklist(["new", "all"]), "new"),
  tiers: v.optional(v.nullable(tiers), null),
  second_tier: v.optional(v.nullable(secondTier), null),
  milestones: v.optional(v.array(milestone), []),
  payout: v.optional(v.nullable(payout), null),
  /** Who may be an affiliate; said on the page, and the merchant's to look after when it approves. */
  open_to: v.optional(v.picklist(["anyone", "customers"]), "anyone"),
});

export type ProgramTerms = v.InferOutput<typeof programTerms>;

/** Terms as somebody writes them down: what is left out has its default. */
export type TermsInput = v.InferInput<typeof programTerms>;

export type RateRule = ProgramTerms["rates"][number];
export type Tiers = NonNullable<ProgramTerms["tiers"]>;
export type Payout = NonNullable<ProgramTerms["payout"]>;
export type Milestone = ProgramTerms["milestones"][number];

/** Terms with every default filled in: for presets, and for versions that were stored before a field was there. Checks nothing. */
export function completeTerms(terms: TermsInput): ProgramTerms {
  const whole = { ...defaults, ...terms } as ProgramTerms;
  return { ...whole, payout: whole.payout && { ...payoutDefaults, ...whole.payout } };
}

const defaults = v.getDefaults(programTerms);
const payoutDefaults = v.getDefaults(payout);

/** The share that the first rule without any condition pays, in basis points; 0 where there is none. */
export function rateOf(terms: ProgramTerms): number {
  const reward = new Set(["rate_bps", "flat", "cap", "above_payment"]);
  return terms.rates.find((rule) => Object.keys(rule).every((field) => reward.has(field)))?.rate_bps ?? 0;
}

/** What a programme begins with where it names no preset: 30 days, last click, and no commission until its terms say one. */
export const unpaidTerms: ProgramTerms = completeTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ rate_bps: 0 }],
});
