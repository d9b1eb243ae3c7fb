import type * as v from "valibot";
import { codeOfField, Problem } from "../../lib/problem.ts";
import { parseAllFields } from "../../lib/validation.ts";
import { findIllFormed } from "../../lib/well-formed.ts";
import { readBody } from "../../webhooks/receive/read-body.ts";

/** The longest body of a call. The largest valid one is far smaller; parsing a large one costs memory and time before any field is checked. */
const BODY_MAX_BYTES = 1_000_000;

/**
 * Reads and validates a JSON body. Throws 413 if it is very large, and 422 with all invalid fields; the schemas reject unknown fields, and text
 * with half of a surrogate pair is rejected anywhere.
 */
export async function readJson<const Schema extends v.GenericSchema>(
  request: { raw: Request },
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const text = await readBody(request.raw, BODY_MAX_BYTES);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Problem(422, "invalid_json", "The request body is not valid JSON.");
  }
  const illFormed = findIllFormed(body);
  if (illFormed !== null) throw refuseIllFormed(illFormed);
  return parseAllFields(schema, body);
}

function refuseIllFormed(path: string): Problem {
  const detail = "must be well-formed Unicode: it contains half of a surrogate pair";
  if (path === "") return new Problem(422, "invalid_body", `The body ${detail}.`);
  return new Problem(422, codeOfField(path), `${path}: ${detail}`, path);
}
