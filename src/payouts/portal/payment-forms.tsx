/** The forms for the payout methods. */
import type { Child } from "hono/jsx";
import { nameCountry } from "../../lib/messages/name-country.ts";
import { type BankFields, bankFieldsOf } from "../payees/payment-details.ts";
import { isCountry, listCountries } from "./countries.ts";
import type { RejectedPaymentForm } from "./payment-form.ts";

interface FormProps {
  rejected: RejectedPaymentForm | null;
}

/** The rejected form, if it was for this method. */
function rejectedFor(rejected: RejectedPaymentForm | null, method: string): RejectedPaymentForm | null {
  return rejected?.fields.method === method ? rejected : null;
}

/** The PayPal form. */
export function PaypalForm(props: FormProps) {
  const rejected = rejectedFor(props.rejected, "paypal");
  return (
    <PaymentForm title="PayPal" method="paypal" rejected={rejected}>
      <Field name="email" label="PayPal email address" rejected={rejected} type="email" required />
    </PaymentForm>
  );
}

/** The bank transfer form: first the bank's country, then what identifies an account there. */
export function BankForm({ country, ...props }: FormProps & { country: string | null }) {
  const rejected = rejectedFor(props.rejected, "bank");
  const chosen = rejected?.fields.country ?? country;
  if (chosen === null || !isCountry(chosen)) return <BankCountryForm is_rejected={rejected !== null} />;
  const { names, kind, has_state } = bankFieldsOf(chosen);
  const asks = (name: BankFields["names"][number]) => names.includes(name);
  return (
    <PaymentForm title="Bank transfer" method="bank" rejected={rejected} is_open>
      <input type="hidden" name="country" value={chosen} />
      <p class="full">
        {nameCountry(chosen)}. <a href={`${ACCOUNT}?bank#change`}>Choose another bank country</a>
      </p>
      <Field name="account_holder" label="Account holder" rejected={rejected} required />
      <SelectField name="holder_type" label="Account holder type" rejected={rejected} options={HOLDER_TYPES} />
      <Field name="currency" label="Account currency" hint="For example EUR" rejected={rejected} required />
      {asks("iban") && <Field name="iban" label="IBAN" rejected={rejected} required />}
      {asks("account_number") && <Field name="account_number" label="Account number" rejected={rejected} required />}
      {asks("routing_number") && (
        <Field
          name="routing_number"
          label={ROUTING_LABELS[kind]?.label ?? "Bank code"}
          hint={ROUTING_LABELS[kind]?.hint ?? ""}
          rejected={rejected}
          required
        />
      )}
      {asks("account_type") && (
        <SelectField name="account_type" label="Account type" rejected={rejected} options={ACCOUNT_TYPES} />
      )}
      {asks("bic") && <Field name="bic" label="BIC (SWIFT)" rejected={rejected} required />}
      {asks("bank_name") && <Field name="bank_name" label="Bank name" rejected={rejected} />}
      <h3>Your address</h3>
      <Field name="address.name" label="Name" rejected={rejected} required />
      <Field name="address.street" label="Street address" rejected={rejected} required />
      <Field name="address.city" label="City" rejected={rejected} required />
      {has_state && <Field name="address.state" label="State or province" rejected={rejected} />}
      <Field name="address.postcode" label="Postal code" rejected={rejected} required />
      <SelectField
        name="address.country"
        label="Country"
        rejected={rejected}
        options={COUNTRIES}
        initial={chosen}
        required
      />
    </PaymentForm>
  );
}

const ACCOUNT = "/app/account";

/** The bank codes of countries that have one. */
const ROUTING_LABELS: Partial<Record<BankFields["kind"], { label: string; hint: string }>> = {
  aba: { label: "Routing number", hint: "9 digits" },
  sort_code: { label: "Sort code", hint: "6 digits" },
  australian: { label: "BSB", hint: "6 digits" },
  canadian: { label: "Bank code", hint: "0, then the institution’s 3 digits and the transit’s 5 digits" },
};

