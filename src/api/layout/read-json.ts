import type * as v from "valibot";
import { Problem } from "../../lib/problem.ts";
import { parseFields } from "../../lib/validation.ts";

/** The fields of a JSON body, checked. Throws 422 with the field at fault; unknown fields are refused by the schemas. */
export async function readJson<const Schema extends v.GenericSchema>(
  request: { json: () => Promise<unknown> },
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  let body: unknown;
  try {
    body = await request.json();
  } catch {
    throw new Problem(422, "invalid_json", "The body is not JSON.");
  }
  return parseFields(schema, body);
}
