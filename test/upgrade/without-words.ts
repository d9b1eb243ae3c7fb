/** Answers without words, which a later release may change. Codes, amounts, ids, hashes and times stay. */
import type { Answer, Json } from "./player.ts";

/** Fields that contain words. */
const WORDS = new Set(["text", "notes", "detail", "words", "title", "explanation"]);

/** The meaning of an answer: a problem's code and field, otherwise everything except words. */
export function withoutWords({ status, body }: Answer): Answer {
  if (status < 400) return { status, body: typeof body === "string" ? body : dropWords(body) };
  const { code = null, field = null } = typeof body === "string" ? {} : body;
  return { status, body: { code, field } };
}

/** An answer with the fields that repeat its request, such as a title, but without the explanation. */
export function withoutExplanation({ status, body }: Answer): Answer {
  if (typeof body !== "object" || body === null || !("explanation" in body)) return { status, body };
  const { explanation, ...rest } = body;
  return { status, body: isData(explanation) ? body : rest };
}

/** An explanation is text in an entry, and data in a conversion. */
function dropWords(value: Json): Json {
  if (Array.isArray(value)) return value.map(dropWords);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, one]) => !WORDS.has(name) || (name === "explanation" && isData(one)),
  );
  return Object.fromEntries(kept.map(([name, one]) => [name, dropWords(one)]));
}

function isData(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
