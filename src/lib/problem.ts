/** One fault of an input. `field` is its path with dots (`terms.rates.0.rate_bps`), `detail` a sentence. */
export interface FieldFault {
  field: string;
  code: string;
  detail: string;
}

/**
 * An error for the caller, sent as `application/problem+json` (RFC 9457). `code` is stable; `field` is the invalid field, if any,
 * and `errors` are all faults of the input.
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  readonly errors: readonly FieldFault[];

  constructor(
    status: number,
    code: string,
    detail: string,
    field: string | null = null,
    errors: readonly FieldFault[] = field === null ? [] : [{ field, code, detail }],
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.field = field;
    this.errors = errors;
  }
}

/** The code of an invalid field: `invalid_` with its name, without the places in lists. */
export function codeOfField(field: string): string {
  const names = field.split(/[^a-zA-Z0-9]+/).filter((name) => name !== "" && !/^\d+$/.test(name));
  return ["invalid", ...names].join("_");
}
