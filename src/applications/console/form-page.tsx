import { CheckField, Field, Form, type FormState, SelectField, TextField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Copied, CopyField, Done, PageHead } from "../../console/layout/parts.tsx";

interface FormPageProps {
  program: string;
  /** The public page. */
  url: string;
  state: FormState;
  /** How many questions and rules there are. */
  counts: { questions: number; rules: number };
  groups: readonly (readonly [slug: string, name: string])[];
  may_write: boolean;
  sends_emails: boolean;
  done: string | undefined;
}

const MODES = [
  ["application", "By application: you approve each one"],
  ["open", "Open: everyone joins at once"],
  ["invitation", "By invitation only"],
] as const;

const TYPES = [
  ["short_text", "Short text"],
  ["long_text", "Long text"],
  ["choice", "Choice"],
  ["multiple_choice", "Multiple choice"],
  ["url", "Web address"],
  ["country", "Country"],
] as const;

const DECISIONS = [
  ["", "As the form says"],
  ["approve", "Approve at once"],
  ["review", "Let me decide"],
] as const;

/** Empty rows to add a question or a rule. */
const NEW_QUESTIONS = 2;
const NEW_RULES = 1;

/** `/admin/programs/:program/applications/form`. */
export function FormPage({ program, url, state, counts, groups, may_write, sends_emails, done }: FormPageProps) {
  const path = programHref(program, "/applications");
  const questions = rowsOf(counts.questions + NEW_QUESTIONS);
  const rules = rowsOf(counts.rules + NEW_RULES);
  const fields = [
    ...["mode", "introduction", "review_days", "countries", "terms_text", "coupon_suffix", "inactive_days"],
    ...questions.flatMap((n) =>
      ["label", "type", "help", "options", "required"].map((name) => `questions.${n}.${name}`),
    ),
    ...rules.flatMap((n) => ["question", "any_of", "group", "decision"].map((name) => `rules.${n}.${name}`)),
  ];
  return (
    <div class="stack">
      <PageHead title="Application form" back={{ href: path, label: "Applications" }}>
        <a href={url} class="button">
          Preview
        </a>
      </PageHead>
      <Done done={done} texts={{ saved: "Form saved." }} />
      {!sends_emails && (
        <p class="notice">
          This deployment sends no email, so nobody can confirm an address: only people with an invitation, and
          affiliates who are signed in, can join. <a href="/docs/notifications#set-up-email">Set up email</a>
        </p>
      )}
      <section class="card stack" aria-label="Sign-up page">
        <CopyField id="page" label="Sign-up page" value={url} />
        <p class="muted">
          Its name, logo, color, headline and terms of service are in the{" "}
          <a href={programHref(program, "/settings")}>settings</a>.
        </p>
        <Copied />
      </section>
      <section class="card" aria-label="Form">
        <Form action={`${path}/form`} state={state} submit="Save form" fields={fields}>
          <SelectField state={state} name="mode" label="Who can join" options={MODES} />
          <Field state={state} name="review_days" label="Days until you usually decide" type="number" required />
          <TextField state={state} name="introduction" label="Introduction" note="Above the form." />
          <TextField
            state={state}
            name="terms_text"
            label="Terms of service"
            note="Affiliates accept them. Empty if a URL in the settings is enough."
          />
          <Field
            state={state}
            name="countries"
            label="Countries"
            note="Codes with commas, such as US, DE. Empty for all."
          />
          <Field
            state={state}
            name="coupon_suffix"
            label="Coupon suffix"
            note="10 gives ada the coupon ADA10. Create it in your shop too."
          />
          <Field
            state={state}
            name="inactive_days"
            label="Days until inactive enrollments end"
            note="Without a sale ever, and without a click for so long. Empty for never."
            type="number"
          />
          {questions.map((n) => (
            <QuestionFields n={n} state={state} is_new={n >= counts.questions} />
          ))}
          {rules.map((n) => (
            <RuleFields n={n} state={state} groups={groups} is_new={n >= counts.rules} />
          ))}
          {!may_write && <p class="note">Your role can’t change the form.</p>}
        </Form>
      </section>
    </div>
  );
}

function rowsOf(count: number): number[] {
  return Array.from({ length: count }, (_, place) => place);
}

function QuestionFields({ n, state, is_new }: { n: number; state: FormState; is_new: boolean }) {
  const at = `questions.${n}`;
  return (
    <fieldset class="full fields">
      <legend>{is_new ? "New question" : `Question ${n + 1}`}</legend>
      <input type="hidden" name={`${at}.key`} value={state.values[`${at}.key`] ?? ""} />
      <Field
        state={state}
        name={`${at}.label`}
        label="Question"
        note={is_new ? "Leave it empty for none." : "Empty it to remove the question."}
      />
      <SelectField state={state} name={`${at}.type`} label="Answer" options={TYPES} />
      <Field state={state} name={`${at}.help`} label="Hint" />
      <TextField state={state} name={`${at}.options`} label="Options" note="Of a choice, one a line." rows={2} />
      <CheckField state={state} name={`${at}.required`} label="Must be answered" />
    </fieldset>
  );
}

function RuleFields(props: { n: number; state: FormState; groups: FormPageProps["groups"]; is_new: boolean }) {
  const { n, state, groups, is_new } = props;
  const at = `rules.${n}`;
  const asked = Object.entries(state.values)
    .filter(([name, key]) => /^questions\.\d+\.key$/.test(name) && key !== "")
    .map(([name, key]) => [key, state.values[name.replace(".key", ".label")] ?? key] as const);
  return (
    <fieldset class="full fields">
      <legend>{is_new ? "New rule" : `Rule ${n + 1}`}</legend>
      <SelectField
        state={state}
        name={`${at}.question`}
        label="If the answer to"
        options={[["", "No rule"], ...asked, ["country", "Country"]]}
      />
      <TextField
        state={state}
        name={`${at}.any_of`}
        label="is one of"
        note="One a line; countries as codes."
        rows={2}
      />
      <SelectField state={state} name={`${at}.group`} label="Group" options={[["", "Leave it"], ...groups]} />
      <SelectField state={state} name={`${at}.decision`} label="Decision" options={DECISIONS} />
    </fieldset>
  );
}
