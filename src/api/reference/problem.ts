/** Errors in the document. */
import * as v from "valibot";
import { listOf, text } from "../layout/reference/fields.ts";
import { describeStatus } from "./texts.ts";

/** The body of every error (RFC 9457). */
export const problem = v.pipe(
  v.strictObject({
    type: text("Always `about:blank`: `code` says what is wrong.", "about:blank"),
    title: text("The code in words.", "program not found"),
    status: v.pipe(v.number(), v.integer(), v.description("The HTTP status."), v.examples([404])),
    code: text("What is wrong. Codes are stable: decide by them, not by `detail`.", "program_not_found"),
    detail: text("A sentence for people.", 'There is no program "orbi".'),
    request_id: v.optional(text("Identifies the request, for support.", "9f2c4e0b7d1a8835")),
    field: v.optional(text("The path of the first invalid field, or the name of the parameter or header.", "program")),
    errors: v.optional(
      listOf(
        v.strictObject({
          field: text("The path of the field: `terms.rates.0.rate_bps`.", "program"),
          code: text("What is wrong with it.", "program_not_found"),
          detail: text("A sentence for people.", 'There is no program "orbi".'),
        }),
        "All faults of the input. Present where `field` is.",
      ),
    ),
  }),
  v.title("Problem"),
);

/** An error as an example. */
export function makeProblem(status: number, code: string) {
  return { type: "about:blank", title: code.replaceAll("_", " "), status, code, detail: describeStatus(status) };
}
