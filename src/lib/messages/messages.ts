/** The language in which Lastclick writes. A second language is another catalog of this type. */
import { en } from "./en.ts";

/** Every sentence, by section: texts, and functions that put amounts, names and dates into one. */
export type Messages = typeof en;

export const messages: Messages = en;
