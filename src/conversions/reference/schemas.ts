/** Conversions in the reference. */
import * as v from "valibot";
import {
  affiliate,
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
  program,
  text,
  time,
} from "../../api/layout/reference/fields.ts";
import { entry } from "../../commissions/reference/schemas.ts";
import { DECISION_SCOPES } from "../../webhooks/conversion-event.ts";
import { TYPES } from "../api.ts";
import { COMMISSION_STATES } from "../commission-state.ts";

const ID = "cv_0b7f3a52c19e4d868f3d5a1c9be27d40";

const entries = {
  id: text("Its id.", ID),
  program,
  type: oneOf(TYPES, "What the customer did."),
  status: text("`recorded`, or what happened to the payment since, such as `refunded`.", "recorded"),
  attributed_to: orNull(text("The credited affiliate's username. Null if none is.", "maya")),
  link: orNull(text("The slug of the credited click's link.", "maya")),
  reason: text("Why it is or isn't credited, as a stable code.", "last_click"),
  commission: orNull(
    object({
      amount: amount("What it has earned the affiliate, net of reversals, in minor units.", 3_960),
      currency,
      state: orNull(
        oneOf(
          COMMISSION_STATES,
          "In its hold period, to be paid, paid, set off against what the affiliate owed, or reversed. Null if it never earned anything.",
        ),
      ),
    }),
  ),
  customer: orNull(text("The customer's id as your checkout sent it. Null for one without an id, or erased.", "cus_1")),
  amount: orNull(amount("Minor units that commission is calculated from. Null for leads and trials.", 9_900)),
  gross: mostlyNull(amount("The gross payment, if it differs.", 11_781)),
  refunded: amount("Minor units that were refunded or charged back.", 0),
  currency: orNull(text("ISO 4217 currency code.", "USD")),
  occurred_at: time("When it happened."),
  settled_at: mostlyNull(time("When the merchant received the money, where that is known.")),
  payment: orNull(text("The checkout's id of the payment.", "pay_1")),
  product: orNull(text("The product, as the checkout reports it.", "pro")),
  subscription: orNull(text("The checkout's id of the subscription.", "sub_1")),
  interval: orNull(text("How often the subscription is paid. `once` for payments outside a subscription.", "month")),
  payment_number: orNull(count("The payment's number within its subscription, from 1.", 1)),
  country: mostlyNull(text("The customer's country, as the checkout reports it.", "US")),
  platform: mostlyNull(text("Where the sale was made, as the checkout reports it.", "web")),
  test: flag("Whether it is from test mode: in no report, and never paid.", false),
};

/** A conversion. */
export const conversion = named("Conversion", entries);

const OUTCOMES = [
  ...["chosen", "later_click_won", "earlier_click_won", "coupon_won", "click_won", "outside_window"],
  ...["after_conversion", "after_signup", "own_purchase", "bound_elsewhere", "overruled", "too_many_customers"],
  "affiliate_not_approved",
];

const source = oneOf(["click", "coupon", "referral", "dispute", "manual"], "What the touch is.");
const outcome = oneOf(OUTCOMES, "Why it was chosen, or wasn't.");

const touch = {
  source,
  clicked_at: time("When it happened.", "2026-03-01T18:05:00.000Z"),
  link: orNull(text("The link's slug.", "maya")),
  channel: mostlyNull(text("The channel of a tracking link.", "newsletter")),
  coupon: mostlyNull(text("The coupon.", "MAYA10")),
};

