/** Forms: fields with their note or fault, all faults at once, and the key that makes a form that is submitted twice one change. */
import type { Child } from "hono/jsx";
import { nanoid } from "nanoid";
import type { Problem } from "../../lib/problem.ts";
import { readFormEntries } from "../../portal/layout/read-form-handler.ts";
import type { ConsoleContext } from "./page.tsx";

/** The name of the hidden field with the form's `Idempotency-Key`. */
export const FORM_KEY = "form_key";

/** What was entered, and what was wrong with it. Both are empty on a new form. */
export interface FormState {
  values: Readonly<Record<string, string>>;
  problem: Problem | null;
}

/** A form that nothing was entered into. `values` are its defaults. */
export function newForm(values: Readonly<Record<string, string>> = {}): FormState {
  return { values, problem: null };
}

/** The fields of a submitted form, each with all its values: of checkboxes with one name, all that are checked. */
export async function readFormLists(c: ConsoleContext): Promise<Record<string, string[]>> {
  const fields = Map.groupBy(await readFormEntries(c), ([name]) => name);
  return Object.fromEntries([...fields].map(([name, entries]) => [name, entries.map(([, value]) => value)]));
}

/** Slugs that were entered with commas between them, or null if there are none. */
export function readSlugs(text = ""): string[] | null {
  const slugs = text.split(/[\s,]+/).filter((slug) => slug !== "");
  return slugs.length === 0 ? null : slugs;
}

interface FormProps {
  action: string;
  state: FormState;
  submit: string;
  /** Of a button for what can't be undone. */
  is_danger?: boolean;
  /** Names of fields whose faults are shown beside them. Faults of other fields are shown above the form. */
  fields: readonly string[];
  children?: Child;
}

/** A form that posts. Its button comes last. */
export function Form({ action, state, submit, is_danger = false, fields, children }: FormProps) {
  return (
    <form method="post" action={action} class="fields">
      <FormKey />
      <FormFaults state={state} fields={fields} />
      {children}
      <div>
        <button type="submit" class={is_danger ? "danger" : "primary"}>
          {submit}
        </button>
      </div>
    </form>
  );
}

/** The hidden field of {@link FORM_KEY}, new each time a form is shown. */
export function FormKey() {
  return <input type="hidden" name={FORM_KEY} value={nanoid()} />;
}

/** What was wrong, but for faults that are shown beside their fields. */
export function FormFaults({ state: { problem }, fields }: { state: FormState; fields: readonly string[] }) {
  if (problem === null) return null;
  const others = problem.errors.filter(({ field }) => !fields.some((name) => isIn(field, name)));
  const beside = problem.errors.length - others.length;
  return (
    <div class="notice full" role="alert">
      {problem.errors.length === 0 && <p>{problem.message}</p>}
      {others.map(({ detail }) => (
        <p>{detail}</p>
      ))}
      {beside > 0 && <p>{beside === 1 ? "Correct the marked field." : `Correct the ${beside} marked fields.`}</p>}
    </div>
  );
}

interface FieldProps {
  state: FormState;
  /** Of the field in the API's body, such as `email`; nested ones have dots. */
  name: string;
  label: string;
  note?: Child;
  type?: "text" | "email" | "number" | "date" | "datetime-local" | "url" | "password" | "search";
  required?: boolean;
  /** Further attributes of the input. */
  input?: Readonly<Record<string, string | number | boolean>>;
}

/** An input with its label, and its note or fault. The first field with a fault has the focus. */
export function Field({ state, name, label, note, type = "text", required = false, input = {} }: FieldProps) {
  return (
    <FieldFrame {...{ state, name, label, note }}>
      <input {...frameOf(state, name)} type={type} value={state.values[name] ?? ""} required={required} {...input} />
    </FieldFrame>
  );
}

/** A choice. `options` are pairs of a value and its label. */
export function SelectField(props: Omit<FieldProps, "type"> & { options: readonly (readonly [string, string])[] }) {
  const { state, name, label, note, options, input = {} } = props;
  const chosen = state.values[name];
  return (
    <FieldFrame {...{ state, name, label, note }}>
      <select {...frameOf(state, name)} {...input}>
        {options.map(([value, text]) => (
          <option value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

/** A text of several lines. */
export function TextField(props: Omit<FieldProps, "type"> & { rows?: number }) {
  const { state, name, label, note, required = false, rows = 3, input = {} } = props;
  return (
    <FieldFrame {...{ state, name, label, note }}>
      <textarea {...frameOf(state, name)} rows={rows} required={required} {...input}>
        {state.values[name] ?? ""}
      </textarea>
    </FieldFrame>
  );
}

/** A checkbox. It is checked if its value is `on`. */
export function CheckField({ state, name, label, note }: Pick<FieldProps, "state" | "name" | "label" | "note">) {
  const { fault } = findFault(state, name);
  return (
    <div class="field">
      <label class="check">
        <input {...frameOf(state, name)} type="checkbox" value="on" checked={state.values[name] === "on"} />
        <span>{label}</span>
      </label>
      <FieldNote name={name} fault={fault} note={note} />
    </div>
  );
}

function FieldFrame(props: Pick<FieldProps, "state" | "name" | "label" | "note"> & { children?: Child }) {
  const { state, name, label, note, children } = props;
  return (
    <div class="field">
      <label for={idOf(name)}>{label}</label>
      {children}
      <FieldNote name={name} fault={findFault(state, name).fault} note={note} />
    </div>
  );
}

function FieldNote({ name, fault, note }: { name: string; fault: string | null; note?: Child }) {
  if (fault === null && note === undefined) return null;
  return (
    <span class={fault === null ? "note" : "fault"} id={`${idOf(name)}-note`}>
      {fault ?? note}
    </span>
  );
}

/** The attributes that every input has. */
function frameOf(state: FormState, name: string) {
  const { fault, is_first } = findFault(state, name);
  return {
    ...{ id: idOf(name), name, "aria-describedby": `${idOf(name)}-note`, "aria-invalid": fault !== null },
    autofocus: is_first,
  };
}

function findFault({ problem }: FormState, name: string): { fault: string | null; is_first: boolean } {
  const errors = problem?.errors ?? [];
  const index = errors.findIndex(({ field }) => isIn(field, name));
  const detail = errors[index]?.detail;
  if (detail === undefined) return { fault: null, is_first: false };
  const text = detail.startsWith(`${name}: `) ? detail.slice(name.length + 2) : detail;
  return { fault: text.slice(0, 1).toUpperCase() + text.slice(1), is_first: index === 0 };
}

/** Whether a field of the API's body is shown by an input: itself, or an item of its list. */
function isIn(field: string, name: string): boolean {
  return field === name || field.startsWith(`${name}.`);
}

function idOf(name: string): string {
  return `field-${name.replaceAll(/[^\w-]/g, "-")}`;
}
