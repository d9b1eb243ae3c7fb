/**
 * Well-formed text. A JavaScript string can contain half of a surrogate pair, for example where JSON has the escape
 * `\ud83d` or a cut split an emoji. Storage and hashes use UTF-8, which can't represent it: the text that is read back
 * differs from the text that was written.
 */

/** Cuts text to at most `max` code units, never through a character. */
export function cutText(text: string, max: number): string {
  const cut = text.slice(0, max);
  return text.length > max && !cut.isWellFormed() && text.isWellFormed() ? cut.slice(0, -1) : cut.toWellFormed();
}

/**
 * The path, such as `customer.email`, of the first text in a parsed JSON value that isn't well-formed, or null. A faulty
 * field name is reported at the object that has it.
 */
export function findIllFormed(value: unknown, path = ""): string | null {
  if (typeof value === "string") return value.isWellFormed() ? null : path;
  if (typeof value !== "object" || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    if (!name.isWellFormed()) return path;
    const found = findIllFormed(inner, path === "" ? name : `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

/** An escape of half of a surrogate pair, or of a whole pair. JSON decoded from UTF-8 can have surrogates only as escapes. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Parses JSON with U+FFFD for each lone surrogate. Throws a `SyntaxError`. */
export function parseWellFormedJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return SURROGATE_ESCAPE.test(text) || !text.isWellFormed() ? makeWellFormed(value) : value;
}

function makeWellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(makeWellFormed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toWellFormed(), makeWellFormed(inner)]));
}
