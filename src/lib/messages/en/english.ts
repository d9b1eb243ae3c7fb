/** US English, and the nouns that several sections count. */
import { createLanguage, type PluralForms } from "../language.ts";

export const english = createLanguage("en-US");

const ORDINAL_ENDINGS: PluralForms = { one: "st", two: "nd", few: "rd", other: "th" };

/** `1st`, `2nd`, `11th`. */
export const ordinal = (value: number) => `${value}${english.ordinalForm(value, ORDINAL_ENDINGS)}`;

/** A name that someone chose, set apart from the sentence: “tier-1”. */
export const quote = (name: string) => `“${name}”`;

/** With a capital first letter. */
export const capitalize = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export const customers = (value: number) => english.count(value, { one: "customer", other: "customers" });
export const days = (value: number) => english.count(value, { one: "day", other: "days" });
export const hours = (value: number) => english.count(value, { one: "hour", other: "hours" });
export const minutes = (value: number) => english.count(value, { one: "minute", other: "minutes" });
export const months = (value: number) => english.count(value, { one: "month", other: "months" });
