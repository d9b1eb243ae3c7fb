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
