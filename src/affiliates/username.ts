/** Which usernames a new affiliate can have. A username is public in links and can't be changed. */
import * as v from "valibot";

const USERNAME = /^[a-z0-9][a-z0-9._-]{0,38}$/;

/** A new username, in lower case. */
export const newUsername = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.regex(USERNAME, "must be 1–39 of a-z, 0-9 and . _ -, and begin with one of a-z or 0-9"),
);

/** Words that make a username look like the merchant's own. */
const RESERVED_WORDS = ["admin", "support", "secure", "security", "official", "billing", "helpdesk"] as const;

/** A shorter program name would refuse too many usernames that have nothing to do with it: it may not be the whole username. */
const NAME_MIN_CHARACTERS = 4;

/**
 * Finds the word that a username may not contain: a reserved one, or the name or slug of a program. Punctuation between
 * the letters doesn't hide it. Null if there is none.
 */
export function findReservedWord(username: string, programs: readonly { slug: string; name: string }[]): string | null {
  const letters = toLetters(username);
  const isIn = (word: string) => {
    const plain = toLetters(word);
    return plain.length < NAME_MIN_CHARACTERS ? plain !== "" && plain === letters : letters.includes(plain);
  };
  const names = programs.flatMap(({ slug, name }) => [name, slug]);
  return [...RESERVED_WORDS, ...names].find(isIn) ?? null;
}

/** Lower-case letters and digits, without accents: `Ørbit & Co.` and `or-bit` are compared by them. */
function toLetters(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}
