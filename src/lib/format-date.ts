/** Days in words for what is the same for every reader: a statement is a document. Always UTC, as pay days are. */
const dateFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "numeric",
  month: "short",
  year: "numeric",
});

/** `3 Jan 2026`. */
export function formatDate(ms: number): string {
  return dateFormat.format(ms);
}
