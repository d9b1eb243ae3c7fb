import type { AuditActor } from "../../audit/audit-store.ts";

/** A signed-in affiliate as the actor of a change. */
export function auditActorOf({ username }: { username: string }): AuditActor {
  return { actor_kind: "affiliate", actor: username, key_id: null };
}
