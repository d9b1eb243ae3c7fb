/** What D1's rows and errors become at the API's edge. */
export { isUniqueViolation } from "../../db/unique-violation.ts";

/** Milliseconds since the epoch as ISO 8601 UTC. */
export function toIsoTime(ms: number): string;
export function toIsoTime(ms: number | null): string | null;
export function toIsoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
