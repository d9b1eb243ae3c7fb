/** The form by which affiliates join a program. */
import { DEFAULT_GROUP } from "../programs/group.ts";

/**
 * Who may join: everyone at once (`open`), everyone whose application is approved (`application`), or only those with an
 * invitation.
 */
export const MODES = ["open", "application", "invitation"] as const;

/** The states of an application. An `unconfirmed` one waits for its applicant to confirm the email address. */
export const APPLICATION_STATUSES = ["unconfirmed", "in_review", "approved", "rejected"] as const;

/** The kinds of own questions. */
export const QUESTION_TYPES = ["short_text", "long_text", "choice", "multiple_choice", "url", "country"] as const;

/** The country, as a rule refers to it. */
export const COUNTRY = "country";

/** A question of the merchant's own. */
export interface Question {
  /** Names the question in rules and answers. */
  key: string;
  label: string;
  type: (typeof QUESTION_TYPES)[number];
  help: string | null;
  required: boolean;
  /** Of a choice or multiple choice; empty for others. */
  options: string[];
}

/** What follows from an answer. The first rule that matches chooses the group, and the first one that says so approves or not. */
export interface Rule {
  /** A question's key, or `country`. */
  question: string;
  /** Matches if the answer is one of these, or has one of these. */
  any_of: string[];
  group: string | null;
  /** Null to leave it to the mode. */
  decision: "approve" | "review" | null;
}

/** A program's form, complete. */
export interface ApplicationForm {
  mode: (typeof MODES)[number];
  introduction: string | null;
  questions: Question[];
  /** ISO 3166-1 alpha-2 codes of the countries that may apply; null for all, and the country isn't asked. */
  countries: string[] | null;
  /** The terms of service, or their summary, above the box that accepts them. */
  terms_text: string | null;
  /** After how many days an application is usually decided. */
  review_days: number;
  rules: Rule[];
  /** An approved affiliate gets a coupon of its username with this suffix; null for none. */
  coupon_suffix: string | null;
  /** Enrollments without a sale end after so many days without a click; null for never. */
  inactive_days: number | null;
}

/** An answer as it was given, with the question's words at that time. */
export interface Answer {
  question: string;
  label: string;
  /** The choices of a multiple choice; one text for others. */
  values: string[];
}

/** The form of a program that hasn't set any. */
export const DEFAULT_FORM: ApplicationForm = {
  mode: "application",
  introduction: null,
  questions: [],
  countries: null,
  terms_text: null,
  review_days: 5,
  rules: [],
  coupon_suffix: null,
  inactive_days: null,
};

/** Whether an application is approved at once, and its group, by the form's mode and rules. */
export function decideByRules(
  form: Pick<ApplicationForm, "mode" | "rules">,
  given: { answers: readonly Answer[]; country: string | null },
): { approve: boolean; group: string } {
  const matching = form.rules.filter(({ question, any_of }) => {
    const own = given.answers.find((answer) => answer.question === question)?.values ?? [];
    const values = question === COUNTRY && own.length === 0 ? [given.country ?? ""] : own;
    return values.some((value) => any_of.includes(value));
  });
  const decision = matching.find((rule) => rule.decision !== null)?.decision ?? null;
  const group = matching.find((rule) => rule.group !== null)?.group ?? DEFAULT_GROUP;
  return { approve: decision === null ? form.mode === "open" : decision === "approve", group };
}
