/** The body of `PUT …/application`, and what is wrong with one. */
import * as v from "valibot";
import { codeOfField, type FieldFault } from "../lib/problem.ts";
import { displayName, shortText } from "../lib/validation.ts";
import {
  type ApplicationForm,
  COUNTRY,
  DEFAULT_FORM,
  MODES,
  QUESTION_TYPES,
  type Question,
} from "./application-form.ts";

const QUESTIONS_MAX = 20;
const OPTIONS_MAX = 50;
const RULES_MAX = 50;
const TERMS_MAX_CHARACTERS = 20_000;
const INTRODUCTION_MAX_CHARACTERS = 1_000;

/** Fields of the form itself, which no own question may have. */
const OWN_FIELDS: ReadonlySet<string> = new Set(["name", "email", "username", COUNTRY, "terms", "website", "token"]);

const longText = (max: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => text.replaceAll(/\r\n?/g, "\n").trim()),
    v.string(),
    v.minLength(1, "must not be empty"),
    v.maxLength(max, `must have at most ${max} characters`),
    v.regex(/^(?:[^\p{Cc}]|[\n\t])*$/u, "must not contain control characters other than tabs and line breaks"),
  );

const countryCode = v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, "must be an ISO 3166-1 code in capitals, such as DE"));

const question = v.strictObject({
  key: v.pipe(
    v.string(),
    v.regex(/^[a-z][a-z0-9_]{0,39}$/, "must be 1–40 of a-z, 0-9 and _, and begin with a letter"),
    v.check((key) => !OWN_FIELDS.has(key), "is a field of the form itself; choose another key"),
  ),
  label: displayName,
  type: v.picklist(QUESTION_TYPES),
  help: v.optional(v.nullable(shortText), null),
  required: v.optional(v.boolean(), false),
  options: v.optional(
    v.pipe(v.array(displayName), v.maxLength(OPTIONS_MAX, `must have at most ${OPTIONS_MAX} options`)),
    [],
  ),
});

const rule = v.strictObject({
  question: v.string(),
  any_of: v.pipe(v.array(v.string()), v.minLength(1, "must name at least one answer")),
  group: v.optional(v.nullable(v.string()), null),
  decision: v.optional(v.nullable(v.picklist(["approve", "review"])), null),
});

/** The body of `PUT …/application`: a field that is left out has its default. */
export const formFields = v.strictObject({
  mode: v.optional(v.picklist(MODES), DEFAULT_FORM.mode),
  introduction: v.optional(v.nullable(longText(INTRODUCTION_MAX_CHARACTERS)), null),
  questions: v.optional(
    v.pipe(v.array(question), v.maxLength(QUESTIONS_MAX, `must be at most ${QUESTIONS_MAX} questions`)),
    [],
  ),
  countries: v.optional(
    v.nullable(v.pipe(v.array(countryCode), v.minLength(1, "must name at least one country"))),
    null,
  ),
  terms_text: v.optional(v.nullable(longText(TERMS_MAX_CHARACTERS)), null),
  review_days: v.optional(
    v.pipe(
      v.number(),
      v.integer("must be a whole number of days"),
      v.minValue(1, "must be 1–60"),
      v.maxValue(60, "must be 1–60"),
    ),
    DEFAULT_FORM.review_days,
  ),
  rules: v.optional(v.pipe(v.array(rule), v.maxLength(RULES_MAX, `must be at most ${RULES_MAX} rules`)), []),
  coupon_suffix: v.optional(
    v.nullable(v.pipe(v.string(), v.regex(/^[A-Z0-9-]{1,20}$/, "must be 1–20 of A-Z, 0-9 and -"))),
    null,
  ),
  inactive_days: v.optional(
    v.nullable(
      v.pipe(
        v.number(),
        v.integer("must be a whole number of days"),
        v.minValue(30, "must be at least 30"),
        v.maxValue(3_650, "must be at most 3650"),
      ),
    ),
    null,
  ),
});

/** What is wrong with a form besides the forms of its fields: choices without options, repeated keys, rules without a question. */
export function findFormFaults(form: ApplicationForm, groups: ReadonlySet<string>): FieldFault[] {
  const faults: FieldFault[] = [];
  const add = (field: string, detail: string) =>
    faults.push({ field, code: codeOfField(field), detail: `${field}: ${detail}` });
  const keys = form.questions.map(({ key }) => key);
  for (const [place, { key, type, options }] of form.questions.entries()) {
    const path = `questions.${place}`;
    if (keys.indexOf(key) !== place) add(`${path}.key`, "is the key of an earlier question");
    const isChoice = type === "choice" || type === "multiple_choice";
    if (isChoice && options.length < 2) add(`${path}.options`, "must name at least two options");
    if (!isChoice && options.length > 0) add(`${path}.options`, "belong to a choice or multiple choice only");
    if (new Set(options).size < options.length) add(`${path}.options`, "must differ from each other");
  }
  for (const [place, { question: name, any_of, group, decision }] of form.rules.entries()) {
    const path = `rules.${place}`;
    const asked = form.questions.find(({ key }) => key === name);
    if (asked === undefined && (name !== COUNTRY || form.countries === null)) {
      add(
        `${path}.question`,
        "must be the key of a choice, multiple choice or country question, or country if countries are limited",
      );
    } else if (asked !== undefined && !hasKnownAnswers(asked)) {
      add(`${path}.question`, "must be of a choice, multiple choice or country question");
    }
    const known = asked?.options ?? [];
    if (known.length > 0 && any_of.some((value) => !known.includes(value))) {
      add(`${path}.any_of`, "must be options of the question");
    }
    if (group !== null && !groups.has(group)) add(`${path}.group`, `there is no group "${group}"`);
    if (group === null && decision === null) add(path, "must set a group or a decision");
  }
  return faults;
}

function hasKnownAnswers({ type }: Question): boolean {
  return type === "choice" || type === "multiple_choice" || type === "country";
}
