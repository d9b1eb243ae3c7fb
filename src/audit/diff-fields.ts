import type { AuditedFields } from "./tables.ts";

/** The fields of `after` that differ from `before`, as they were and as they are. */
export function diffFields(
  before: AuditedFields,
  after: AuditedFields,
): { before: AuditedFields; after: AuditedFields } {
  const changed = Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const pick = (fields: AuditedFields) => Object.fromEntries(changed.map((name) => [name, fields[name] ?? null]));
  return { before: pick(before), after: pick(after) };
}
