/** Flat parameters, as trackers send them: in the query, and in a body that is a form or a JSON object. */
import * as v from "valibot";
import { Problem } from "../../lib/problem.ts";
import { parseFields, shortText } from "../../lib/validation.ts";
import type { SignedRequest } from "../provider.ts";
import { invalidField, readJsonBody } from "./read-fields.ts";

/** Everything that was given under each name. */
export type Parameters = ReadonlyMap<string, readonly unknown[]>;

/** A tracker's template that was pasted without being filled in: `{order_id}`, and what Voluum writes in its place. */
const PLACEHOLDER = /^(?:\{[^{}]*\}|REPLACE|OPTIONAL)$/;

/**
 * The parameters of a request. A body is taken for what it looks like: many senders post JSON and call it a form. Throws 422
 * `invalid_json`, or `invalid_body` where it is neither a JSON object nor a form.
 */
export function readParameters({ query, body }: Pick<SignedRequest, "query" | "body">): Parameters {
  const pairs: [string, unknown][] = [...query, ...readBodyPairs(body)];
  const groups = Map.groupBy(pairs, ([name]) => name);
  return new Map([...groups].map(([name, group]) => [name, group.map(([, value]) => value)]));
}

/** The parameters of a request whose body need not be readable: then those of its query. */
export function readParametersLeniently(request: Pick<SignedRequest, "query" | "body">): Parameters {
  try {
    return readParameters(request);
  } catch (error) {
    if (error instanceof Problem) return readParameters({ ...request, body: "" });
    throw error;
  }
}

function readBodyPairs(body: string): Iterable<[string, unknown]> {
  const text = body.trim();
  if (/^[{[]/.test(text)) {
    const fields = readJsonBody(text);
    if (Array.isArray(fields)) throw new Problem(422, "invalid_body", "The body must be a JSON object or a form.");
    return Object.entries(Object(fields));
  }
  if (text.startsWith("--")) {
    throw new Problem(
      422,
      "invalid_body",
      "The body must be JSON or application/x-www-form-urlencoded, not multipart.",
    );
  }
  return new URLSearchParams(text);
}

/**
 * What a field says under any of its names, null for nothing: an empty text, null and a template's placeholder are nothing.
 * Throws 422 where it is no text, number or boolean, or is given twice and differs.
 */
export function readParameter(parameters: Parameters, names: readonly string[]): string | null {
  const given = listTexts(parameters, names);
  const [first = null] = given;
  const other = given.find(({ text }) => text !== first?.text);
  if (first === null || other === undefined) return first?.text ?? null;
  const both = first.name === other.name ? "is given twice" : `and ${other.name} are the same field`;
  throw invalidField(first.name, `${both}, and they differ: "${shorten(first.text)}" and "${shorten(other.text)}"`);
}

/** What a field says, where it is a name to keep. Throws 422 besides for over 200 characters, and for control characters. */
export function readName(parameters: Parameters, names: readonly string[]): string | null {
  const text = readParameter(parameters, names);
  const [given] = listTexts(parameters, names);
  if (given !== undefined) parseFields(v.object({ [given.name]: shortText }), { [given.name]: given.text });
  return text;
}

/** All that a field says under any of its names, in their order. */
function listTexts(parameters: Parameters, names: readonly string[]): { name: string; text: string }[] {
  return names.flatMap((name) =>
    (parameters.get(name) ?? []).flatMap((value) => {
      const text = textOf(name, value);
      return text === null ? [] : [{ name, text }];
    }),
  );
}

function textOf(name: string, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (!["string", "number", "boolean"].includes(typeof value)) throw invalidField(name, "must be a text or a number");
  const text = String(value).trim();
  return text === "" || PLACEHOLDER.test(text) ? null : text;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
