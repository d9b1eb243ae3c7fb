/** A program's application form as the console's fields have it, and as the API has it. */

/** What the API answers, as far as the fields show it. Numbers are texts where what was entered isn't a number. */
export interface FormBody {
  mode: string;
  introduction: string | null;
  questions: { key: string; label: string; type: string; help: string | null; required: boolean; options: string[] }[];
  countries: string[] | null;
  terms_text: string | null;
  review_days: number | string;
  rules: { question: string; any_of: string[]; group: string | null; decision: string | null }[];
  coupon_suffix: string | null;
  inactive_days: number | string | null;
}

type Values = Readonly<Record<string, string>>;

/** As many rows as the API takes. */
const ROWS_MAX = 50;

/** The values of the fields. Options are lines, countries and answers have commas between them. */
export function toFormValues(form: FormBody): Record<string, string> {
  const values: Record<string, string> = {
    mode: form.mode,
    introduction: form.introduction ?? "",
    countries: form.countries?.join(", ") ?? "",
    terms_text: form.terms_text ?? "",
    review_days: String(form.review_days),
    coupon_suffix: form.coupon_suffix ?? "",
    inactive_days: form.inactive_days === null ? "" : String(form.inactive_days),
  };
  for (const [place, question] of form.questions.entries()) {
    const at = `questions.${place}`;
    values[`${at}.key`] = question.key;
    values[`${at}.label`] = question.label;
    values[`${at}.type`] = question.type;
    values[`${at}.help`] = question.help ?? "";
    values[`${at}.required`] = question.required ? "on" : "";
    values[`${at}.options`] = question.options.join("\n");
  }
  for (const [place, rule] of form.rules.entries()) {
    const at = `rules.${place}`;
    values[`${at}.question`] = rule.question;
    values[`${at}.any_of`] = rule.any_of.join("\n");
    values[`${at}.group`] = rule.group ?? "";
    values[`${at}.decision`] = rule.decision ?? "";
  }
  return values;
}

/** The body of `PUT …/application` for what was entered. A question without a label, and a rule without a question, is left out. */
export function readFormValues(values: Values): FormBody {
  const rows = Array.from({ length: ROWS_MAX }, (_, place) => place);
  const text = (name: string) => values[name]?.trim() ?? "";
  const questions = rows
    .map((place) => `questions.${place}`)
    .filter((at) => text(`${at}.label`) !== "")
    .map((at) => ({
      key: text(`${at}.key`) || toKey(text(`${at}.label`)),
      label: text(`${at}.label`),
      type: text(`${at}.type`),
      help: text(`${at}.help`) || null,
      required: values[`${at}.required`] === "on",
      options: readLines(values[`${at}.options`]),
    }));
  const rules = rows
    .map((place) => `rules.${place}`)
    .filter((at) => text(`${at}.question`) !== "")
    .map((at) => ({
      question: text(`${at}.question`),
      any_of: readLines(values[`${at}.any_of`]),
      group: text(`${at}.group`) || null,
      decision: text(`${at}.decision`) || null,
    }));
  const countries = text("countries")
    .split(/[\s,]+/)
    .filter((code) => code !== "")
    .map((code) => code.toUpperCase());
  return {
    mode: text("mode"),
    introduction: text("introduction") || null,
    questions,
    countries: countries.length === 0 ? null : countries,
    terms_text: text("terms_text") || null,
    review_days: readNumber(text("review_days")),
    rules,
    coupon_suffix: text("coupon_suffix").toUpperCase() || null,
    inactive_days: text("inactive_days") === "" ? null : readNumber(text("inactive_days")),
  };
}

/** A number, or the text that isn't one, which the API refuses. */
function readNumber(text: string): number | string {
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}

function readLines(text = ""): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** A question's key from its label: `Where will you promote us?` → `where_will_you_promote_us`. */
function toKey(label: string): string {
  const words = label
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^[^a-z]+|_+$/g, "")
    .slice(0, 40);
  return words === "" ? "question" : words;
}
