/**
 * A program's terms as data. A version never changes once it is in effect. A field that a later release adds has a default
 * equal to the earlier behavior, so that stored versions keep their meaning.
 */
import * as v from "valibot";
import { currencyCode, minorUnits, shortText } from "../lib/validation.ts";
import { groupSlug } from "./group.ts";

/** 100 %. */
const BPS_WHOLE = 10_000;
/** Ten times the payment: more is a typo. */
const BPS_MAX = 100_000;
const DAYS_MAX = 3_650;
const MONTHS_MAX = 120;
const COUNT_MAX = 1_000_000;
const RULES_MAX = 500;
const LEVELS_MAX = 20;
const NAMES_MAX = 200;
const MILESTONES_MAX = 20;
/** All terms as JSON: they are kept with each customer and sent with each sale, and every rule is compared with the others. */
export const TERMS_MAX_CHARACTERS = 65_536;

/** A click is one person's. More customers than this share a token that somebody spread. */
const CUSTOMERS_PER_CLICK = 10;
/** Customers of a click are numbered up to this, and one more. */
export const CUSTOMERS_PER_CLICK_MAX = 1_000;

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

/** An exact share of the payment, such as 2/12, for rates that aren't whole basis points. */
const fraction = v.pipe(
  v.strictObject({ numerator: whole("", 0, COUNT_MAX), denominator: whole("", 1, COUNT_MAX) }),
  v.check(
    ({ numerator, denominator }) => numerator * BPS_WHOLE <= denominator * BPS_MAX,
    `must be at most ${BPS_MAX / BPS_WHOLE}`,
  ),
);

const names = <const Item extends v.GenericSchema<string>>(item: Item) =>
  v.pipe(
    v.array(item),
    v.minLength(1, "must name at least one"),
    v.maxLength(NAMES_MAX, `must name at most ${NAMES_MAX}`),
  );

/** How often a subscription is billed; `once` is a payment outside a subscription. */
export const INTERVALS = ["once", "day", "week", "month", "year"] as const;

/** An inclusive range; without `to` it has no end. */
const range = (least: number, most: number) =>
  v.strictObject({ from: whole("", least, most), to: v.optional(v.nullable(whole("", least, most)), null) });

/** A commission rule. It matches if all of its conditions do, and pays exactly one of `rate_bps`, `rate` and `flat`. */
const rate = v.pipe(
  v.strictObject({
    /** For rules that pay for leads instead of payments: they have a `flat` reward, and no conditions on payments. */
    event: v.optional(v.picklist(["lead"])),
    interval: v.optional(names(v.picklist(INTERVALS))),
    /** How many intervals lie between two payments: `month` and 3 are quarterly plans. With `interval`, the default is 1. */
    interval_count: v.optional(whole("", 1, COUNT_MAX)),
    product: v.optional(names(shortText)),
    /** Names of levels of `tiers`. */
    tier: v.optional(names(shortText)),
    /** Slugs of groups: the affiliate must be in one of them at the time of the sale. */
    groups: v.optional(names(groupSlug)),
    /** ISO 3166-1 alpha-2. */
    country: v.optional(names(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, "must be a country code such as DE")))),
    platform: v.optional(names(shortText)),
    /** Minor units of the program's currency. Smaller payments don't match. */
    min_amount: v.optional(minorUnits),
    /** Which payments of what `counts_by` says. Counted from 1. */
    payment: v.optional(range(1, COUNT_MAX)),
    /**
     * Only the customer's first payment that meets the other conditions of a rule with this field, apart from `tier`. Once per
     * customer, whatever subscriptions there are. If rules name groups, each group has its own first qualifying payment.
     */
    first_qualifying: v.optional(v.boolean()),
    /**
     * Calendar months since the first of these payments, which is in month 0. A payment up to a day before the monthly
     * anniversary belongs to the next month.
     */
    months: v.optional(range(0, MONTHS_MAX)),
    /** Basis points of the payment: 4,000 is 40%. */
    rate_bps: v.optional(rateBps),
    /** The same as an exact fraction: 2/12 is two twelfths. */
    rate: v.optional(fraction),
    /** A fixed amount in minor units of the program's currency. */
    flat: v.optional(minorUnits),
    /** The most that a payment can earn, in minor units of the program's currency. */
    cap: v.optional(minorUnits),
    /** Allows a commission that exceeds the payment. */
    above_payment: v.optional(v.boolean()),
  }),
  v.forward(
    v.check(
      ({ rate_bps = 0, above_payment = false }) => above_payment || rate_bps <= BPS_WHOLE,
      "must be at most 10000 basis points (100%) unless above_payment is true",
    ),
    ["rate_bps"],
  ),
  v.forward(
    v.check(
      ({ rate, above_payment = false }) => above_payment || rate === undefined || rate.numerator <= rate.denominator,
      "must be at most 1 (100%) unless above_payment is true",
    ),
    ["rate"],
  ),
);

