/** Calls with up to 100 rows, each with its own result. */
import * as v from "valibot";
import { logError } from "../../lib/platform/log.ts";
import { type FieldFault, Problem } from "../../lib/problem.ts";
import type { ApiCall } from "./api-app.ts";
import { readIdempotencyKey } from "./idempotency-key.ts";
import { keepResponse } from "./idempotent-calls.ts";
import { readJson } from "./read-json.ts";

const ROWS_MAX = 100;

/** The body of a bulk call. Each row is checked by itself, so that one that is wrong doesn't stop the others. */
export const bulkBody = v.strictObject({
  rows: v.pipe(
    v.array(v.unknown()),
    v.minLength(1, "must have at least one row"),
    v.maxLength(ROWS_MAX, `must have at most ${ROWS_MAX} rows`),
  ),
});

/** The result of one row: its record, or what was wrong with it; the other is null. */
export interface RowResult {
  /** As the status of a call with this row alone. */
  status: number;
  record: object | null;
  problem: { code: string; detail: string; field: string | null; errors: readonly FieldFault[] } | null;
}

/** The result of a row that was done. */
export function done(record: object, status: 200 | 201 = 200): RowResult {
  return { status, record, problem: null };
}

/** Reads the rows of a bulk call and its key. Throws 400 and 422. */
export async function readRows(c: ApiCall): Promise<{ rows: readonly unknown[]; key: string }> {
  const key = readIdempotencyKey(c.req, "bulk call");
  return { rows: (await readJson(c.req, bulkBody)).rows, key };
}

/** The `Idempotency-Key` of one row. A key of a single call has no space, so that it is never the same. */
export function keyOfRow(key: string, index: number): string {
  return `${key} ${index}`;
}

/** The result of a row: what `handle` returns or throws. An error that isn't a problem is logged. */
export async function answerRow(handle: () => Promise<RowResult>): Promise<RowResult> {
  try {
    return await handle();
  } catch (error) {
    if (!(error instanceof Problem)) logError("bulk_row_failed", { error });
    return refused(error instanceof Problem ? error : new Problem(503, "row_not_done", NOT_DONE));
  }
}

const NOT_DONE = "Something could not be reached. Repeat the call with the same Idempotency-Key.";

function refused({ status, code, message: detail, field, errors }: Problem): RowResult {
  return { status, record: null, problem: { code, detail, field, errors } };
}

/**
 * Answers a bulk call whose rows objects have handled. The answer is kept for a repeated call, unless a row could not be done:
 * then the repeated call does what is missing.
 */
export async function answerRows(c: ApiCall, results: readonly RowResult[]): Promise<Response> {
  const response = { status: 200, body: viewRows(results) } as const;
  const isDone = results.every(({ status }) => status < 500);
  return (isDone ? await keepResponse(c, response) : null) ?? c.json(response.body);
}

/** The rows' results as the API shows them. */
export function viewRows(results: readonly RowResult[]) {
  return { data: results.map((result, index) => ({ index, ...result })) };
}
