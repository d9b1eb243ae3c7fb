import type { PageRequest } from "../../lib/paging.ts";
import { Problem } from "../../lib/problem.ts";
import { readDigits } from "../../lib/read-digits.ts";

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 200;

/**
 * Reads `limit` and `cursor` from a query; `cursorPattern` is the format of this list's cursors, and `most` the longest page.
 * Throws 422.
 */
export function readPage(query: Record<string, string>, cursorPattern: RegExp, most = LIMIT_MAX): PageRequest {
  const limit = query.limit === undefined ? Math.min(LIMIT_DEFAULT, most) : readDigits(query.limit);
  if (limit === null || limit < 1 || limit > most) {
    throw new Problem(422, "invalid_limit", `limit must be a whole number from 1 to ${most}.`, "limit");
  }
  const cursor = query.cursor ?? null;
  if (cursor !== null && !cursorPattern.test(cursor)) {
    throw new Problem(422, "invalid_cursor", "cursor must be the `next` value of an earlier response.", "cursor");
  }
  return { limit, cursor };
}
