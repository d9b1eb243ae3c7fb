/** Statements and payout runs in the reference. */
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
  text,
  time,
} from "../../api/layout/reference/fields.ts";
import { BLOCK_CODES, STATEMENT_STATUSES } from "../statements/statement.ts";

/** Why nothing is paid. */
export const block = named("PayoutBlock", {
  code: oneOf(BLOCK_CODES, "A stable code."),
  text: text("A sentence.", "The balance is below the minimum of $50.00."),
  minimum: v.optional(count("The minimum, in minor units.", 5_000)),
  sales: v.optional(amount("The sales, in minor units.", 12_000)),
  method: v.optional(text("The affiliate's payout method.", "bank")),
  status: v.optional(text("The enrollment's status.", "suspended")),
});

const entries = {
  id: text("Its id.", "st_1_1_1"),
  affiliate,
  number: count("1, 2, 3 … within the account.", 1),
  run: text("The payout run.", "run_V1StGXR8Z5jdHi6BmyT7"),
  month: text("The payout month.", "2026-03"),
  window: count("Which of the month's payout windows.", 1),
  status: oneOf(
    STATEMENT_STATUSES,
    "`carried`: there was nothing to pay. `unpaid`: the run was paid without it. `returned`: the payment came back.",
  ),
  currency,
  opening: amount("The balance carried over from the statement before.", 0),
  entries: count("How many ledger entries it includes.", 3),
  total: amount("`opening` and all entries.", 39_600),
  payable: amount("What the run pays.", 39_600),
  carried: amount("What is carried into the next statement.", 0),
  blocked: listOf(block, "Why nothing is paid.", []),
  drafted_at: time("When it was drafted."),
  changed_at: time("When it got its status."),
  payment: mostlyNull(text("The ledger entry of the payment.", "en_1_1_8")),
  returned: mostlyNull(text("The ledger entry of the payment's return.", "en_1_1_9")),
  reason: mostlyNull(text("Why it is unpaid, failed or was returned.", "The account is closed.")),
  paid_by: mostlyNull(
    object({
      source: oneOf(["file", "manual"], "In a payment file, or outside the files."),
      method: text("How.", "paypal"),
      reference: orNull(text("The reference that the payee sees.", "st_1_1_1")),
    }),
  ),
};

/** A statement. */
export const statement = named("Statement", entries);

/** A statement among those of its run. */
export const runStatement = named("RunStatement", {
  ...entries,
  name: text("The affiliate's name.", "Maya Okafor"),
  email: text("The affiliate's email address.", "maya@example.com"),
});

/** The fields of a statement. */
export const statementEntries = entries;

const tally = object({
  statements: count("Statements.", 3),
  payments: count("Statements with a payment.", 2),
  amount: amount("Their total, in minor units.", 63_200),
  carried: amount("What is carried over. Negative if affiliates owe.", 1_160),
});

const tallies = (meaning: string) =>
  v.pipe(
    v.record(v.string(), tally),
    v.description(meaning),
    v.examples([{ USD: { statements: 3, payments: 2, amount: 63_200, carried: 1_160 } }]),
  );

const approver = object({ user: text("The user's id.", "usr_V1StGXR8Z5jd"), name: text("The user's name.", "Mia") });

/** The statuses of payout runs. */
export const RUN_STATUSES = ["draft", "drafting", "approved", "paying", "paid", "cancelling", "cancelled"] as const;

