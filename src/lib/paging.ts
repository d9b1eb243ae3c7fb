/** One page of a list. */
export interface List<Row> {
  data: Row[];
  /** The cursor of the next page, null at the end. */
  next: string | null;
}

/** Which page. */
export interface PageRequest {
  limit: number;
  /** The `next` of an earlier page, checked by the door. Null for the first. */
  cursor: string | null;
}

/** A page out of rows of which one more was read than asked for, if there is one more. */
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