/** Each rule is stored with every version, so there are few. */
const OWN_RULES_MAX = 50;

/** The rules that a single affiliate has. They precede the rules of the terms. */
export const ownRates = v.pipe(
  v.array(rate),
  v.minLength(1, "must contain at least one rule"),
  v.maxLength(OWN_RULES_MAX, `must contain at most ${OWN_RULES_MAX} rules`),
);

/** A tier. The first level has no conditions, so that every affiliate is in one. */
const level = v.strictObject({
  name: shortText,
  /** Distinct customers with a counted sale. */
  min_customers: v.optional(count),
  /** Total sales in minor units of the program's currency: at least this, or more than this. */
  sales_at_least: v.optional(minorUnits),
  sales_over: v.optional(minorUnits),
});

const tiers = v.strictObject({
  /** How many calendar months before the sale count; null counts everything. */
  window_months: v.nullable(months(1)),
  /** Whether a sale counts as soon as it is made, or once its hold period ends. */
  counts: v.picklist(["at_once", "after_hold"]),
  /** `window`: affiliates move down when they no longer meet a level's conditions; `never`: they keep every level they reach. */
  demotion: v.picklist(["window", "never"]),
  /** The lowest first. An affiliate is in the highest level whose conditions it meets. */
  levels: v.pipe(
    v.array(level),
    v.minLength(1, "must contain at least one level"),
    v.maxLength(LEVELS_MAX, `must contain at most ${LEVELS_MAX} levels`),
  ),
});

/** What the selling affiliate's sponsor earns from the same payment. */
const secondTier = v.strictObject({
  /** In addition to the affiliate's own commission. Both may exceed the payment, as Kartra's do in the first month. */
  rate_bps: v.pipe(rateBps, v.maxValue(BPS_WHOLE, `must be at most ${BPS_WHOLE} basis points (100%)`)),
  /** On every payment, or only on the first of what `counts_by` says. */
  payments: v.picklist(["every", "first"]),
});

/** A bonus, posted each time its goal is reached. The goal is exactly one of `commission` and `customers`. */
const milestone = v.strictObject({
  /** Total commission, net of reversals, in minor units of the program's currency. */
  commission: v.optional(v.pipe(minorUnits, v.minValue(1, "must be at least 1"))),
  /** Distinct customers with a sale. */
  customers: v.optional(count),
  /** At each multiple of the goal, or only at the first. */
  repeats: v.boolean(),
  /** Minor units of the program's currency. */
  bonus: v.pipe(minorUnits, v.minValue(1, "must be at least 1")),
  /** `with_sales`: with the sales that reached the goal. `own_hold`: after a hold period from when the goal was reached. */
  clears: v.optional(v.picklist(["with_sales", "own_hold"]), "with_sales"),
  /** Whether the bonus is reversed if the goal is no longer reached. */
  reversed: v.optional(v.boolean(), true),
});

