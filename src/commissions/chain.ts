/**
 * Makes the ledger tamper-evident. Each entry's hash covers the hash of the entry before it, so no entry can be changed,
 * removed or inserted without changing every later hash. Anyone who noted a hash earlier can verify this.
 *
 * hash = SHA-256, in hex, of the previous entry's hash (64 zeros for the first entry), a line feed, and the entry's
 * canonical text: its JSON by RFC 8785 (sorted keys, no spaces), without `hash` and without null fields. Leaving out null
 * fields lets later versions add fields without changing existing hashes.
 */
import { hash as sha256 } from "fast-sha256";
import { writeCanonicalJson } from "../lib/canonical-json.ts";
import type { LedgerEntry, UnchainedEntry } from "./ledger.ts";

/** The previous hash of the first entry. */
export const FIRST_HASH = "0".repeat(64);

const utf8 = new TextEncoder();

/** The text of an entry that its hash is computed from. */
export function canonicalText(entry: UnchainedEntry | LedgerEntry): string {
  const stated = Object.entries(entry).filter(([name, value]) => name !== "hash" && value !== null);
  return writeCanonicalJson(Object.fromEntries(stated));
}

/** The hash of an entry that follows one with the hash `before`. */
export function hashEntry(before: string, entry: UnchainedEntry | LedgerEntry): string {
  return sha256(utf8.encode(`${before}\n${canonicalText(entry)}`)).toHex();
}

/** Chains entries, in order, to the last existing hash. */
export function chainEntries(before: string, entries: readonly UnchainedEntry[]): LedgerEntry[] {
  let last = before;
  return entries.map((entry) => {
    last = hashEntry(last, entry);
    return { ...entry, hash: last };
  });
}

/** The first place where a chain is broken. */
export interface ChainFault {
  /** The entry number that was expected there. */
  number: number;
  fault: "changed" | "missing" | "inserted" | "cut_off";
}

/** The end of a chain: its number of entries and the last hash. */
export interface ChainHead {
  entries: number;
  hash: string;
}

/** The end of a chain of entries. */
export function headOf(entries: readonly LedgerEntry[]): ChainHead {
  return { entries: entries.length, hash: entries.at(-1)?.hash ?? FIRST_HASH };
}

/**
 * Finds the first fault in a complete, ordered ledger, or null. Removed last entries can be detected only with an
 * earlier head, `noted`.
 */
export function checkChain(entries: readonly LedgerEntry[], noted: ChainHead | null = null): ChainFault | null {
  let before = FIRST_HASH;
  for (const [index, entry] of entries.entries()) {
    const number = index + 1;
    if (entry.number > number) return { number, fault: "missing" };
    if (entry.number < number) return { number, fault: "inserted" };
    if (entry.hash !== hashEntry(before, entry)) return { number, fault: "changed" };
    before = entry.hash;
    if (noted !== null && noted.entries === number && noted.hash !== before) return { number, fault: "changed" };
  }
  if (noted !== null && noted.entries > entries.length) return { number: entries.length + 1, fault: "cut_off" };
  return null;
}