const explanation = named("Explanation", {
  text: text("The reason in a sentence.", "maya's click of March 1, 2026 was the last one before the sale."),
  rule: object({
    model: oneOf(["last_click", "first_click"], "Which of the eligible clicks gets the credit."),
    window_days: orNull(count("For how many days a click can be credited. Null for ever.", 30)),
    binds_to: text("What the first trial or payment assigns to its affiliate.", "customer"),
    click_before: oneOf(["sale", "signup"], "What a click must come before."),
    precedence: oneOf(["coupon", "click"], "Which one gets the credit if they point to different affiliates."),
    self_purchase: oneOf(["refuse", "allow"], "Whether own purchases earn commission."),
    customers_per_click: orNull(count("How many customers one click can be credited for.", 10)),
  }),
  terms_version: count("The version of the terms that applied.", 1),
  touches: listOf(
    object({
      ...touch,
      click_id: orNull(text("The click's id. Null unless the source is a click.", "019ca4b8a5c07c3e9f10a2b3c4d5e6f7")),
      affiliate,
      outcome,
      own_by: mostlyNull(text("For an own purchase: how it is known.", "email")),
      text: text("The outcome in a sentence.", "Chosen: the last click."),
    }),
    "The touches that were considered, newest first.",
  ),
  more_touches: count("Older touches that aren't listed.", 0),
  binding: mostlyNull(
    object({
      affiliate: orNull(text("The affiliate that the customer is assigned to.", "maya")),
      conversion: orNull(text("The conversion that assigned it. Null if a referral did.", ID)),
      since: time("Since when."),
    }),
  ),
  dispute: mostlyNull(
    object({
      affiliate: text("The affiliate that is credited.", "jonas"),
      ruled_at: time("When the merchant decided."),
      reason: text("Why.", "The customer asked Jonas first."),
    }),
  ),
  decision: mostlyNull(
    object({
      affiliate: orNull(text("The affiliate that is credited. Null for nobody.", "jonas")),
      scope: oneOf(DECISION_SCOPES, "What the decision is about."),
      conversion: text("The conversion that it was made about.", ID),
      decided_at: time("When."),
      reason: text("Why.", "Jonas advised the customer by phone."),
    }),
  ),
  entered: mostlyNull(
    object({
      affiliate: text("The affiliate that the merchant named for a sale entered by hand.", "maya"),
      entered_at: time("When."),
      reason: text("Why.", "Paid by bank transfer."),
    }),
  ),
  token_fault: mostlyNull(text("What was wrong with the click token that the checkout sent.", "token_expired")),
  notes: listOf(v.string(), "Further sentences.", []),
});

/** A conversion with the explanation of its credit and its ledger entries. */
export const explainedConversion = named("ExplainedConversion", {
  ...entries,
  explanation,
  decisions: listOf(
    object({
      decided_at: time("When."),
      actor: text("The id of the user or key that decided.", "first"),
      affiliate: orNull(text("The affiliate that is credited. Null for nobody.", "jonas")),
      scope: v.pipe(
        v.nullable(v.picklist(DECISION_SCOPES)),
        v.description("What the decision is about. Null for a dispute."),
        v.examples(["conversion"]),
      ),
      reason: text("Why. Affiliates see it.", "Jonas advised the customer by phone."),
      internal_note: mostlyNull(text("The note that only merchants read.", "See ticket 42.")),
    }),
    "What the merchant decided about this conversion, oldest first.",
    [],
  ),
  entries: listOf(
    named("ConversionEntry", { affiliate: text("The affiliate whose ledger it is in.", "maya"), ...entry.entries }),
    "The ledger entries for it, of all affiliates.",
  ),
});

/** A conversion that an affiliate wasn't credited for. */
export const touched = named("TouchedConversion", {
  id: text("Its id.", ID),
  program,
  type: oneOf(TYPES, "What the customer did."),
  occurred_at: time("When it happened."),
  notes: listOf(v.string(), "Sentences about the whole conversion.", []),
  touches: listOf(
    object({ ...touch, outcome, text: text("The outcome in a sentence.", "A later click was credited.") }),
    "The affiliate's own touches.",
  ),
});

/** What a decision about the credit would change. */
export const creditPreview = object({
  changed: count("How many conversions would be credited differently: what the decision itself answers.", 4),
  moved: object({
    this: flag("Whether this conversion moves to another affiliate or to nobody.", true),
    earlier: count("How many earlier conversions of the customer move with it.", 0),
    later: count("How many later ones do, such as renewals.", 3),
  }),
  conversions: listOf(
    object({
      id: text("Its id.", ID),
      type: oneOf(TYPES, "What the customer did."),
      occurred_at: time("When it happened."),
      amount: orNull(amount("Minor units. Null for leads and trials.", 9_900)),
      currency: orNull(text("ISO 4217 currency code.", "USD")),
      from: orNull(text("The affiliate that is credited now. Null for nobody.", "maya")),
      to: orNull(text("The affiliate that would be credited. Null for nobody.", "jonas")),
    }),
    "The conversions that move, oldest first; at most 100.",
  ),
  amounts: v.pipe(
    v.nullable(
      v.array(
        object({
          affiliate,
          kind: oneOf(["commission", "override", "bonus"], "Its own commission, second-tier commission or a bonus."),
          currency,
          reversed: amount("What would be reversed, in minor units. Never negative.", 7_960),
          credited: amount("What would be credited, in minor units. Never negative.", 0),
        }),
      ),
    ),
    v.description(
      "What would change in each affiliate's ledger. Null if more than 500 entries would have to be posted on trial: then only the numbers above are known.",
    ),
  ),
});
