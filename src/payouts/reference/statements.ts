/** The calls of an affiliate's statements, and the checks of payouts, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  affiliate,
  amount,
  count,
  currency,
  listOf,
  mostlyNull,
  named,
  object,
  orNull,
  pageOf,
  text,
} from "../../api/layout/reference/fields.ts";
import { paging } from "../../api/layout/reference/parameters.ts";
import { entry } from "../../commissions/reference/schemas.ts";
import { statement, statementEntries } from "./schemas.ts";

const NUMBER = { text: "The statement's number.", example: "1", error: "statement_not_found" };
const NOT_ENROLLED = { 404: ["enrolment_not_found"] };

const differences = listOf(v.string(), "What doesn't add up, in words.", []);

/** Has a statement once the samples of payout runs have been run. */
const ofStatement = { path: { number: NUMBER }, errors: NOT_ENROLLED, sample: {} };

/** The calls of `statements/` and `reconciliation-api.ts`. */
export const statementCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/affiliates/:affiliate/statements",
    id: "listStatements",
    tag: "Payouts",
    summary: "List an affiliate's statements",
    text: "Newest first.",
    query: paging,
    answers: { 200: pageOf(statement) },
    errors: NOT_ENROLLED,
    sample: {},
  },
  {
    route: "GET /programs/:program/affiliates/:affiliate/statements/:number",
    id: "getStatement",
    tag: "Payouts",
    summary: "Read a statement with its lines",
    ...ofStatement,
    answers: {
      200: named("WholeStatement", {
        ...statementEntries,
        from: object({
          name: text("The program's name.", "Orbit"),
          legal_name: mostlyNull(text("The merchant's legal name.", "Orbit, Inc.")),
          address: v.pipe(
            v.nullable(v.array(v.string())),
            v.description("The merchant's address in lines. Null if none is set."),
            v.examples([["1 Main Street", "Springfield"]]),
          ),
        }),
        to: object({
          name: text("The affiliate's name.", "Maya Okafor"),
          address: v.pipe(
            v.nullable(v.array(v.string())),
            v.description("The affiliate's address in lines. Null if none is known, and for viewers."),
            v.examples([null]),
          ),
        }),
        lines: listOf(entry, "The ledger entries that it includes."),
      }),
    },
  },
  {
    route: "GET /programs/:program/affiliates/:affiliate/statements/:file{[0-9]+\\.csv}",
    documented_path: "/programs/{program}/affiliates/{affiliate}/statements/{number}.csv",
    id: "downloadStatement",
    tag: "Payouts",
    summary: "Download a statement as CSV",
    ...ofStatement,
    answers: { 200: { type: "text/csv", text: "The statement with its lines." } },
  },
  {
    route: "GET /programs/:program/affiliates/:affiliate/statements/:file{[0-9]+\\.html}",
    documented_path: "/programs/{program}/affiliates/{affiliate}/statements/{number}.html",
    id: "printStatement",
    tag: "Payouts",
    summary: "Read a statement as a printable page",
    ...ofStatement,
    answers: { 200: { type: "text/html", text: "A page that loads nothing else." } },
  },
  {
    route: "GET /programs/:program/payouts/reconciliation",
    id: "reconcileAccounts",
    tag: "Payouts",
    summary: "Check that accounts add up",
    text: "Ledgers, statements and what is shown of them, of at most 50 accounts a page.",
    query: paging,
    answers: {
      200: object({
        checked: count("Accounts that were checked.", 3),
        data: listOf(object({ affiliate, differences }), "Accounts that don't add up.", []),
        next: mostlyNull(text("Send it as `cursor` to check the next page. Null on the last page.", "50")),
      }),
    },
    sample: {},
  },
  {
    route: "GET /programs/:program/payouts/runs/:run/reconciliation",
    id: "reconcileRun",
    tag: "Payouts",
    summary: "Check that a run adds up",
    path: { run: { text: "The run's id.", example: "run_V1StGXR8Z5jdHi6BmyT7", error: "run_not_found" } },
    answers: {
      200: object({
        statements: listOf(
          object({
            currency,
            status: text("The status.", "drafted"),
            statements: count("Statements.", 3),
            payments: count("Statements with a payment.", 2),
            amount: amount("Their total.", 63_200),
          }),
          "The run's statements by currency and status.",
        ),
        files: orNull(
          object({
            files: count("Payment files.", 1),
            payments: count("Payments in them.", 2),
            left_out: count("Payments in no file.", 0),
          }),
        ),
        differences,
      }),
    },
    sample: {
      path: { run: "$RUN" },
      before: [`RUN=$(api "$ORIGIN/v1/programs/orbit/payouts/runs" | jq -r '.data[0].id')`],
    },
  },
];
