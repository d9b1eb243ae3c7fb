/** Formats milliseconds since the epoch as ISO 8601 UTC, as in `2026-01-03T10:00:00.000Z`. */
export function toIsoTime(ms: number): string;
export function toIsoTime(ms: number | null): string | null;
export function toIsoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
