/** What most pages of the console have: a heading with its actions, a confirmation, filters, pages of a list, a change to confirm. */
import type { Child } from "hono/jsx";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import { FormKey } from "./form.tsx";

interface PageHeadProps {
  title: string;
  note?: Child;
  /** A link to the page above. */
  back?: { href: string; label: string };
  /** Buttons and links at the right. */
  children?: Child;
}

/** The heading of a page. */
export function PageHead({ title, note, back, children }: PageHeadProps) {
  return (
    <>
      {back !== undefined && (
        <p class="back">
          <a href={back.href}>← {back.label}</a>
        </p>
      )}
      <div class="page-head">
        <h1>{title}</h1>
        {children !== undefined && <div class="actions">{children}</div>}
        {note !== undefined && <p class="note">{note}</p>}
      </div>
    </>
  );
}

/** A confirmation after a change. `texts` has them by the value of `?done=`; an unknown value shows nothing. */
export function Done({ done, texts }: { done: string | undefined; texts: Readonly<Record<string, string>> }) {
  const text = done !== undefined && Object.hasOwn(texts, done) ? texts[done] : undefined;
  if (text === undefined) return null;
  return (
    <p class="notice" role="status">
      {text}
    </p>
  );
}

/** A filter above a list: `children` are its fields. */
export function Filter({ action, is_active, children }: { action: string; is_active: boolean; children?: Child }) {
  return (
    <form method="get" action={action} class="filter card">
      {children}
      <div class="actions">
        <button type="submit">Apply</button>
        {is_active && <a href={action}>Clear</a>}
      </div>
    </form>
  );
}

/** A labeled input of a {@link Filter}. */
export function FilterField(props: {
  name: string;
  label: string;
  value: string | undefined;
  type?: "search" | "date" | "text";
}) {
  const { name, label, value = "", type = "search" } = props;
  return (
    <div class="field">
      <label for={`filter-${name}`}>{label}</label>
      <input id={`filter-${name}`} name={name} type={type} value={value} />
    </div>
  );
}

/** A labeled choice of a {@link Filter}. `options` are pairs of a value and its label; the empty value stands for all. */
export function FilterSelect(props: {
  name: string;
  label: string;
  value: string | undefined;
  options: readonly (readonly [string, string])[];
}) {
  const { name, label, value = "", options } = props;
  return (
    <div class="field">
      <label for={`filter-${name}`}>{label}</label>
      <select id={`filter-${name}`} name={name}>
        {options.map(([each, text]) => (
          <option value={each} selected={each === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Links to the next page of a list and back to its first. `next` is the API's cursor. */
export function Pager({ path, params, next }: { path: string; params: QueryParams; next: string | null }) {
  const { cursor, ...rest } = params;
  const isFirst = cursor === undefined || cursor === null || cursor === "";
  if (next === null && isFirst) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {!isFirst && <a href={buildHref(path, rest)}>First page</a>}
      {next !== null && <a href={buildHref(path, { ...rest, cursor: next })}>Next page</a>}
    </nav>
  );
}

/** A state as a tag. */
export function StatusTag({ tone, children }: { tone: "good" | "waiting" | "bad" | "neutral"; children?: Child }) {
  return <span class={`tag ${TONES[tone]}`}>{children}</span>;
}

const TONES = { good: "good", waiting: "waiting", bad: "off", neutral: "" } as const;

interface ConfirmProps {
  action: string;
  /** What happens, in money where it concerns money. */
  effect: Child;
  /** How to undo it, or that it can't be undone. */
  undo: string;
  submit: string;
  cancel: string;
  is_danger?: boolean;
  /** Fields to fill in with the confirmation. */
  fields?: Child;
  /** What was entered: it is submitted again. */
  values: Readonly<Record<string, string | readonly string[]>>;
}

/** Shows the effect of a change before it is made. */
export function Confirm({ action, effect, undo, submit, cancel, is_danger = false, fields, values }: ConfirmProps) {
  return (
    <section class="card stack" aria-label="Confirm">
      <div class="effect">{effect}</div>
      <p class="note">{undo}</p>
      <form method="post" action={action} class="actions">
        <FormKey />
        {Object.entries(values).flatMap(([name, value]) =>
          [value].flat().map((each) => <input type="hidden" name={name} value={each} />),
        )}
        <input type="hidden" name="confirmed" value="yes" />
        {fields}
        <button type="submit" class={is_danger ? "danger" : "primary"}>
          {submit}
        </button>
        <a href={cancel}>Cancel</a>
      </form>
    </section>
  );
}

/** A text to copy. `label` names it, as in "Sign-in link". A page has one announcement of what was copied, see {@link Copied}. */
export function CopyField({ id, label, value }: { id: string; label: string; value: string }) {
  return (
    <div class="copy-row">
      <input id={id} class="copy-field" readonly value={value} aria-label={label} />
      <button type="button" class="copy" data-copies={id} data-says={`${label} copied`}>
        Copy
      </button>
    </div>
  );
}

/** Where a page announces what was copied, for screen readers. */
export function Copied() {
  return <p class="vh" id="copied" role="status" />;
}

/** An empty list: what to do first. */
export function Empty({ children }: { children?: Child }) {
  return <p class="empty">{children}</p>;
}

/** Work that takes long: its state, loaded again until it is finished. `path` is the page's own. */
export function Progress(props: { id: string; path: string; is_running: boolean; children?: Child }) {
  const { id, path, is_running, children } = props;
  return (
    <section class="card stack" id={id} data-reloads={is_running ? "" : undefined} aria-live="polite">
      {children}
      {is_running && (
        <p class="note">
          This page updates by itself, and you can close it: the work goes on. <a href={path}>Reload</a>
        </p>
      )}
    </section>
  );
}
