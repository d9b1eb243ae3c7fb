/** Bulk calls in the reference: the rows that they take, and the results that they answer with. */
import * as v from "valibot";
import { bulkBody } from "../bulk.ts";
import type { JsonBody } from "./call.ts";
import { count, listOf, mostlyNull, object, text } from "./fields.ts";

/** The body of a bulk call. `fields` says what a row has. */
export function rowsOf(fields: string, ...example: readonly object[]): JsonBody {
  const meaning = `Up to 100 rows. Each has ${fields}. A row that is wrong doesn't stop the others.`;
  return { schema: bulkBody, fields: { rows: meaning }, example: { rows: example } };
}

const problem = object({
  code: text("As the code of an error.", "affiliate_not_found"),
  detail: text("What is wrong.", 'There is no affiliate "mya".'),
  field: v.nullable(text("The field of the row that is wrong.", "affiliate")),
  errors: listOf(
    object({
      field: text("The field.", "affiliate"),
      code: text("The code.", "affiliate_not_found"),
      detail: text("What is wrong with it.", 'There is no affiliate "mya".'),
    }),
    "All fields that are wrong.",
  ),
});

/** The answer of a bulk call whose rows make such records. */
export function resultsOf<const Schema extends v.GenericSchema>(record: Schema, status: number) {
  const result = object({
    index: count("The row's place, from 0.", 0),
    status: count("As the status of a call with this row alone.", status),
    record: v.nullable(record),
    problem: mostlyNull(problem),
  });
  return object({ data: listOf(result, "A result for each row, in their order.") });
}
