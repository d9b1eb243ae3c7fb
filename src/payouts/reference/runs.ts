/** The calls of payout runs and payment files, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  amount,
  count,
  currency,
  flag,
  listOf,
  mostlyNull,
  object,
  oneOf,
  pageOf,
  text,
  time,
} from "../../api/layout/reference/fields.ts";
import { choiceParameter, paging, parameter, sorting } from "../../api/layout/reference/parameters.ts";
import { manualPayment } from "../files/manual-payment-api.ts";
import { failure, newRun } from "../runs/api.ts";
import { BLOCK_CODES, STATEMENT_STATUSES } from "../statements/statement.ts";
import { RUN_STATUSES, run, runStatement, statement } from "./schemas.ts";

const RUN = { text: "The run's id.", example: "run_V1StGXR8Z5jdHi6BmyT7", error: "run_not_found" };
const STATEMENT = { text: "The statement's id.", example: "st_1_1_1", error: "statement_not_found" };
const FILE = { text: "The file's name.", example: "paypal-usd-1.csv", error: "file_not_found" };

const RUNS = '"$ORIGIN/v1/programs/orbit/payouts/runs"';
const findRun = `RUN=$(api ${RUNS} | jq -r '.data[0].id')`;
const findStatement = (status: string) =>
  `STATEMENT=$(api "$ORIGIN/v1/programs/orbit/payouts/runs/$RUN/statements" | jq -r '[.data[] | select(.status == "${status}" and .payable > 0)][0].id')`;

const ofRun = { path: { run: RUN }, sample: { path: { run: "$RUN" }, before: [findRun] } };
const ofStatement = (status: string) => ({
  path: { run: RUN, statement: STATEMENT },
  sample: { path: { run: "$RUN", statement: "$STATEMENT" }, before: [findRun, findStatement(status)] },
});

const command = { tag: "Payouts", needs_idempotency_key: true } as const;

/** A run that isn't approved, or whose statements are still on their way. */
const FILE_ERRORS = { 409: ["run_not_approved"], 503: ["statements_on_their_way"] };

const fault = object({
  line: count("The line of the report.", 3),
  statement: text("The statement's id.", "st_1_2_1"),
  code: text("What is wrong, as a stable code.", "amount_differs"),
  detail: text("A sentence.", "the report says 10.00, the statement 12.00"),
});

