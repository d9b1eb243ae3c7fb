/** Fields of the sign-up page. */
import type { Child } from "hono/jsx";
import type { Question } from "../application-form.ts";
import { OWN_PREFIX } from "../read-application.ts";

/** Codes and names of countries. */
export type Countries = readonly (readonly [code: string, name: string])[];

/** The attributes of a field's input. */
export function attributes(name: string, fault: string | null) {
  return { id: name, name, "aria-invalid": fault !== null, "aria-describedby": `${name}-note` } as const;
}

interface LabeledProps {
  name: string;
  label: string;
  fault: string | null;
  note?: string | null;
  children?: Child;
}

/** A field with its label, and its note or fault. */
export function Labeled({ name, label, fault, note = null, children }: LabeledProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {children}
      <span class={fault === null ? "note" : "fault"} id={`${name}-note`}>
        {fault ?? note}
      </span>
    </div>
  );
}

/** The options of a country. */
export function CountryOptions({ countries, selected }: { countries: Countries; selected: string }) {
  return (
    <>
      <option value="">Select a country</option>
      {countries.map(([code, name]) => (
        <option value={code} selected={code === selected}>
          {name}
        </option>
      ))}
    </>
  );
}

interface AskedProps {
  question: Question;
  entered: readonly string[];
  fault: string | null;
  countries: Countries;
}

/** A question of the merchant's own. */
export function Asked({ question, entered, fault, countries }: AskedProps) {
  const { key, label, type, help, required, options } = question;
  const name = `${OWN_PREFIX}${key}`;
  const [value = ""] = entered;
  const shown = required ? label : `${label} (optional)`;
  if (type === "multiple_choice") {
    return (
      <fieldset class="wide choices" aria-describedby={`${name}-note`}>
        <legend>{shown}</legend>
        {options.map((option) => (
          <label class="check">
            <input type="checkbox" name={name} value={option} checked={entered.includes(option)} /> {option}
          </label>
        ))}
        <span class={fault === null ? "note" : "fault"} id={`${name}-note`}>
          {fault ?? help}
        </span>
      </fieldset>
    );
  }
  return (
    <Labeled name={name} label={shown} fault={fault} note={help}>
      {type === "long_text" && (
        <textarea {...attributes(name, fault)} rows={4} required={required}>
          {value}
        </textarea>
      )}
      {(type === "choice" || type === "country") && (
        <select {...attributes(name, fault)} required={required}>
          {type === "country" ? (
            <CountryOptions countries={countries} selected={value} />
          ) : (
            <>
              <option value="">Select an answer</option>
              {options.map((option) => (
                <option selected={option === value}>{option}</option>
              ))}
            </>
          )}
        </select>
      )}
      {(type === "short_text" || type === "url") && (
        <input
          {...attributes(name, fault)}
          type={type === "url" ? "url" : "text"}
          value={value}
          placeholder={type === "url" ? "https://" : undefined}
          required={required}
        />
      )}
    </Labeled>
  );
}
