/** Makes a call's change in one transaction: the rows, the audit log, and the response for a repeated call. */
import type { BatchItem } from "drizzle-orm/batch";
import { type AuditActor, type Change, recordChange } from "../../audit/audit-store.ts";
import { isUniqueViolation } from "../../db/unique-violation.ts";
import type { ApiCall } from "./api-app.ts";
import { findStoredResponse, type JsonResponse, storeResponse } from "./idempotent-calls.ts";

type Statement = BatchItem<"sqlite">;

/**
 * Runs `statements` in one batch with the audit entry of each of `changes`, and answers with `response`, which a call with an
 * `Idempotency-Key` gets again when it is repeated. The last statement must be the one that makes the change: if it changes no
 * row, nothing is added to the audit log. Throws what D1 throws, such as a unique violation of the statements.
 */
export async function commitChange(
  c: ApiCall,
  statements: readonly [Statement, ...Statement[]],
  changes: readonly Change[],
  response: JsonResponse,
): Promise<Response> {
  const audited = changes.filter((change) => !isEmpty(change));
  const entries = audited.map((change) => recordChange(c.var.db, auditActorOf(c), change, c.var.now));
  const [first, ...others] = statements;
  try {
    await c.var.db.batch([first, ...others, ...entries, ...(await storeResponse(c, response))]);
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

/** A change of fields that all had their new values already. */
function isEmpty({ before, after }: Change): boolean {
  return before !== null && after !== null && Object.keys(after).length === 0;
}
