/** Dates in documents such as statements, which are the same for every reader. In UTC, as pay days are. */
const dateFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "numeric",
  month: "short",
  year: "numeric",
});

/** Formats ms since the epoch as `3 Jan 2026`. */
export function formatDate(ms: number): string {
  return dateFormat.format(ms);
}
