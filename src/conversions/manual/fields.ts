/** The texts of the merchant's own decisions. */
import * as v from "valibot";

const REASON_MAX_CHARACTERS = 500;
const NOTE_MAX_CHARACTERS = 2_000;

/** One line that affiliates can read. */
export const reasonText = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(REASON_MAX_CHARACTERS, `must have at most ${REASON_MAX_CHARACTERS} characters`),
  v.regex(/^[^\p{Cc}]*$/u, "must not contain control characters"),
);

/** Text that only merchants read. It may have several lines. */
export const internalNote = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(NOTE_MAX_CHARACTERS, `must have at most ${NOTE_MAX_CHARACTERS} characters`),
  v.regex(/^(?:[^\p{Cc}]|\n)*$/u, "must not contain control characters other than line feeds"),
);
