import type { LedgerEntry } from "./ledger.ts";
import type { SponsoredSale } from "./post-sale.ts";

/** What an Account object sends on: an entry to the reports, a sale to the account of its affiliate's sponsor. */
export type AccountMessage = { to: "reports"; entry: LedgerEntry } | { to: "sponsor"; sponsored: SponsoredSale };

/** Reads a message as it was stored: those of earlier versions were entries, and nothing else. */
export function readMessage<Message extends { to: string }>(
  stored: Message | AccountMessage | LedgerEntry,
): Message | AccountMessage {
  return "to" in stored ? stored : { to: "reports", entry: stored };
}
