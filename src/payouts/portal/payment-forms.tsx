/** The forms for the payout methods. */
import type { Child } from "hono/jsx";
import { listCountries } from "./countries.ts";
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

/** The bank transfer form. Which fields are required depends on the bank's country. */
export function BankForm(props: FormProps) {
  const rejected = rejectedFor(props.rejected, "bank");
  return (
    <PaymentForm title="Bank transfer" method="bank" rejected={rejected}>
      <Field name="account_holder" label="Account holder" rejected={rejected} required />
      <SelectField name="holder_type" label="Account holder type" rejected={rejected} options={HOLDER_TYPES} />
      <SelectField name="country" label="Bank country" rejected={rejected} options={COUNTRIES} required />
      <Field name="currency" label="Account currency" hint="For example EUR" rejected={rejected} required />
      <Field name="iban" label="IBAN" hint="If accounts in this country have one" rejected={rejected} />
      <Field name="bic" label="BIC (SWIFT)" rejected={rejected} />
      <Field name="account_number" label="Account number" hint="If there is no IBAN" rejected={rejected} />
      <Field
        name="routing_number"
        label="Bank code"
        hint="US: routing number. UK: sort code. Australia: BSB. Canada: 0, then institution and transit number"
        rejected={rejected}
      />
      <SelectField
        name="account_type"
        label="Account type (US and Canada)"
        rejected={rejected}
        options={ACCOUNT_TYPES}
      />
      <Field name="bank_name" label="Bank name" rejected={rejected} />
      <h4>Your address</h4>
      <Field name="address.name" label="Name" rejected={rejected} required />
      <Field name="address.street" label="Street address" rejected={rejected} required />
      <Field name="address.city" label="City" rejected={rejected} required />
      <Field name="address.state" label="State" hint="If the country has states" rejected={rejected} />
      <Field name="address.postcode" label="Postal code" rejected={rejected} required />
      <SelectField name="address.country" label="Country" rejected={rejected} options={COUNTRIES} required />
    </PaymentForm>
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
  children?: Child;
}

/** Collapsed, unless it was rejected. */
function PaymentForm({ title, method, rejected, children }: PaymentFormProps) {
  return (
    <details open={rejected !== null}>
      <summary>{title}</summary>
      <form method="post" action="/app/account" class="fields">
        <input type="hidden" name="method" value={method} />
        {rejected !== null && (
          <p class="fault" role="alert">
            {rejected.field === null ? rejected.error : "Not saved. Correct the highlighted field."}
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

/** The error of a field, with its label instead of its name. */
function errorOf({ name, label, rejected }: Pick<FieldProps, "name" | "label" | "rejected">): string | null {
  return rejected?.field === name ? `${label} ${rejected.error.replace(`${name}: `, "").replace(/\.$/, "")}.` : null;
}

function Field({ name, label, rejected, hint, type = "text", required = false }: FieldProps) {
  const error = errorOf({ name, label, rejected });
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
      />
    </Labeled>
  );
}

interface SelectProps extends FieldProps {
  options: readonly (readonly [value: string, text: string])[];
}

function SelectField({ name, label, rejected, options, required = false }: SelectProps) {
  const error = errorOf({ name, label, rejected });
  return (
    <Labeled name={name} label={label} hint={undefined} error={error}>
      <select id={name} name={name} required={required} aria-invalid={error !== null} aria-describedby={`${name}-note`}>
        {options.map(([value, text]) => (
          <option value={value} selected={rejected?.fields[name] === value}>
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
