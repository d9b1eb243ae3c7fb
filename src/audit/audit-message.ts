import type { auditEntries } from "./tables.ts";

/** An entry of the audit log on its way from an object's outbox to D1; see `describeChange`. */
export interface AuditMessage {
  to: "audit";
  entry: typeof auditEntries.$inferSelect;
}
