/** The two forms in which an affiliate says how it is paid. */
import type { Child } from "hono/jsx";
import { listCountries } from "./countries.ts";
import type { Attempt } from "./payment-form.ts";

interface FormProps {
  attempt: Attempt | null;
}

/** What a refused form of this method held; null for another one's. */
function attemptAt(attempt: Attempt | null, method: string): Attempt | null {
  return attempt?.fields.method === method ? attempt : null;
}

/** An address at PayPal. */
export function PaypalForm({ attempt }: FormProps) {
  const own = attemptAt(attempt, "paypal");
  return (
    <PaymentForm title="PayPal" method="paypal" attempt={own}>
      <Field name="email" label="E-mail address of your PayPal account" attempt={own} type="email" required />
    </PaymentForm>
  );
}

/** A bank account, as its country knows it. */
export function BankForm({ attempt }: FormProps) {
  const own = attemptAt(attempt, "bank");
  return (
    <PaymentForm title="Bank transfer" method="bank" attempt={own}>
      <Field name="account_holder" label="Holder of the account" attempt={own} required />
      <Choice name="holder_type" label="The holder is" attempt={own} options={HOLDERS} />
      <Choice name="country" label="Country of the bank" attempt={own} options={COUNTRIES} required />
      <Field name="currency" label="Currency of the account" hint="Such as EUR" attempt={own} required />
      <Field name="iban" label="IBAN" hint="Where accounts of the country have one" attempt={own} />
      <Field name="bic" label="BIC (SWIFT)" attempt={own} />
      <Field name="account_number" label="Account number" hint="Where there is no IBAN" attempt={own} />
      <Field
        name="routing_number"
        label="Bank code"
        hint="US: routing number. UK: sort code. Australia: BSB. Canada: 0, then institution and transit number"
        attempt={own}
      />
      <Choice name="account_type" label="Kind of account (US and Canada)" attempt={own} options={ACCOUNT_TYPES} />
      <Field name="bank_name" label="Name of the bank" attempt={own} />
      <h4>Your address</h4>
      <Field name="address.name" label="Name" attempt={own} required />
      <Field name="address.street" label="Street and number" attempt={own} required />
      <Field name="address.city" label="City" attempt={own} required />
      <Field name="address.state" label="State" hint="Where the country has states" attempt={own} />
      <Field name="address.postcode" label="Postcode" attempt={own} required />
      <Choice name="address.country" label="Country" attempt={own} options={COUNTRIES} required />
    </PaymentForm>
  );
}

const HOLDERS = [
  ["person", "a person"],
  ["institution", "a business"],
] as const;
const ACCOUNT_TYPES = [
  ["checking", "Checking"],
  ["savings", "Savings"],
] as const;
const COUNTRIES = [["", "Please choose"] as const, ...listCountries()];

/** Folded away until it is wanted, or was refused. */
function PaymentForm({
  title,
  method,
  attempt,
  children,
}: {
  title: string;
  method: string;
  attempt: Attempt | null;
  children?: Child;
}) {
  return (
    <details open={attempt !== null}>
      <summary>{title}</summary>
      <form method="post" action="/app/account" class="fields">
        <input type="hidden" name="method" value={method} />
        {attempt !== null && (
          <p class="fault" role="alert">
            {attempt.field === null ? attempt.fault : "Not saved: please look at the field that is marked."}
          </p>
        )}
        {children}
        <div>
          <button type="submit" class="primary">
            Save
          </button>
        </div>
      </form>
    </details>
  );
}

interface FieldProps {
  name: string;
  label: string;
  attempt: Attempt | null;
  hint?: string;
  type?: string;
  required?: boolean;
}

/** What is wrong with a field, without its name, which stands above it. */
function faultOf({ name, attempt }: Pick<FieldProps, "name" | "attempt">): string | null {
  return attempt?.field === name ? attempt.fault.replace(`${name}: `, "") : null;
}

function Field({ name, label, attempt, hint, type = "text", required = false }: FieldProps) {
  const fault = faultOf({ name, attempt });
  return (
    <Labelled name={name} label={label} hint={hint} fault={fault}>
      <input
        id={name}
        name={name}
        type={type}
        value={attempt?.fields[name] ?? ""}
        required={required}
        aria-invalid={fault !== null}
        aria-describedby={`${name}-note`}
      />
    </Labelled>
  );
}

function Choice({
  name,
  label,
  attempt,
  options,
  required = false,
}: FieldProps & { options: readonly (readonly [value: string, text: string])[] }) {
  const fault = faultOf({ name, attempt });
  return (
    <Labelled name={name} label={label} hint={undefined} fault={fault}>
      <select id={name} name={name} required={required} aria-invalid={fault !== null} aria-describedby={`${name}-note`}>
        {options.map(([value, text]) => (
          <option value={value} selected={attempt?.fields[name] === value}>
            {text}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

function Labelled({
  name,
  label,
  hint,
  fault,
  children,
}: {
  name: string;
  label: string;
  hint: string | undefined;
  fault: string | null;
  children?: Child;
}) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {children}
      <span class={fault === null ? "note" : "fault"} id={`${name}-note`}>
        {fault === null ? hint : `It ${fault}.`}
      </span>
    </div>
  );
}
