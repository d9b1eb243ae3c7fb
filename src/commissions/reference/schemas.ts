/** Ledger entries, balances and tiers in the reference. */
import * as v from "valibot";
import {
  amount,
  count,
  currency,
  flag,
  listOf,
  mostlyNull,
  named,
  object,
  oneOf,
  orNull,
  text,
  time,
} from "../../api/layout/reference/fields.ts";

const KINDS = ["commission", "override", "bonus", "reversal", "adjustment", "payout"] as const;

const priced = {
  kind: oneOf(KINDS, "What the entry is. `override` is a second-tier commission."),
  amount: amount("Signed minor units. A commission of 0 says in `reason` why the sale earned nothing.", 3_960),
  currency,
  rule: orNull(count("The rule that matched: its place in the terms' `rates`, from 0. Null if none applies.", 0)),
};

const rate = {
  rate_bps: orNull(count("Basis points. One of the three is set if a rule matched.", 4_000)),
  rate_fraction: mostlyNull(text("An exact fraction.", "2/12")),
  flat: mostlyNull(count("A fixed amount in minor units.", 500)),
  tier: mostlyNull(text("The tier that applied to the sale.", "Gold")),
};

const dates = {
  occurred_at: time("When the sale or correction happened."),
  clears_at: time("When it leaves the reserve.", "2026-04-16T09:30:00.000Z"),
};

const explanation = orNull(
  text("The entry in words. Null for entries that say everything themselves.", "40% of $99.00."),
);

const reason = mostlyNull(
  text("In words: the reason for an adjustment, for a commission of 0, or for a bonus.", "Summer contest"),
);

/** A ledger entry. */
export const entry = named("LedgerEntry", {
  id: text("Its id.", "en_1_1_7"),
  number: count("1, 2, 3 … within the account.", 7),
  ...priced,
  conversion: orNull(text("The conversion that it is for.", "cv_0b7f3a52c19e4d868f3d5a1c9be27d40")),
  from: mostlyNull(text("For a second-tier commission: the referred affiliate who made the sale.", "jonas")),
  base_amount: orNull(amount("The amount that the rate was applied to.", 9_900)),
  own_rates_from: mostlyNull(time("Since when the affiliate has the own rates that the rule is from.")),
  ...rate,
  tier_at: mostlyNull(time("When the tier was decided.")),
  terms_version: orNull(count("The version of the terms that applied.", 1)),
  reason,
  ...dates,
  corrects: mostlyNull(text("The entry that this one corrects.", "en_1_1_5")),
  hash: orNull(
    text(
      "SHA-256 of the entry before and this one.",
      "9f2c4e0b7d1a8835c6e0f4b92d7a1c3e5f60718293a4b5c6d7e8f90123456789",
    ),
  ),
  explanation,
});

/** What is owed and paid in one currency. */
export const balances = named("Balances", {
  earned: amount("All entries except payouts, net of reversals.", 118_800),
  reserve: amount("Still in the hold period.", 79_200),
  due: amount("Cleared and not yet paid. Negative if more was reversed than had cleared.", 39_600),
  paid: amount("Paid.", 0),
  currency,
});

const totals = {
  customers: count("Distinct customers.", 3),
  sales: count("Minor units of sales.", 29_700),
};

/** An affiliate's tier, null without tiers. */
export const tier = v.pipe(
  v.nullable(
    object({
      name: text("The tier's name.", "Silver"),
      next: orNull(
        object({
          name: text("The next tier's name.", "Gold"),
          customers: orNull(count("Distinct customers still needed. Null if none are.", 2)),
          sales: orNull(count("Minor units of sales still needed. Null if none are.", 10_000)),
          currency,
          counted: object(totals),
          pending: orNull(
            object({
              ...totals,
              clears_from: time("When the first of these sales clears."),
              clears_to: time("When the last of these sales clears."),
            }),
          ),
        }),
      ),
    }),
  ),
  v.description("The affiliate's tier and what is missing for the next. Null without tiers."),
  v.examples([null]),
);

/** What a sale would earn. */
export const previewedSale = object({
  sale: count("The sale's place in the request, from 0.", 0),
  payment_number: count("The payment's number, from 1.", 1),
  override: mostlyNull(amount("What the affiliate's sponsor would earn. Null without a second tier.", 495)),
  entries: listOf(
    object({
      ...priced,
      is_own_rate: flag("Whether `rule` is one of the affiliate's own.", false),
      ...rate,
      reason,
      explanation,
      ...dates,
    }),
    "The entries that would be posted.",
  ),
});
