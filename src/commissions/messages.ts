import type { AuditMessage } from "../audit/audit-message.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { SponsoredSale } from "./post-sale.ts";

/**
 * The messages an Account object sends: an entry to the read models, a sale to the account of the affiliate's sponsor, or
 * what someone changed to the audit log.
 */
export type AccountMessage =
  | { to: "reports"; entry: LedgerEntry }
  | { to: "sponsor"; sponsored: SponsoredSale }
  | AuditMessage;

/** Parses a stored message. Older versions stored bare entries. */
export function readMessage<Message extends { to: string }>(
  stored: Message | AccountMessage | LedgerEntry,
): Message | AccountMessage {
  return "to" in stored ? stored : { to: "reports", entry: stored };
}
