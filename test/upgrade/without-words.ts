/** Answers without the words in them, which a later release may choose anew. Codes, amounts, ids, hashes and times stay. */
import type { Answer, Json } from "./player.ts";

/** Fields that hold words. */
const WORDS = new Set(["text", "notes", "detail", "words", "title", "explanation"]);

/** What an answer means: of a problem its code and field, else everything but words. */
export function withoutWords({ status, body }: Answer): Answer {
  if (status < 400) return { status, body: typeof body === "string" ? body : dropWords(body) };
  const { code = null, field = null } = typeof body === "string" ? {} : body;
  return { status, body: { code, field } };
}

/** An answer with all that it repeats of its request, such as a title, but without the sentence that explains it. */
export function withoutExplanation({ status, body }: Answer): Answer {
  if (typeof body !== "object" || body === null || !("explanation" in body)) return { status, body };
  const { explanation, ...rest } = body;
  return { status, body: isData(explanation) ? body : rest };
}

/** An explanation is words in an entry, and data in a conversion. */
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
