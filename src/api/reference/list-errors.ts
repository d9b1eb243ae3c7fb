/** The errors that a call can answer with: what all such calls have in common, and its own. */
import type { Call } from "../layout/reference/call.ts";
import { readPath } from "./read-path.ts";

/** Codes by status. */
export type Errors = ReadonlyMap<number, readonly string[]>;

/** The statuses with codes for each invalid field, such as `invalid_name`. */
export const FIELD_CODES = "^invalid_[a-z0-9_]+$";
/** The status of invalid fields. */
export const INVALID = 422;

/** Lists the codes of a call by status, both in order. */
export function listErrors(call: Call): Errors {
  const codes = new Map<number, Set<string>>();
  const add = (status: number, ...added: readonly string[]) => {
    const known = codes.get(status) ?? new Set();
    codes.set(status, known);
    for (const code of added) known.add(code);
  };
  const { method, parameters } = readPath(call);
  if (call.auth === undefined) {
    add(401, "admin_key_invalid");
    add(403, "https_required", "role_not_permitted", "all_programs_needed");
    const concernsAffiliate = parameters.some(({ name }) => name === "username");
    if (concernsAffiliate && method !== "get") add(403, "affiliate_in_other_programs");
    add(503, "database_not_migrated");
    add(INVALID, "unknown_parameter");
    if (Object.keys(call.query ?? {}).length > 0) add(INVALID, "repeated_parameter");
  }
  for (const { error } of parameters) if (error !== undefined) add(404, error);
  if (call.query?.limit !== undefined) add(INVALID, "invalid_limit");
  if (call.query?.cursor !== undefined) add(INVALID, "invalid_cursor");
  if (method === "post" && call.auth === undefined) {
    add(409, "idempotency_key_reused");
    add(INVALID, "invalid_idempotency_key");
  }
  if (call.needs_idempotency_key === true) add(400, "idempotency_key_missing");
  if (call.body !== undefined) add(413, "body_too_large");
  if (call.body !== undefined && "schema" in call.body) add(INVALID, "invalid_json", "invalid_body", "unknown_field");
  for (const [status, own] of Object.entries(call.errors ?? {})) add(Number(status), ...own);
  // Without codes: any.
  for (const status of call.refusals ?? []) codes.set(status, new Set());
  add(500, "internal_error");
  return new Map([...codes].sort(([a], [b]) => a - b).map(([status, set]) => [status, [...set].sort()]));
}

/** Whether the call answers with a code for each field that can be invalid. */
export function hasFieldCodes(call: Call): boolean {
  return call.body !== undefined || call.query !== undefined;
}
