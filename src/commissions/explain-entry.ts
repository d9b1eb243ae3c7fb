/** A ledger entry in plain words: what came to it, by which rule of which version of the terms. */
import { formatMoney, formatRate } from "../lib/format-money.ts";
import { shareOf } from "../lib/money.ts";
import { quote } from "../lib/plain-english.ts";
import { sayRule } from "../programs/say-rule.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import type { LedgerEntry } from "./ledger.ts";

/** What of an entry says how it came about. */
export type EntryBasis = Pick<
  LedgerEntry,
  "amount" | "currency" | "base_amount" | "rule" | "rate_bps" | "flat" | "tier" | "terms_version" | "reason"
> & {
  kind: string;
  /** Of an override and its reversals: whose sale it was, by username. */
  from: string | null;
};

/** What an entry is read by. */
export interface EntryReading {
  /** Those that the entry names, which lend the words for its rule; null where they are not known. */
  terms: ProgramTerms | null;
  /** The programme's currency, in which terms state their sums. */
  currency: string;
  /** The affiliate whose ledger it is, or somebody else. */
  reader: "affiliate" | "other";
}

/**
 * An entry in a sentence or two, such as `40% of $99.00 by rule 3 (tier “tier-3”), terms version 2: 40% of each payment, tier
 * “tier-3”.` Null where nothing is known of how it came about.
 */
export function explainEntry(entry: EntryBasis, reading: EntryReading): string | null {
  const { kind, reason, terms_version } = entry;
  const said = reason === null ? [] : [reason];
  switch (kind) {
    case "commission":
      return [`${sayEarned(entry, reading)}.`, ...said].join(" ");
    case "override":
      return [`${sayOverride(entry, reading)}.`, ...said].join(" ");
    case "reversal":
      return [`${sayCorrection(entry, reading)}.`, ...said].join(" ");
    case "bonus":
      return [...said, ...(terms_version === null ? [] : [`Terms version ${terms_version}.`])].join(" ") || null;
    case "adjustment":
      return reason === null ? null : `By the merchant: ${reason}`;
    default:
      return reason;
  }
}

/** A share or a sum, by which rule, in which tier and version, and what that rule says. */
function sayEarned(entry: EntryBasis, { terms, currency }: EntryReading): string {
  const { rule, tier } = entry;
  const stated = rule === null ? undefined : terms?.rates[rule];
  return [
    sayReward(entry, currency),
    rule === null ? "" : ` by rule ${rule + 1}`,
    tier === null ? "" : ` (tier ${quote(tier)})`,
    sayVersion(entry),
    stated === undefined ? "" : `: ${sayRule(stated, currency)}`,
  ].join("");
}

/** A sum that terms state is in the programme's currency; what is earned nothing by has a reason beside it. */
function sayReward(
  { kind, amount, base_amount, rate_bps, flat, currency, reason }: EntryBasis,
  stated: string,
): string {
  if (amount === 0 && reason !== null) return "Nothing";
  if (flat !== null) return `${formatMoney(flat, stated)} flat`;
  if (rate_bps === null || base_amount === null) return amount === 0 ? "Nothing" : formatMoney(amount, currency);
  const share = `${formatRate(rate_bps)} of ${formatMoney(base_amount, currency)}`;
  const isLimited = kind === "commission" && amount < shareOf(base_amount, rate_bps);
  return isLimited ? `${share} up to ${formatMoney(amount, currency)}` : share;
}

function sayOverride(entry: EntryBasis, { currency, reader }: EntryReading): string {
  const seller = entry.from ?? "an affiliate";
  const whom = { affiliate: "whom you brought in", other: "whom this affiliate brought in" }[reader];
  return `${sayReward(entry, currency)} for a sale by ${seller}, ${whom}${sayVersion(entry)}`;
}

/** Above 0 what had been taken back is there again: a chargeback was won, a credit came back. */
function sayCorrection(entry: EntryBasis, reading: EntryReading): string {
  const { amount, currency, from, rate_bps, flat } = entry;
  const [what, earned] =
    from === null ? ["commission", sayEarned(entry, reading)] : ["override", sayOverride(entry, reading)];
  const done = amount < 0 ? "taken back" : "restored";
  const was = rate_bps === null && flat === null ? "" : `, which was ${earned}`;
  return `${formatMoney(Math.abs(amount), currency)} of the ${what} ${done}${was}`;
}

function sayVersion({ terms_version }: EntryBasis): string {
  return terms_version === null ? "" : `, terms version ${terms_version}`;
}
