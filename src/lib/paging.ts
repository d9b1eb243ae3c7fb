/** One page of a list. */
export interface List<Row> {
  data: Row[];
  /** The cursor of the next page, null at the end. */
  next: string | null;
}

/** The requested page. */
export interface PageRequest {
  limit: number;
  /** The `next` of an earlier page, already validated. Null for the first page. */
  cursor: string | null;
}

/** Makes a page from rows that were read with a limit of `limit + 1`: an extra row means that there is a next page. */
export function pageOf<Row, View>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => View,
  cursorOf: (row: Row) => string,
): List<View> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { data: shown.map(view), next: last !== undefined && rows.length > limit ? cursorOf(last) : null };
}

/** A value by which a list is sorted. */
export type SortValue = string | number;

/** The requested page of a list that can be sorted by some of its fields. */
export interface SortedPage<Field extends string = string> {
  limit: number;
  sort: Field;
  descending: boolean;
  /** The sort values of the last row of the page before, ending in one that no other row has. Null for the first page. */
  after: readonly SortValue[] | null;
  /** Stands for the list, its filters and its sort. A cursor is valid with the same ones only. */
  fingerprint: string;
}

/** The same as {@link pageOf}. `valuesOf` are a row's sort values, ending in one that no other row has. */
export function sortedPageOf<Row, View>(
  rows: readonly Row[],
  { limit, fingerprint }: Pick<SortedPage, "limit" | "fingerprint">,
  view: (row: Row) => View,
  valuesOf: (row: Row) => readonly SortValue[],
): List<View> {
  return pageOf(rows, limit, view, (row) => writeCursor(fingerprint, valuesOf(row)));
}

/** Writes a cursor: the fingerprint and the values in base64url. */
export function writeCursor(fingerprint: string, values: readonly SortValue[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify([fingerprint, ...values]));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Reads what {@link writeCursor} wrote; null for anything else. */
export function readCursor(cursor: string): { fingerprint: string; values: SortValue[] } | null {
  let parsed: unknown;
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return null;
  }
  const [fingerprint, ...values] = Array.isArray(parsed) ? parsed : [];
  return typeof fingerprint === "string" && values.length > 0 && values.every(isSortValue)
    ? { fingerprint, values }
    : null;
}

function isSortValue(value: unknown): value is SortValue {
  return typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
}