/** The calls of `runs/` and `files/`, in the order of a pay day. */
export const runCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/payouts/runs",
    id: "listRuns",
    tag: "Payouts",
    summary: "List payout runs",
    text: "Newest first, unless `sort` says otherwise. Filters combine.",
    query: {
      status: choiceParameter(RUN_STATUSES, "Only with this status."),
      month: parameter("Only of this payout month: `2026-03`."),
      ...sorting("drafted_at", "month"),
    },
    answers: { 200: pageOf(run) },
    sample: {},
  },
  {
    route: "POST /programs/:program/payouts/runs",
    id: "createRun",
    ...command,
    summary: "Draft a payout run",
    text: "A statement for each affiliate with something due. Nothing is paid yet. 200 for a repeated call.",
    body: {
      schema: newRun,
      fields: {
        month: "The payout month. This month if left out.",
        window: "Which of the month's payout windows. The last one that has begun if left out.",
      },
      example: {},
    },
    answers: { 200: run, 201: run },
    errors: { 409: ["no_payout_terms", "run_under_way"] },
    sample: {},
  },
  {
    route: "GET /programs/:program/payouts/runs/:run",
    id: "getRun",
    tag: "Payouts",
    summary: "Read a payout run",
    ...ofRun,
    answers: { 200: run },
  },
  {
    route: "POST /programs/:program/payouts/runs/:run/steps",
    id: "continueRun",
    tag: "Payouts",
    summary: "Continue a run now",
    text: "A run in progress goes on by itself each minute. This call does the next step at once.",
    ...ofRun,
    answers: { 200: run },
  },
  {
    route: "GET /programs/:program/payouts/runs/:run/statements",
    id: "listRunStatements",
    tag: "Payouts",
    summary: "List a run's statements",
    text: "By id. Filters combine.",
    query: {
      status: choiceParameter(STATEMENT_STATUSES, "Only with this status."),
      blocked: choiceParameter(BLOCK_CODES, "Only those that pay nothing for this reason."),
      has_payment: choiceParameter(["true", "false"], "Only with a payment, or only without one."),
      ...paging,
    },
    ...ofRun,
    answers: {
      200: v.strictObject({
        ...pageOf(runStatement).entries,
        complete: flag("Whether the run is drafted and all of its statements are in the list.", true),
        drafted: count("Statements that were drafted.", 3),
        available: count("Statements that have arrived in the list, whatever the filters.", 3),
      }),
    },
  },
  {
    route: "GET /programs/:program/payouts/runs/:run/statements/:statement",
    id: "getRunStatement",
    tag: "Payouts",
    summary: "Read one of a run's statements",
    ...ofStatement("drafted"),
    answers: { 200: runStatement },
  },
  {
    route: "POST /programs/:program/payouts/runs/:run/approve",
    id: "approveRun",
    ...command,
    summary: "Approve a run",
    text: "Refunds since the draft are taken into account first. A program with two `payout_approvals` needs two users.",
    ...ofRun,
    answers: { 200: run },
    errors: {
      409: [
        ...["approval_needs_user", "approval_session_not_independent", "run_changed", "run_not_draft"],
        "second_user_needed",
      ],
      503: ["run_being_revised", "statements_on_their_way"],
    },
  },
  {
    route: "GET /programs/:program/payouts/runs/:run/files",
    id: "listPaymentFiles",
    tag: "Payouts",
    summary: "List the payment files of a run",
    text: "Upload them to PayPal or Wise.",
    ...ofRun,
    answers: {
      200: object({
        data: listOf(
          object({
            name: text("The file's name.", "paypal-usd-1.csv"),
            provider: oneOf(["paypal", "wise"], "Whose format it has."),
            currency,
            rows: count("How many payments it has.", 2),
            total: amount("Their total, in minor units.", 63_200),
            sha256: text("Its hash.", "9f2c4e0b7d1a8835c6e0f4b92d7a1c3e5f60718293a4b5c6d7e8f90123456789"),
          }),
          "The files.",
        ),
        left_out: listOf(
          object({
            statement: text("The statement's id.", "st_1_3_1"),
            amount: amount("Minor units.", 2_000),
            currency,
            reason: text("Why, as a stable code.", "payment_details_new"),
            detail: text("A sentence.", "The payment details were changed shortly before the approval."),
          }),
          "Payments in no file: pay them in another way.",
          [],
        ),
        next: v.pipe(v.null(), v.description("Always null."), v.examples([null])),
      }),
    },
    errors: FILE_ERRORS,
  },
  {
    route: "GET /programs/:program/payouts/runs/:run/files/:name",
    id: "downloadPaymentFile",
    tag: "Payouts",
    summary: "Download a payment file",
    path: { run: RUN, name: FILE },
    answers: { 200: { type: "text/csv", text: "The file, as the provider takes it." } },
    errors: FILE_ERRORS,
    sample: { path: { run: "$RUN" }, before: [findRun] },
  },
  {
    route: "POST /programs/:program/payouts/runs/:run/results",
    id: "uploadResults",
    ...command,
    summary: "Upload a provider's report of payments",
    text: "Marks the statements that it names as paid or failed, up to 500 a call. Send the same report again with `next` as `after` to continue.",
    path: { run: RUN },
    query: { after: parameter("The `next` of the call before.") },
    body: {
      types: ["text/csv", "application/octet-stream"],
      text: "The report as the provider has it: CSV with a header row, in any of their encodings.",
      example: "Unique ID,Gross,Currency,Status,Reason\nst_1_1_1,600.00,USD,Completed,\n",
    },
    answers: {
      200: object({
        paid: count("Statements that are paid now.", 1),
        failed: count("Statements that are marked as failed now.", 0),
        unchanged: count("Statements that had the reported status already.", 0),
        pending: count("Statements whose result isn't final yet.", 0),
        unrelated: count("Lines about other payments.", 0),
        faults: listOf(fault, "Lines that can't be applied.", []),
        next: mostlyNull(text("Send it as `after` to continue. Null at the end.", "501")),
      }),
    },
    errors: { ...FILE_ERRORS, 413: ["report_too_large"], 422: ["report_unreadable"] },
    sample: {
      path: { run: "$RUN" },
      before: [findRun, findStatement("drafted")],
      options: `--data-binary "Unique ID,Status
$STATEMENT,Completed"`,
    },
  },
  {
    route: "POST /programs/:program/payouts/runs/:run/statements/:statement/fail",
    id: "failStatement",
    ...command,
    summary: "Record that a payment failed or came back",
    text: "The amount goes into the affiliate's next statement.",
    ...ofStatement("paid"),
    body: {
      schema: failure,
      fields: { reason: "Why, for the affiliate." },
      example: { reason: "The account is closed." },
    },
    answers: { 200: statement },
    errors: { 409: ["statement_not_payable"] },
  },
  {
    route: "POST /programs/:program/payouts/runs/:run/statements/:statement/remind",
    id: "remindAffiliate",
    tag: "Payouts",
    summary: "Remind an affiliate of what a payment waits for",
    text: "Emails what only the affiliate can add: payment details, an offered payout method, a tax form. At most once in 7 days per affiliate.",
    path: { run: RUN, statement: STATEMENT },
    answers: {
      200: object({
        statement: text("The statement's id.", "st_1_1_1"),
        affiliate: text("The affiliate's username.", "maya"),
        reminded_at: time("When the email was sent."),
      }),
    },
    errors: {
      409: ["address_suppressed", "email_not_set_up", "nothing_to_remind", "reminded_lately"],
      503: ["email_not_sent"],
    },
    sample: { unavailable: "The demo sends no email." },
  },
  {
    route: "POST /programs/:program/payouts/runs/:run/statements/:statement/pay",
    id: "payStatement",
    ...command,
    summary: "Record a payment made outside the files",
    text: "By check, wire or cash. Not for a payment that is in a file.",
    path: { run: RUN, statement: STATEMENT },
    body: {
      schema: manualPayment,
      fields: {
        method: "How it was made: `check`, `wire`.",
        reference: "The reference that the payee sees. Null for none.",
        paid_on: "The day of the payment, not in the future.",
      },
      example: { method: "check", reference: "1042", paid_on: "2026-03-16" },
    },
    answers: { 200: statement },
    errors: {
      409: [
        ...["run_not_approved", "statement_already_paid", "statement_carried_on", "statement_in_file"],
        "statement_not_payable",
      ],
    },
    sample: {
      path: { run: "$RUN", statement: "$STATEMENT" },
      before: [
        findRun,
        `STATEMENT=$(api "$ORIGIN/v1/programs/orbit/payouts/runs/$RUN/files" | jq -r '.left_out[0].statement')`,
      ],
    },
  },
  {
    route: "POST /programs/:program/payouts/runs/:run/pay",
    id: "payRun",
    ...command,
    summary: "Finish a run",
    text: "Payments in the files are recorded as paid, unless a report says otherwise. What is in no file stays unpaid.",
    ...ofRun,
    answers: { 200: run },
    errors: { 409: ["run_changed", "run_not_approved"] },
  },
  {
    route: "POST /programs/:program/payouts/runs/:run/cancel",
    id: "cancelRun",
    ...command,
    summary: "Cancel a run",
    text: "Before anything was paid. The amounts go into the next run.",
    ...ofRun,
    answers: { 200: run },
    errors: { 409: ["run_changed", "run_not_cancellable"] },
    sample: {
      path: { program: "harvest", run: "$RUN" },
      before: [
        `RUN=$(api "$ORIGIN/v1/programs/harvest/payouts/runs" -H 'Idempotency-Key: draft-1' -d '{}' | jq -r .id)`,
      ],
    },
  },
];
