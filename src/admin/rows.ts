/** What D1's rows and errors become at the API's edge. */

/** Milliseconds since the epoch as ISO 8601 UTC. */
export function toTime(ms: number): string;
export function toTime(ms: number | null): string | null;
export function toTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Whether a write failed because a unique value is taken; drizzle wraps D1's error as its cause. */
export function isUniqueViolation(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) {
    if (e.message.includes("UNIQUE constraint failed")) return true;
  }
  return false;
}
