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
  readonly #bonuses = new Map<string, number>();
  #commission = 0;

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
    const before = this.lines.length;
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
    for (let index = before; index < this.lines.length; index += 1) {
      const posted = this.lines[index];
      if (posted?.currency === CURRENCY) this.#commission += posted.amount;
    }
    if (credited) this.#giveBonuses(sale, terms);
    return terms.second_tier !== null;
  }

  /** The same for the sale of an affiliate that this one brought in. */
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

  #giveBonuses(sale: NaiveSale, { milestones, hold_days }: ProgramTerms): void {
    for (const { commission, customers, repeats, bonus } of milestones) {
      let reached: number;
      if (commission !== undefined) reached = Math.floor(Math.max(this.#commission, 0) / commission);
      else {
        const different = new Set<number>();
        for (const known of this.#own.values()) if (known.counts) different.add(known.customer);
        reached = Math.floor(different.size / (customers ?? 1));
      }
      if (!repeats && reached > 1) reached = 1;
      const mark = `${commission} ${customers}`;
      for (let had = this.#bonuses.get(mark) ?? 0; had < reached; had += 1) {
        const clears_at = sale.changed_at + hold_days * DAY;
        this.lines.push({ kind: "bonus", amount: bonus, currency: CURRENCY, at: sale.changed_at, clears_at });
        this.#bonuses.set(mark, had + 1);
      }
    }
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