/** A payout run. */
export const run = named("PayoutRun", {
  id: text("Its id.", "run_V1StGXR8Z5jdHi6BmyT7"),
  month: text("The payout month.", "2026-03"),
  window: count("Which of the month's payout windows.", 1),
  status: oneOf(
    RUN_STATUSES,
    "A `draft` needs approval, an `approved` run can be paid. Those in between are in progress.",
  ),
  terms_version: count("The version of the terms with the payout schedule.", 1),
  drafted_at: orNull(time("When it was drafted.")),
  created_by: text("The key that created it, or `cron`.", "first"),
  approvals: listOf(
    object({
      key: orNull(text("The key that approved it. Null for an approval in the console.", "first")),
      user: orNull(text("The user that approved it. Null for a key that belongs to no user.", "usr_V1StGXR8Z5jd")),
      name: orNull(text("The user's name.", "Mia")),
      at: time("When."),
    }),
    "Who approved it.",
    [],
  ),
  approval: mostlyNull(
    object({
      needed: count("How many approvals the program needs.", 2),
      given_by: listOf(approver, "Users whose approval or draft counts. Empty if one approval is enough.", []),
      open_to: listOf(approver, "Users who may give one that is missing."),
    }),
  ),
  paid_at: mostlyNull(time("When payment began.")),
  finished_at: mostlyNull(time("When the last statement was settled.")),
  progress: object({
    affiliates: count("Affiliates that are done in this phase.", 3),
    busy: count("Affiliates that another run holds. They are left for the next run.", 0),
  }),
  drafted: tallies("Drafted totals by currency."),
  paid: v.pipe(v.record(v.string(), tally), v.description("Paid totals by currency."), v.examples([{}])),
  unpaid: v.pipe(
    v.record(v.string(), object({ payments: count("Payments.", 1), amount: amount("Their total.", 2_000) })),
    v.description("What the paid run left unpaid, by currency."),
    v.examples([{}]),
  ),
  blocked: v.pipe(
    v.record(v.picklist(BLOCK_CODES), v.number()),
    v.description("How many statements pay nothing, by reason."),
    v.examples([{ payment_details_missing: 1 }]),
  ),
});

const address = v.nullable(
  object({
    name: text("Masked.", "M•••"),
    street: text("Masked.", "•••"),
    city: text("Masked.", "B•••"),
    state: orNull(text("Masked.", "•••")),
    postcode: text("Masked.", "•••"),
    country: text("ISO 3166-1 code.", "DE"),
  }),
);

const details = v.union([
  object({
    method: oneOf(["paypal"], "The payout method."),
    email: text("The masked address.", "m•••@example.com"),
    address: v.pipe(address, v.description("The masked postal address."), v.examples([null])),
  }),
  object({
    method: oneOf(["bank"], "The payout method."),
    account_holder: text("Masked.", "M•••"),
    holder_type: oneOf(["person", "institution"], "What the holder is."),
    country: text("The bank's country.", "DE"),
    currency,
    iban: orNull(text("Masked.", "•••• 3000")),
    account_number: mostlyNull(text("Masked.", "•••• 6789")),
    routing_number: mostlyNull(text("Masked.", "•••• 0021")),
    account_type: oneOf(["checking", "savings"], "The kind of account."),
    bic: mostlyNull(text("The bank's BIC.", "COBADEFFXXX")),
    bank_name: mostlyNull(text("The bank's name.", "Commerzbank")),
    address: v.pipe(address, v.description("The masked postal address.")),
  }),
]);

/** How an affiliate is paid. */
export const payee = named("Payee", {
  affiliate,
  method: orNull(oneOf(["paypal", "bank"], "The payout method. Null without payment details.")),
  details: v.pipe(v.nullable(details), v.description("The payment details, masked. Null for none.")),
  changed_at: orNull(time("When they were last changed.")),
  tax_form: mostlyNull(object({ form: text("The form.", "w9"), received_at: time("When the merchant received it.") })),
  gates: object({
    tax_form: flag("Whether a tax form was received.", false),
    payment_details: flag("Whether there are payment details.", true),
  }),
  changes: listOf(
    object({
      changed_at: time("When."),
      changed_by: oneOf(["affiliate", "merchant"], "Who changed them."),
      method: orNull(oneOf(["paypal", "bank"], "The method from then on. Null if the details were erased.")),
      masked: orNull(text("The account from then on, masked.", "m•••@example.com")),
    }),
    "The last changes, newest first.",
  ),
  shared_with: listOf(v.string(), "Other affiliates with the same account.", []),
});
