import * as v from "valibot";

/** 100 %. */
const BPS_MAX = 10_000;
const DAYS_MAX = 3_650;

const days = (least: number) =>
  v.pipe(
    v.number(),
    v.integer("must be a whole number of days"),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(DAYS_MAX, `must be at most ${DAYS_MAX}`),
  );

/** One rule of a programme's rates. */
const rate = v.strictObject({
  /** Basis points of the payment: 4,000 are 40 %. */
  rate_bps: v.pipe(
    v.number(),
    v.integer("must be whole basis points"),
    v.minValue(0, "must not be negative"),
    v.maxValue(BPS_MAX, `must be at most ${BPS_MAX} basis points, which are 100 %`),
  ),
});

/**
 * A programme's terms as data. Once in force a version never changes; what a later version adds is optional, so that
 * stored versions stay valid.
 */
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
  /** The first rule that matches sets the rate. */
  rates: v.pipe(v.array(rate), v.length(1, "must hold exactly one rule")),
});

export type ProgramTerms = v.InferOutput<typeof programTerms>;

/** The share of a payment that an affiliate earns, in basis points. */
export function rateOf(terms: ProgramTerms): number {
  return terms.rates[0]?.rate_bps ?? 0;
}

/** What a programme begins with where it names no preset: 30 days, last click, and no commission until its terms say one. */
export const unpaidTerms: ProgramTerms = {
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates: [{ rate_bps: 0 }],
};
