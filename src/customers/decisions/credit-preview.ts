/** What a decision about the credit would change, from the messages that it would send. */
import type { AttributedSale, ConversionRecord } from "../conversion.ts";
import { accountsFirst, type DownstreamMessage } from "../messages.ts";

/** The largest number of account messages for which amounts are calculated: each is posted on trial. */
export const PREVIEWED_SALES_MAX = 500;

/** A conversion that another affiliate, or nobody, is credited with. */
export interface Move extends Pick<ConversionRecord, "id" | "type" | "occurred_at" | "amount" | "currency"> {
  /** Usernames; null for nobody. */
  from: string | null;
  to: string | null;
}

/** What a decision would change. */
export interface CreditPreview {
  /** How many conversions, including those that stay with their affiliate for another reason. */
  changed: number;
  /** When the conversion happened that is decided about, in ms. */
  decided_at: number;
  /** The oldest first. */
  moves: Move[];
  /** What the accounts would be told, in order. Null if that is more than {@link PREVIEWED_SALES_MAX}. */
  sales: AttributedSale[] | null;
}

/**
 * Collects messages while a change is tried. Call `finish` once it is rolled back, when `findBefore` gives the conversions as they
 * were before.
 */
export function collectChanges(findBefore: (id: string) => ConversionRecord | null) {
  const after: Omit<Move, "from">[] = [];
  const sales: AttributedSale[] = [];
  /** One object for each version, which a call transfers once. */
  const terms = new Map<number, AttributedSale["terms"]>();
  const termsOf = (sale: AttributedSale) => {
    const same = terms.get(sale.terms_version) ?? sale.terms;
    terms.set(sale.terms_version, same);
    return same;
  };
  return {
    add(messages: readonly DownstreamMessage[]): void {
      for (const message of accountsFirst(messages)) {
        if (message.to === "reports") {
          const { id, type, occurred_at, amount, currency, credit } = message.record;
          after.push({ id, type, occurred_at, amount, currency, to: credit.touch?.affiliate ?? null });
        } else if (message.to === "account" && sales.length <= PREVIEWED_SALES_MAX) {
          sales.push({ ...message.sale, terms: termsOf(message.sale) });
        }
      }
    },
    finish(): Pick<CreditPreview, "moves" | "sales"> {
      const moves = after
        .map((move) => ({ ...move, from: findBefore(move.id)?.credit.touch?.affiliate ?? null }))
        .filter(({ from, to }) => from !== to)
        .sort((a, b) => a.occurred_at - b.occurred_at);
      return { moves, sales: sales.length > PREVIEWED_SALES_MAX ? null : sales };
    },
  };
}
