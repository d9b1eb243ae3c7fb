/** Terms in a request body: a preset, changes, or both. */
import * as v from "valibot";
import { parseAllFields } from "../lib/validation.ts";
import { presets } from "./presets/index.ts";
import type { ProgramTerms } from "./terms.ts";
import { consistentTermsIn } from "./validate-terms.ts";

/** The fields of a request body that set terms. */
export const termsFields = {
  preset: v.optional(v.picklist(Object.keys(presets), `must be one of: ${Object.keys(presets).join(", ")}`)),
  /** Each field replaces that of the preset or of the previous terms as a whole. */
  terms: v.optional(v.record(v.string(), v.unknown())),
};

/**
 * Applies the changes to the preset, or to `previous` without one, and validates the result. `groups` are the slugs of the
 * program's groups; a new program has only the default group. Throws 422.
 */
export function readTerms(
  previous: ProgramTerms,
  fields: { preset?: string | undefined; terms?: Record<string, unknown> | undefined },
  currency: string,
  groups?: readonly string[],
): ProgramTerms {
  const base = fields.preset === undefined ? previous : presets[fields.preset];
  return parseAllFields(v.object({ terms: consistentTermsIn(currency, groups) }), {
    terms: { ...base, ...fields.terms },
  }).terms;
}
