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