/** What an affiliate must provide before it is paid. */
export const PAYOUT_GATES = ["tax_form", "payment_details"] as const;

/** Exchange rates aren't known, so each currency has its own minimum. */
const minimumIn = v.strictObject({
  currency: currencyCode,
  amount: v.pipe(minorUnits, v.minValue(1, "must be at least 1: leave the currency out if it has no minimum")),
});

const payout = v.strictObject({
  /** Whether a payout covers the commissions that cleared in a month, or those earned in it. */
  basis: v.picklist(["cleared", "earned"]),
  /** Months from that month to the payout: 1 is the following month. */
  lag_months: whole("months", 0, 12),
  /** Days of the payout month, both included. */
  first_day: whole("", 1, 31),
  last_day: whole("", 1, 31),
  /**
   * A second window in the payout month. It pays what cleared, or was earned, before a day of the month after the one that the
   * first window pays, so that this part waits a month less.
   */
  second_window: v.optional(
    v.nullable(
      v.strictObject({
        first_day: whole("", 1, 31),
        last_day: whole("", 1, 31),
        before_day: whole("", 2, 31),
      }),
    ),
    null,
  ),
  /** Whether a commission is paid only once the merchant has confirmed that the sale's money has arrived. */
  after_settlement: v.optional(v.boolean(), false),
  /** Minor units of the program's currency. Smaller balances are carried over. */
  minimum: v.optional(minorUnits, 0),
  /**
   * Minor units of the program's currency: the sales, less refunds, that a balance must come from. Balances from smaller
   * sales are carried over. Balances in other currencies have no such minimum.
   */
  minimum_sales: v.optional(minorUnits, 0),
  /** Minimums of other currencies, in minor units of each. Currencies not listed have no minimum. */
  minimums: v.optional(v.pipe(v.array(minimumIn), v.maxLength(NAMES_MAX, `must name at most ${NAMES_MAX}`)), []),
  gates: v.optional(v.array(v.picklist(PAYOUT_GATES)), []),
  methods: v.optional(v.array(v.picklist(["paypal", "bank"])), ["paypal"]),
});

/** A program's terms. Every field but the first five is optional; its default is the behavior before the field existed. */
export const programTerms = v.strictObject({
  /** The attribution window of a click in days; null never expires. */
  cookie_days: v.nullable(days(1)),
  /** Which of the eligible clicks gets the credit. */
  model: v.picklist(["last_click", "first_click"]),
  /**
   * What the first trial or payment assigns to its affiliate: the `customer` for life, the `subscription` while it is active
   * (a new one is attributed again), or `nothing` (each payment needs its own click). Without an eligible click, the
   * customer or subscription is assigned to no affiliate, for as long.
   */
  binds_to: v.picklist(["customer", "subscription", "nothing"]),
  /** Days from the payment until its commission clears: the hold period. */
  hold_days: days(0),
  /** The first rule that matches applies. If none does, the sale earns nothing. */
  rates: v.pipe(
    v.array(rate),
    v.minLength(1, "must contain at least one rule"),
    v.maxLength(RULES_MAX, `must contain at most ${RULES_MAX} rules`),
  ),

  /** What payments and months are counted by: each subscription (purchases outside of one are counted together), or the customer. */
  counts_by: v.optional(v.picklist(["subscription", "customer"]), "subscription"),
  /** What a click must come before: the `sale` itself, or the customer's `signup` (its first lead, trial or payment). */
  click_before: v.optional(v.picklist(["sale", "signup"]), "sale"),
  /** Which one gets the credit if a coupon and a click point to different affiliates. */
  precedence: v.optional(v.picklist(["coupon", "click"]), "coupon"),
  /** Whether affiliates earn commission on their own purchases. */
  self_purchase: v.optional(v.picklist(["refuse", "allow"]), "refuse"),
  /** How many distinct customers one click can be credited for; null for any number. */
  customers_per_click: v.optional(v.nullable(whole("", 1, CUSTOMERS_PER_CLICK_MAX)), CUSTOMERS_PER_CLICK),
  /** Whether a paid trial is a sale; a free one never is. */
  paid_trial: v.optional(v.picklist(["no_sale", "sale"]), "no_sale"),
  /** If an affiliate is no longer approved: keep its customers and pay nothing meanwhile, or attribute the next payment again. */
  on_suspension: v.optional(v.picklist(["keep", "release"]), "keep"),
  /** Whether a subscription keeps its affiliate when its product changes, or is attributed again. */
  on_plan_change: v.optional(v.picklist(["keep", "anew"]), "keep"),
  /** For how many days after its cancellation a reactivated subscription keeps its affiliate: 0 for none, null for ever. */
  reactivation_days: v.optional(v.nullable(days(0)), 0),
  /** Days from the first trial or payment in which the credit can be disputed; null for never. */
  dispute_days: v.optional(v.nullable(days(1)), null),
  /** Whether a new version also applies to subscriptions that started under an earlier one. */
  applies_to: v.optional(v.picklist(["new", "all"]), "new"),
  tiers: v.optional(v.nullable(tiers), null),
  second_tier: v.optional(v.nullable(secondTier), null),
  milestones: v.optional(
    v.pipe(v.array(milestone), v.maxLength(MILESTONES_MAX, `must contain at most ${MILESTONES_MAX} milestones`)),
    [],
  ),
  payout: v.optional(v.nullable(payout), null),
  /** Who can join. Shown to affiliates; the merchant checks it when approving. */
  open_to: v.optional(v.picklist(["anyone", "customers"]), "anyone"),
});

