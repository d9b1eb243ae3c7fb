/** The bulk call of credits, for the reference. */
import * as v from "valibot";
import { resultsOf, rowsOf } from "../../api/layout/reference/bulk.ts";
import type { Call } from "../../api/layout/reference/call.ts";
import { count, object, oneOf, orNull, text } from "../../api/layout/reference/fields.ts";
import { DECISION_SCOPES } from "../../webhooks/conversion-event.ts";

const ID = "cv_0b7f3a52c19e4d868f3d5a1c9be27d40";

const decision = object({
  conversion: text("The conversion's id.", ID),
  affiliate: orNull(text("The affiliate that is credited. Null for nobody.", "jonas")),
  scope: oneOf(DECISION_SCOPES, "What the decision is about."),
  reason: text("Why.", "Jonas ran the webinar."),
  internal_note: v.optional(text("The note that only merchants read.", "See ticket 42.")),
  changed: count("How many conversions are credited differently.", 1),
});

/** The bulk call of `manual/`. */
export const bulkCreditCalls: readonly Call[] = [
  {
    route: "POST /conversions/credits/bulk",
    id: "creditConversions",
    tag: "Conversions",
    summary: "Credit many conversions",
    text: "A later row about the same conversion replaces an earlier one. After a row with status 503, repeat the call with the same key.",
    body: rowsOf(
      "`conversion`, and the fields of the call for one conversion: `affiliate`, `scope`, `reason`, `internal_note`",
      { conversion: ID, affiliate: "jonas", scope: "conversion", reason: "Jonas ran the webinar." },
    ),
    needs_idempotency_key: true,
    answers: { 200: resultsOf(decision, 200) },
    sample: {},
  },
];
