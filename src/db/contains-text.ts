/** Finds text inside a column, whatever the case. */
import { type AnyColumn, type SQL, sql } from "drizzle-orm";

/** D1 limits how deep an expression may be. The characters of most alphabets are fewer. */
const LETTERS_MAX = 40;

/**
 * Matches rows whose column contains a text, in any case. SQLite's `lower` only knows ASCII, so the other characters of the text are
 * replaced one by one.
 */
export function containsText(column: AnyColumn, text: string): SQL {
  const wanted = [...text].map(toLower).join("");
  const others = [...new Set(wanted)].filter((letter) => !isAscii(letter) && toUpper(letter) !== letter);
  const lowered = others.slice(0, LETTERS_MAX).reduce(
    // Only letters, never a quote, so that they can be part of the statement: it has at most 100 parameters.
    (inner, letter) => sql`replace(${inner}, ${sql.raw(`'${toUpper(letter)}'`)}, ${sql.raw(`'${letter}'`)})`,
    sql`lower(${column})`,
  );
  // As written too, for letters with two forms in one case, such as σ and ς.
  return sql`(instr(${lowered}, ${wanted}) > 0 OR instr(${column}, ${text}) > 0)`;
}

/** A letter in lower case, if it has one there that is a single letter of its own kind. */
function toLower(letter: string): string {
  return orSame(letter, letter.toLowerCase());
}

function toUpper(letter: string): string {
  return orSame(letter, letter.toUpperCase());
}

function orSame(letter: string, changed: string): string {
  return [...changed].length === 1 && isAscii(changed) === isAscii(letter) ? changed : letter;
}

function isAscii(letter: string): boolean {
  return letter < "\u0080";
}