export type ProgramTerms = v.InferOutput<typeof programTerms>;

/** Terms as written: fields left out have their defaults. */
export type TermsInput = v.InferInput<typeof programTerms>;

export type Fraction = v.InferOutput<typeof fraction>;
export type RateRule = ProgramTerms["rates"][number];
export type Tiers = NonNullable<ProgramTerms["tiers"]>;
export type Payout = NonNullable<ProgramTerms["payout"]>;
export type Milestone = ProgramTerms["milestones"][number];

/** Adds the defaults of new terms, for presets. Doesn't validate. */
export function newTerms(terms: TermsInput): ProgramTerms {
  return completeTerms({ customers_per_click: CUSTOMERS_PER_CLICK, ...terms });
}

/** Adds what fields left out mean in a version stored before they existed: the earlier behavior. Doesn't validate. */
export function completeTerms(terms: TermsInput): ProgramTerms {
  const whole = { ...defaults, ...storedDefaults, ...terms } as ProgramTerms;
  return {
    ...whole,
    payout: whole.payout && { ...payoutDefaults, ...whole.payout },
    milestones: whole.milestones.map((milestone) => ({ ...storedMilestone, ...milestone })),
  };
}

/** What milestones did before these fields existed. New terms have other defaults. */
const storedMilestone = { clears: "own_hold", reversed: false } as const;

/** What terms did before these fields existed. New terms have other defaults. */
const storedDefaults = { customers_per_click: null } as const;

const defaults = v.getDefaults(programTerms);
const payoutDefaults = v.getDefaults(payout);

/** The rate of the first rule without conditions, in basis points; 0 if there is none. */
export function rateOf(terms: ProgramTerms): number {
  const reward = new Set(["rate_bps", "rate", "flat", "cap", "above_payment"]);
  return terms.rates.find((rule) => Object.keys(rule).every((field) => reward.has(field)))?.rate_bps ?? 0;
}

/** Whether any rule pays for leads. */
export function paysLeads({ rates }: Pick<ProgramTerms, "rates">): boolean {
  return rates.some(({ event }) => event === "lead");
}

/** The first terms of a program created without a preset: 30 days, last click, no commission. */
export const unpaidTerms: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ rate_bps: 0 }],
});
