/** The form for payment details: flat fields as browsers send them, turned into the input of the schema. */

/** The submitted fields by name. `address.city` is the city of the address. */
export type FormFields = Readonly<Record<string, string>>;

const ADDRESS_PREFIX = "address.";

/** The schema's input: trimmed values, without empty fields, the address as an object. */
export function parsePaymentForm(fields: FormFields): Record<string, unknown> {
  const given = Object.entries(fields).flatMap(([name, value]) => {
    const text = value.trim();
    return text === "" ? [] : [[name, text] as const];
  });
  const address = given.filter(([name]) => name.startsWith(ADDRESS_PREFIX));
  const others = given.filter(([name]) => !name.startsWith(ADDRESS_PREFIX));
  return {
    ...Object.fromEntries(others),
    ...(address.length > 0 && {
      address: Object.fromEntries(address.map(([name, text]) => [name.slice(ADDRESS_PREFIX.length), text])),
    }),
  };
}

/** A submitted form that was rejected, and why. */
export interface RejectedPaymentForm {
  fields: FormFields;
  /** What is wrong with fields, by their names. */
  faults: Readonly<Record<string, string>>;
  /** What is wrong if it isn't about fields. */
  error: string | null;
  /** The HTTP status of the response. */
  status: number;
}

/** The form with the faults of a problem. */
export function rejectPaymentForm(
  fields: FormFields,
  {
    errors,
    message,
    status,
  }: { errors: readonly { field: string; detail: string }[]; message: string; status: number },
): RejectedPaymentForm {
  const faults: Record<string, string> = {};
  for (const { field, detail } of errors) faults[field] ??= detail.replace(`${field}: `, "").replace(/\.$/, "");
  return { fields, faults, error: errors.length === 0 ? message : null, status };
}
