/** The portal's form for payment details: flat fields as browsers send them, and what the schema takes. */

/** What was typed, by the names of the fields; `address.city` is the city of the address. */
export type FormFields = Readonly<Record<string, string>>;

const ADDRESS = "address.";

/** The form as the input of a schema: empty fields are not there. */
export function readPaymentForm(fields: FormFields): Record<string, unknown> {
  const typed = Object.entries(fields).flatMap(([name, value]) => {
    const text = value.trim();
    return text === "" ? [] : [[name, text] as const];
  });
  const address = typed.filter(([name]) => name.startsWith(ADDRESS));
  const others = typed.filter(([name]) => !name.startsWith(ADDRESS));
  return {
    ...Object.fromEntries(others),
    ...(address.length > 0 && {
      address: Object.fromEntries(address.map(([name, text]) => [name.slice(ADDRESS.length), text])),
    }),
  };
}

/** A form that was sent and refused: what was typed, and what of it is wrong. */
export interface Attempt {
  fields: FormFields;
  /** Null where no single field is at fault. */
  field: string | null;
  fault: string;
  status: number;
}
