/** Flat parameters, as trackers send them: in the query, and in a form or JSON object as the body. */
import * as v from "valibot";
import { Problem } from "../../lib/problem.ts";
import { parseFields, shortText } from "../../lib/validation.ts";
import type { SignedRequest } from "../provider.ts";
import { describePlaceholder, isNoId, isPlaceholder } from "./placeholders.ts";
import { invalidField, readJsonBody } from "./read-fields.ts";

/** All values of each parameter. */
export type Parameters = ReadonlyMap<string, readonly unknown[]>;

/**
 * The parameters of a request. The body's format is detected from its text, because many senders post JSON with the content
 * type of a form. Throws 422 `invalid_json`, or `invalid_body` where it is neither a JSON object nor a form.
 */
export function readParameters({ query, body }: Pick<SignedRequest, "query" | "body">): Parameters {
  const pairs: [string, unknown][] = [...query, ...readBodyPairs(body)];
  const groups = Map.groupBy(pairs, ([name]) => name);
  return new Map([...groups].map(([name, group]) => [name, group.map(([, value]) => value)]));
}

/** The parameters of a request; only those of its query where the body can't be parsed. */
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
 * The value of a field under any of its names; null where it is missing, empty, null or a placeholder. Throws 422 where it is
 * not text, a number or a boolean, or where it has two different values.
 */
export function readParameter(parameters: Parameters, names: readonly string[]): string | null {
  const given = listTexts(parameters, names);
  const [first = null] = given;
  const other = given.find(({ text }) => text !== first?.text);
  if (first === null || other === undefined) return first?.text ?? null;
  const fault =
    first.name === other.name ? "has two different values" : `and ${other.name} are the same field but differ`;
  throw invalidField(first.name, `${fault}: "${shorten(first.text)}" and "${shorten(other.text)}"`);
}

/** The value of a field that is stored. Also throws 422 for over 200 characters and for control characters. */
export function readName(parameters: Parameters, names: readonly string[]): string | null {
  const text = readParameter(parameters, names);
  const [given] = listTexts(parameters, names);
  if (given !== undefined) parseFields(v.object({ [given.name]: shortText }), { [given.name]: given.text });
  return text;
}

/** {@link readName} of an id: 0 is none. */
export function readIdName(parameters: Parameters, names: readonly string[]): string | null {
  const ids = new Map(
    names.map((name) => [name, (parameters.get(name) ?? []).filter((value) => String(value).trim() !== "0")]),
  );
  return readName(ids, names);
}

/** All values of a field under any of its names, in the order of the names. */
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
  if (!["string", "number", "boolean"].includes(typeof value)) throw invalidField(name, "must be text or a number");
  const text = String(value).trim();
  return text === "" || isPlaceholder(text) ? null : text;
}

/** The notes of an event with these parameters: the fields that were left out because they have a placeholder. */
export function noteLeftOut(parameters: Parameters, idNames: readonly string[], names: readonly string[]): string[] {
  const textsOf = (name: string) => (parameters.get(name) ?? []).map((value) => String(value).trim());
  const notesOn = (listed: readonly string[], isLeftOut: (text: string) => boolean) =>
    listed.flatMap((name) =>
      textsOf(name)
        // A merchant keeps Voluum's `OPTIONAL` where there is nothing to fill in.
        .filter((text) => isLeftOut(text) && text !== "OPTIONAL")
        .map((text) => describePlaceholder(name, shorten(text))),
    );
  return [...notesOn(idNames, isNoId), ...notesOn(names, isPlaceholder)];
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
