/** The calls of an affiliate's account in a program, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  affiliate,
  amount,
  count,
  currency,
  day,
  flag,
  listOf,
  mostlyNull,
  object,
  oneOf,
  pageOf,
  program,
  text,
  time,
} from "../../api/layout/reference/fields.ts";
import { paging } from "../../api/layout/reference/parameters.ts";
import { balances, entry, tier } from "../../commissions/reference/schemas.ts";
import { block } from "../../payouts/reference/schemas.ts";
import { adjustment } from "../account-api.ts";
import { ENROLLMENT_STATUSES } from "../enrollment.ts";

const NOT_ENROLLED = { 404: ["enrolment_not_found"] };

const next_payout = v.pipe(
  v.nullable(
    object({
      month: text("The payout month.", "2026-04"),
      window_from: day("The first payment day.", "2026-04-15"),
      window_to: day("The last payment day.", "2026-04-20"),
      is_drafted: flag("Whether a run has drafted it already.", false),
      parts: listOf(
        object({
          currency,
          total: amount("The balance that the run includes.", 39_600),
          payable: amount("What is paid.", 39_600),
          blocked: listOf(block, "Why nothing is paid.", []),
        }),
        "One for each currency.",
      ),
    }),
  ),
  v.description("What is paid next if nothing else happens. Null without a payout schedule, or if nothing is coming."),
);

/** The calls of `account-api.ts`. */
export const accountCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/affiliates/:affiliate",
    id: "getAccount",
    tag: "Ledger",
    summary: "Read an affiliate's figures, balances and next payout",
    query: { at: v.pipe(v.string(), v.isoTimestamp(), v.description("The time of the balances. Now if left out.")) },
    answers: {
      200: object({
        program,
        affiliate,
        status: oneOf(ENROLLMENT_STATUSES, "The enrollment's status."),
        clicks: count("Counted clicks.", 173),
        conversions: count("Credited sales.", 12),
        conversions_by_type: object({
          lead: count("Credited leads.", 0),
          trial: count("Credited trials.", 4),
          sale: count("Credited sales.", 12),
        }),
        at: time("The time of the balances."),
        tier,
        balances,
        balances_by_currency: listOf(balances, "The program's currency first."),
        next_payout,
      }),
    },
    errors: NOT_ENROLLED,
    sample: {},
  },
  {
    route: "GET /programs/:program/affiliates/:affiliate/entries",
    id: "listEntries",
    tag: "Ledger",
    summary: "List ledger entries",
    text: "Newest first. Entries never change: a correction is a new entry.",
    query: paging,
    answers: { 200: pageOf(entry) },
    errors: NOT_ENROLLED,
    sample: { query: "limit=2" },
  },
  {
    route: "POST /programs/:program/affiliates/:affiliate/adjustments",
    id: "createAdjustment",
    tag: "Ledger",
    summary: "Post an adjustment",
    text: "It clears at once. The affiliate sees the reason. 200 for a repeated call.",
    body: {
      schema: adjustment,
      fields: {
        amount: "Signed minor units, not 0.",
        currency: "ISO 4217 currency code.",
        reason: "Why, for the affiliate.",
      },
      example: { amount: 2_500, currency: "USD", reason: "Summer contest" },
    },
    needs_idempotency_key: true,
    answers: { 200: entry, 201: entry },
    errors: NOT_ENROLLED,
    sample: {},
  },
  {
    route: "GET /programs/:program/affiliates/:affiliate/ledger",
    id: "downloadLedger",
    tag: "Ledger",
    summary: "Download the whole ledger",
    text: "The first line says how to verify the file.",
    answers: {
      200: {
        type: "application/x-ndjson",
        text: "A line with the owner and the end of the chain, then a line for each entry, oldest first.",
      },
    },
    errors: NOT_ENROLLED,
    sample: {},
  },
  {
    route: "GET /programs/:program/affiliates/:affiliate/ledger-check",
    id: "checkLedger",
    tag: "Ledger",
    summary: "Verify the ledger",
    answers: {
      200: object({
        whole: flag("Whether the ledger is intact.", true),
        entries: count("The number of entries.", 7),
        hash: text("The last hash.", "9f2c4e0b7d1a8835c6e0f4b92d7a1c3e5f60718293a4b5c6d7e8f90123456789"),
        fault: mostlyNull(
          object({
            number: count("The entry number that was expected there.", 4),
            fault: oneOf(["changed", "missing", "inserted", "cut_off"], "What is wrong."),
          }),
        ),
        differences_found: count("Entries that are shown otherwise than the account holds them.", 0),
        differences: listOf(
          object({
            number: count("The entry's number.", 4),
            difference: oneOf(
              ["not_projected", "unknown", "different"],
              "Missing where it is shown, missing in the account, or different in `fields`.",
            ),
            fields: listOf(v.string(), "The fields that differ.", []),
          }),
          "The first 100 of them.",
          [],
        ),
      }),
    },
    errors: NOT_ENROLLED,
    sample: {},
  },
];
