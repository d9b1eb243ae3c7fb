import type * as v from "valibot";
import { Problem } from "../../lib/problem.ts";
import { parseFields } from "../../lib/validation.ts";

/** Reads and validates a JSON body. Throws 422 with the first invalid field; the schemas reject unknown fields. */
export async function readJson<const Schema extends v.GenericSchema>(
  request: { json: () => Promise<unknown> },
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  let body: unknown;
  try {
    body = await request.json();
  } catch {
    throw new Problem(422, "invalid_json", "The request body is not valid JSON.");
  }
  return parseFields(schema, body);
}
