/** The bulk calls of enrollments and adjustments, for the reference. */
import { resultsOf, rowsOf } from "../../api/layout/reference/bulk.ts";
import type { Call } from "../../api/layout/reference/call.ts";
import { affiliate, object, oneOf, program, text } from "../../api/layout/reference/fields.ts";
import { entry } from "../../commissions/reference/schemas.ts";
import { ENROLLMENT_STATUSES } from "../enrollment.ts";

/** An enrollment after a bulk call. */
export const enrolled = object({
  program,
  affiliate,
  status: oneOf(ENROLLMENT_STATUSES, "Its status now."),
  group: text("The slug of its group now.", "default"),
});

/** The calls of `enrollment-bulk-api.ts`, and the bulk call of `account-api.ts`. */
export const bulkAffiliateCalls: readonly Call[] = [
  {
    route: "POST /programs/:program/enrollments/bulk",
    id: "enrollAffiliates",
    tag: "Affiliates",
    summary: "Enroll many affiliates or change their enrollments",
    text: "All rows that are right are done in one transaction. Status 201: the affiliate was enrolled; 200: its enrollment was changed, or already was so.",
    body: rowsOf(
      "`affiliate`, and optionally `status` (a new enrollment is approved if it is left out), `group`, `is_customer` and a `reason`, which the affiliate reads if it comes with a status",
      { affiliate: "maya", group: "default" },
      { affiliate: "priya", status: "suspended", reason: "Bids on the brand" },
    ),
    needs_idempotency_key: true,
    answers: { 200: resultsOf(enrolled, 200) },
    errors: { 503: ["row_not_done"] },
    sample: { path: { program: "acme" } },
  },
  {
    route: "POST /programs/:program/adjustments/bulk",
    id: "createAdjustments",
    tag: "Ledger",
    summary: "Post many adjustments",
    text: "They clear at once. After a row with status 503, repeat the call with the same key: each row is posted once.",
    body: rowsOf("`affiliate`, `amount` in signed minor units, `currency`, and a `reason` for the affiliate", {
      affiliate: "maya",
      amount: 2_500,
      currency: "USD",
      reason: "Summer contest",
    }),
    needs_idempotency_key: true,
    answers: { 200: resultsOf(entry, 201) },
    sample: {},
  },
];
