/**
 * Calculates an affiliate's account from the states of its sales in order of arrival, with plain loops that follow the wording
 * of the terms. It shares no code with `src/`.
 */
import type { ProgramTerms } from "../../src/programs/terms.ts";
import type { NaiveSale } from "./naive-customer.ts";
import { CURRENCY, type NaiveCounted, naiveEarned, naiveShare, naiveTier } from "./naive-rates.ts";

const DAY = 86_400_000;

/** One movement. Minor units, ms. */
export interface NaiveLine {
  kind: "commission" | "override" | "bonus" | "reversal";
  amount: number;
  currency: string;
  at: number;
  clears_at: number;
}

/** A message to an account: the current state of a sale, numbered by when its customer's object determined it. */
export interface NaiveTelling {
  sale: NaiveSale;
  credited: boolean;
  number: number;
  terms: ProgramTerms;
}

/** The stored state of a sale, the account's own or a referred affiliate's. */
interface Kept {
  number: number;
  /** Sum of its lines. */
  sum: number;
  /** When the first line clears, and all others with it; null without lines. */
  lines_clear_at: number | null;
}

export interface NaiveBalances {
  earned: number;
  reserve: number;
  due: number;
}

export class NaiveAccount {
  readonly lines: NaiveLine[] = [];
  readonly #own = new Map<string, Kept & NaiveCounted>();
  readonly #overrides = new Map<string, Kept>();
  readonly #bonuses = new Map<string, NaiveLine[]>();

  /** Records a state of the account's own sale; returns whether its sponsor needs it too. */
  take({ sale, credited, number, terms }: NaiveTelling): boolean {
    const known = this.#own.get(sale.payment);
    if (known !== undefined && known.number >= number) return false;
    const clears_at = sale.at + terms.hold_days * DAY;
    let tier = known?.tier ?? null;
    if (terms.tiers !== null && tier === null) {
      tier = naiveTier(terms.tiers, this.#own.values(), sale.at, sale.payment);
    }
    const kept = known ?? { sum: 0, lines_clear_at: null };
    const line = { currency: sale.currency, kind: "commission" } as const;
    const earned = naiveEarned(sale, tier, terms);
    const sum = this.#bring(kept, line, { sale, credited, earned, clears_at });
    this.#own.set(sale.payment, {
      number,
      sum,
      lines_clear_at: kept.lines_clear_at,
      payment: sale.payment,
      customer: sale.customer,
      counts: credited && sale.refunded < sale.amount,
      left: sale.amount - sale.refunded,
      currency: sale.currency,
      at: sale.at,
      clears_at,
      // Judged once, with the first line.
      tier: kept.lines_clear_at === null ? null : tier,
    });
    this.#settleBonuses(sale, credited, terms);
    return terms.second_tier !== null;
  }

  /** The same for a referred affiliate's sale. */
  takeOverride({ sale, credited, number, terms }: NaiveTelling, from: number, is_approved: boolean): void {
    const name = `${from} ${sale.payment}`;
    const known = this.#overrides.get(name);
    if (known !== undefined && known.number >= number) return;
    let share = is_approved ? (terms.second_tier?.rate_bps ?? 0) : 0;
    if (terms.second_tier?.payments === "first" && sale.number > 1) share = 0;
    const earned = naiveShare(sale.amount, share, 10_000);
    const kept = known ?? { number, sum: 0, lines_clear_at: null };
    this.#overrides.set(name, kept);
    kept.number = number;
    if (kept.lines_clear_at === null && earned === 0) return;
    const line = { currency: sale.currency, kind: "override" } as const;
    const clears_at = sale.at + terms.hold_days * DAY;
    kept.sum = this.#bring(kept, line, { sale, credited, earned, clears_at });
  }

  /** Corrects the lines of a sale to its current commission; returns their sum. */
  #bring(
    kept: Omit<Kept, "number">,
    line: Pick<NaiveLine, "kind" | "currency">,
    now: { sale: NaiveSale; credited: boolean; earned: number; clears_at: number },
  ): number {
    const { sale, credited, earned } = now;
    let { sum } = kept;
    if (kept.lines_clear_at === null) {
      if (!credited) return sum;
      kept.lines_clear_at = now.clears_at;
      this.lines.push({ ...line, amount: earned, at: sale.at, clears_at: now.clears_at });
      sum += earned;
    }
    const left = credited ? earned - naiveShare(earned, sale.refunded, sale.amount) : 0;
    if (left !== sum) {
      const clears_at = kept.lines_clear_at;
      this.lines.push({ ...line, kind: "reversal", amount: left - sum, at: sale.changed_at, clears_at });
    }
    return left;
  }

  #settleBonuses(sale: NaiveSale, credited: boolean, { milestones, hold_days }: ProgramTerms): void {
    for (const { commission, customers, repeats, bonus, clears, reversed } of milestones) {
      const parts = commission === undefined ? this.#customersByClearing() : this.#commissionsByClearing();
      const step = commission ?? customers ?? 1;
      let total = 0;
      for (const part of parts) total += part.amount;
      let reached = Math.floor(Math.max(total, 0) / step);
      if (!repeats && reached > 1) reached = 1;
      const mark = `${commission} ${customers}`;
      const standing = this.#bonuses.get(mark) ?? [];
      this.#bonuses.set(mark, standing);
      while (credited && standing.length < reached) {
        let clears_at = sale.changed_at + hold_days * DAY;
        if (clears === "with_sales") {
          clears_at = sale.changed_at;
          let cleared = 0;
          for (const part of parts) {
            if (cleared >= (standing.length + 1) * step) break;
            cleared += part.amount;
            if (part.clears_at > clears_at) clears_at = part.clears_at;
          }
        }
        const line = { kind: "bonus", amount: bonus, currency: CURRENCY, at: sale.changed_at, clears_at } as const;
        this.lines.push(line);
        standing.push(line);
      }
      while (reversed && standing.length > reached) {
        const line = standing.pop();
        if (line !== undefined) {
          this.lines.push({ ...line, kind: "reversal", amount: -line.amount, at: sale.changed_at });
        }
      }
    }
  }

  /** Each customer with a sale that counts, by when the first of these clears. */
  #customersByClearing(): { amount: number; clears_at: number }[] {
    const first = new Map<number, number>();
    for (const known of this.#own.values()) {
      if (!known.counts) continue;
      const before = first.get(known.customer);
      if (before === undefined || known.clears_at < before) first.set(known.customer, known.clears_at);
    }
    const parts: { amount: number; clears_at: number }[] = [];
    for (const clears_at of first.values()) parts.push({ amount: 1, clears_at });
    return parts.sort((a, b) => a.clears_at - b.clears_at);
  }

  /** What each sale has earned in the program's currency, by when it clears. */
  #commissionsByClearing(): { amount: number; clears_at: number }[] {
    const parts: { amount: number; clears_at: number }[] = [];
    for (const { currency, sum, lines_clear_at } of this.#own.values()) {
      if (currency === CURRENCY && lines_clear_at !== null) parts.push({ amount: sum, clears_at: lines_clear_at });
    }
    return parts.sort((a, b) => a.clears_at - b.clears_at);
  }

  /** The balances in a currency at a time. */
  balances(currency: string, at: number): NaiveBalances {
    const balances = { earned: 0, reserve: 0, due: 0 };
    for (const line of this.lines) {
      if (line.currency !== currency || line.at > at) continue;
      balances.earned += line.amount;
      if (line.clears_at > at) balances.reserve += line.amount;
      else balances.due += line.amount;
    }
    return balances;
  }
}
