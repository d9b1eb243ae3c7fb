/** Reads what was entered in a form. */
import * as v from "valibot";
import { newUsername } from "../affiliates/username.ts";
import { displayName, emailAddress } from "../lib/validation.ts";
import { type Answer, type ApplicationForm, COUNTRY, type Question } from "./application-form.ts";

const SHORT_MAX_CHARACTERS = 200;
const LONG_MAX_CHARACTERS = 5_000;
const URL_MAX_CHARACTERS = 500;

/** The prefix of an own question's field. */
export const OWN_PREFIX = "q_";

/** An entered application that is right. */
export interface EnteredApplication {
  name: string;
  email: string;
  username: string;
  country: string | null;
  answers: Answer[];
  shares_email: boolean;
}

/** Values by field; a multiple choice has several. */
export type EnteredValues = Readonly<Record<string, readonly string[]>>;

interface Asked {
  form: Pick<ApplicationForm, "questions" | "countries">;
  /** Whether the terms of service must be accepted. */
  has_terms: boolean;
  /** The account of a signed-in affiliate, whose name, email and username aren't asked; null for anyone else. */
  account: Pick<EnteredApplication, "name" | "email" | "username"> | null;
  /** Codes of countries. */
  known_countries: ReadonlySet<string>;
}

/** Reads an application. `faults` has a sentence for each field that is wrong; the application is null if there is one. */
export function readApplication(
  values: EnteredValues,
  { form, has_terms, account, known_countries }: Asked,
): { entered: EnteredApplication | null; faults: Record<string, string> } {
  const faults: Record<string, string> = {};
  const one = (field: string) => (values[field]?.[0] ?? "").trim();
  const read = (field: string, label: string, schema: v.GenericSchema<string, string>): string => {
    const text = one(field);
    const result = v.safeParse(schema, text, { abortEarly: true });
    if (result.success) return result.output;
    faults[field] = text === "" ? `Enter ${label}.` : `This ${result.issues[0].message}.`;
    return text;
  };
  const person = account ?? {
    name: read("name", "your name", displayName),
    email: read("email", "your email address", v.pipe(emailAddress, v.toLowerCase())),
    username: read("username", "a username", newUsername),
  };
  const answers = form.questions.flatMap((question): Answer[] => {
    const field = `${OWN_PREFIX}${question.key}`;
    const given = (values[field] ?? []).map((value) => value.trim()).filter((value) => value !== "");
    const entered = question.type === "multiple_choice" ? [...new Set(given)] : given.slice(0, 1);
    const fault = findAnswerFault(question, entered, known_countries);
    if (fault !== null) faults[field] = fault;
    return entered.length === 0 ? [] : [{ question: question.key, label: question.label, values: entered }];
  });
  const country = form.countries === null ? null : one(COUNTRY);
  if (country === "") faults[COUNTRY] = "Select your country.";
  else if (country !== null && !(form.countries ?? []).includes(country)) {
    faults[COUNTRY] = "This program isn’t open to affiliates from this country.";
  }
  if (has_terms && one("terms") !== "on") faults.terms = "Accept the terms of service to apply.";
  if (Object.keys(faults).length > 0) return { entered: null, faults };
  return { entered: { ...pickPerson(person), country, answers, shares_email: one("shares_email") === "on" }, faults };
}

/** Without other fields of the account. */
function pickPerson({ name, email, username }: Pick<EnteredApplication, "name" | "email" | "username">) {
  return { name, email, username };
}

/** What is wrong with an answer, as a sentence; null for nothing. Without `countries`, any code is taken. */
export function findAnswerFault(
  { type, required, options }: Question,
  values: readonly string[],
  countries?: ReadonlySet<string>,
): string | null {
  const [value] = values;
  if (value === undefined) return required ? "Answer this question." : null;
  switch (type) {
    case "short_text":
      return value.length > SHORT_MAX_CHARACTERS ? `Use at most ${SHORT_MAX_CHARACTERS} characters.` : null;
    case "long_text":
      return value.length > LONG_MAX_CHARACTERS ? `Use at most ${LONG_MAX_CHARACTERS} characters.` : null;
    case "url":
      return isWebAddress(value) ? null : "Enter a web address that begins with https:// or http://.";
    case "country":
      return (countries?.has(value) ?? /^[A-Z]{2}$/.test(value)) ? null : "Select a country.";
    case "choice":
    case "multiple_choice":
      return values.every((one) => options.includes(one)) ? null : "Select one of the options.";
  }
}

function isWebAddress(text: string): boolean {
  const url = text.length > URL_MAX_CHARACTERS ? null : URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname.includes(".") && url.username === "";
}
