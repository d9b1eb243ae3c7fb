/** Makes a call's change in one transaction: the rows, the audit log, and the response for a repeated call. */
import type { BatchItem } from "drizzle-orm/batch";
import { type AuditActor, type Change, recordChange } from "../../audit/audit-store.ts";
import { isUniqueViolation } from "../../db/unique-violation.ts";
import type { Problem } from "../../lib/problem.ts";
import type { ApiCall } from "./api-app.ts";
import { findStoredResponse, type JsonResponse, storeResponse } from "./idempotent-calls.ts";

type Statement = BatchItem<"sqlite">;

/**
 * Runs `statements` in one batch with the audit entry of each of `changes`, and answers with `response`, which a call with an
 * `Idempotency-Key` gets again when it is repeated. The last statement must be the one that makes the change: if it changes no
 * row, nothing is added to the audit log, and `if_unchanged` is thrown if there is one. Without statements, the change has been
 * made before, for example in several batches. Throws what D1 throws, such as a unique
 * violation of the statements.
 */
export async function commitChange(
  c: ApiCall,
  statements: readonly Statement[],
  changes: readonly Change[],
  response: JsonResponse,
  { if_unchanged = null }: { if_unchanged?: Problem | null } = {},
): Promise<Response> {
  const audited = changes.filter((change) => !isEmpty(change));
  const isDone = statements.length === 0;
  const entries = audited.map((change) =>
    recordChange(c.var.db, auditActorOf(c), change, c.var.now, { always: isDone }),
  );
  try {
    const storing = await storeResponse(c, response, { if_changed: if_unchanged !== null });
    const [first, ...others] = [...statements, ...entries, ...storing];
    const results = first === undefined ? [] : await c.var.db.batch([first, ...others]);
    if (if_unchanged !== null && countChanges(results[statements.length - 1]) === 0) throw if_unchanged;
  } catch (error) {
    // A call with the same key that ran at the same time may have committed first.
    const stored = isUniqueViolation(error) ? await findStoredResponse(c) : null;
    if (stored !== null) return stored;
    throw error;
  }
  return c.json(response.body, response.status);
}

/** Who makes this call, for the audit log. */
export function auditActorOf(c: ApiCall): AuditActor {
  const { user_id, key_id } = c.var.actor;
  return user_id === null
    ? { actor_kind: "key", actor: c.var.key, key_id }
    : { actor_kind: "user", actor: user_id, key_id };
}

/** How many rows a statement of a batch changed. */
function countChanges(result: unknown): number {
  if (Array.isArray(result)) return result.length;
  const { meta } = result as D1Result;
  return meta.changes;
}

/** A change of fields that all had their new values already. */
function isEmpty({ before, after }: Change): boolean {
  return before !== null && after !== null && Object.keys(after).length === 0;
}