function BankCountryForm({ is_rejected }: { is_rejected: boolean }) {
  return (
    <details open={is_rejected}>
      <summary>Bank transfer</summary>
      {is_rejected && (
        <p class="fault" role="alert">
          Not saved. Choose the country of your bank.
        </p>
      )}
      <form method="get" action={`${ACCOUNT}#change`} class="fields">
        <div class="field">
          <label for="bank">Bank country</label>
          <select id="bank" name="bank" required>
            {COUNTRIES.map(([value, text]) => (
              <option value={value}>{text}</option>
            ))}
          </select>
        </div>
        <div>
          <button type="submit">Continue</button>
        </div>
      </form>
    </details>
  );
}

const HOLDER_TYPES = [
  ["person", "Person"],
  ["institution", "Business"],
] as const;

const ACCOUNT_TYPES = [
  ["checking", "Checking"],
  ["savings", "Savings"],
] as const;

const COUNTRIES = [["", "Select a country"] as const, ...listCountries()];

interface PaymentFormProps {
  title: string;
  method: string;
  rejected: RejectedPaymentForm | null;
  is_open?: boolean;
  children?: Child;
}

/** Collapsed, unless it was rejected or is the one that was chosen. */
function PaymentForm({ title, method, rejected, is_open = false, children }: PaymentFormProps) {
  const faults = Object.keys(rejected?.faults ?? {}).length;
  return (
    <details open={rejected !== null || is_open}>
      <summary>{title}</summary>
      <form method="post" action="/app/account" class="fields">
        <input type="hidden" name="method" value={method} />
        {rejected !== null && (
          <p class="fault" role="alert">
            {rejected.error ?? `Not saved. Correct the highlighted ${faults === 1 ? "field" : "fields"}.`}
          </p>
        )}
        {children}
        <div>
          <button type="submit" class="primary">
            Save payout method
          </button>
        </div>
      </form>
    </details>
  );
}

interface FieldProps {
  name: string;
  label: string;
  rejected: RejectedPaymentForm | null;
  hint?: string;
  type?: string;
  required?: boolean;
}

/** What is wrong with a field, with its label instead of its name. */
function faultOf({ name, label, rejected }: Pick<FieldProps, "name" | "label" | "rejected">): string | null {
  const fault = rejected?.faults[name];
  return fault === undefined ? null : `${label} ${fault}.`;
}

/** Whether a field has the first fault of the form in the order of its schema, and gets the focus. */
function isFirstFault({ name, rejected }: Pick<FieldProps, "name" | "rejected">): boolean {
  return Object.keys(rejected?.faults ?? {})[0] === name;
}

function Field({ name, label, rejected, hint, type = "text", required = false }: FieldProps) {
  const error = faultOf({ name, label, rejected });
  return (
    <Labeled name={name} label={label} hint={hint} error={error}>
      <input
        id={name}
        name={name}
        type={type}
        value={rejected?.fields[name] ?? ""}
        required={required}
        aria-invalid={error !== null}
        aria-describedby={`${name}-note`}
        autofocus={isFirstFault({ name, rejected })}
      />
    </Labeled>
  );
}

interface SelectProps extends FieldProps {
  /** The option that is selected before anything is submitted. */
  initial?: string;
  options: readonly (readonly [value: string, text: string])[];
}

function SelectField({ name, label, rejected, options, initial, required = false }: SelectProps) {
  const error = faultOf({ name, label, rejected });
  return (
    <Labeled name={name} label={label} hint={undefined} error={error}>
      <select id={name} name={name} required={required} aria-invalid={error !== null} aria-describedby={`${name}-note`}>
        {options.map(([value, text]) => (
          <option value={value} selected={(rejected?.fields[name] ?? initial) === value}>
            {text}
          </option>
        ))}
      </select>
    </Labeled>
  );
}

interface LabeledProps {
  name: string;
  label: string;
  hint: string | undefined;
  error: string | null;
  children?: Child;
}

function Labeled({ name, label, hint, error, children }: LabeledProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {children}
      <span class={error === null ? "note" : "fault"} id={`${name}-note`}>
        {error ?? hint}
      </span>
    </div>
  );
}
