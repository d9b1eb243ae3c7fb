/** Lists: which page of which rows in which order a call asks for. */
import { readCursor, type SortedPage, type SortValue } from "../../lib/paging.ts";
import { hashText } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import type { ApiCall } from "./api-app.ts";
import { readPage } from "./read-page.ts";

/** The parameters of every list that can be sorted. */
export const LIST = ["sort", "limit", "cursor"] as const;

const ANY_CURSOR = /^[A-Za-z0-9_-]{1,2000}$/;
const FINGERPRINT_DIGITS = 16;

/**
 * Reads `sort`, `limit` and `cursor`. `sorts` are the fields that the list can be sorted by, the default first; a leading `-`
 * makes the default descending. Throws 422, also for a cursor of another list, other filters or another sort.
 */
export async function readList<const Field extends string>(
  c: ApiCall,
  sorts: readonly [`-${Field}` | Field, ...Field[]],
): Promise<SortedPage<Field>> {
  const { sort: asked = sorts[0], ...query } = c.req.query();
  const [, minus, name] = /^(-?)(.*)$/s.exec(asked) ?? [];
  const fields = [...new Set(sorts.map((field) => field.replace(/^-/, "")))];
  const sort = sorts.find((field): field is Field => field === name && !field.startsWith("-"));
  if (sort === undefined) {
    const known = fields.flatMap((field) => [field, `-${field}`]).join(", ");
    throw new Problem(422, "invalid_sort", `sort must be one of: ${known}.`, "sort");
  }
  const { limit, cursor } = readPage(query, ANY_CURSOR);
  const descending = minus === "-";
  const fingerprint = await fingerprintOf(c.req.path, { ...query, sort: `${descending ? "-" : ""}${sort}` });
  return { limit, sort, descending, fingerprint, after: cursor === null ? null : readAfter(cursor, fingerprint) };
}

function readAfter(cursor: string, fingerprint: string): readonly SortValue[] {
  const read = readCursor(cursor);
  if (read === null) {
    throw new Problem(422, "invalid_cursor", "cursor must be the `next` value of an earlier response.", "cursor");
  }
  if (read.fingerprint === fingerprint) return read.values;
  const detail = "cursor belongs to another list, other filters or another sort. Start again without a cursor.";
  throw new Problem(422, "invalid_cursor", detail, "cursor");
}

/** The same for the same path and parameters, whatever their order. The limit may change from page to page. */
async function fingerprintOf(path: string, query: Record<string, string>): Promise<string> {
  const { limit: _, cursor: __, ...filters } = query;
  const sorted = Object.entries(filters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return (await hashText(JSON.stringify([path, sorted]))).slice(0, FINGERPRINT_DIGITS);
}
