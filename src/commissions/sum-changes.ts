/** Adds up what entries would change, for each affiliate. */
import type { LedgerEntry } from "./ledger.ts";

/** What an affiliate loses and gets, of one kind and in one currency. Both are minor units and never negative. */
export interface AmountChange {
  affiliate_id: number;
  kind: "commission" | "override" | "bonus";
  currency: string;
  reversed: number;
  credited: number;
}

type Summed = Pick<LedgerEntry, "affiliate_id" | "kind" | "currency" | "conversion" | "from_affiliate_id" | "amount">;

/**
 * The changes, without those of 0. Entries of one conversion are added up first: a refunded sale that moves credits what is left of
 * it, though its commission and its reversal are posted.
 */
export function sumChanges(entries: readonly Summed[]): AmountChange[] {
  const keyed = entries.map((entry) => ({ entry, kind: correctedKindOf(entry) }));
  const nets = Map.groupBy(keyed, ({ entry, kind }) =>
    JSON.stringify([entry.affiliate_id, kind, entry.currency, entry.conversion]),
  );
  const changes = new Map<string, AmountChange>();
  for (const group of nets.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { affiliate_id, currency } = first.entry;
    const net = group.reduce((sum, { entry }) => sum + entry.amount, 0);
    const key = JSON.stringify([affiliate_id, first.kind, currency]);
    const change = changes.get(key) ?? { affiliate_id, kind: first.kind, currency, reversed: 0, credited: 0 };
    changes.set(key, {
      ...change,
      reversed: change.reversed + Math.max(-net, 0),
      credited: change.credited + Math.max(net, 0),
    });
  }
  return [...changes.values()].filter(({ reversed, credited }) => reversed > 0 || credited > 0);
}

/** The kind of an entry; of a reversal, of what it corrects. */
function correctedKindOf({ kind, conversion, from_affiliate_id }: Summed): AmountChange["kind"] {
  if (from_affiliate_id !== null) return "override";
  return conversion === null || kind === "bonus" ? "bonus" : "commission";
}
