/** How a call says terms: a preset, changes, or both. */
import * as v from "valibot";
import { parseFields } from "../lib/validation.ts";
import { presets } from "./presets/index.ts";
import type { ProgramTerms } from "./terms.ts";
import { consistentTermsIn } from "./validate-terms.ts";

/** The fields of a body by which terms are said. */
export const termsFields = {
  preset: v.optional(v.picklist(Object.keys(presets), `must be one of: ${Object.keys(presets).join(", ")}`)),
  /** Each field that is stated replaces the whole one of the preset or of the terms before. */
  terms: v.optional(v.record(v.string(), v.unknown())),
};

/**
 * The preset, or without one `before`, with the stated changes on top: whole, and such as can be meant by a program in
 * `currency`. Throws 422.
 */
export function readTerms(
  before: ProgramTerms,
  said: { preset?: string | undefined; terms?: Record<string, unknown> | undefined },
  currency: string,
): ProgramTerms {
  const base = said.preset === undefined ? before : presets[said.preset];
  return parseFields(v.object({ terms: consistentTermsIn(currency) }), { terms: { ...base, ...said.terms } }).terms;
}
