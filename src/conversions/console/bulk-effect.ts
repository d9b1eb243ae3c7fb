/** What moving or withdrawing the credit of several conversions changes in money, as one sum. */
import type { CreditEffect } from "./views.ts";

type Amount = NonNullable<CreditEffect["amounts"]>[number];

/** The sum of several effects. */
export interface BulkEffect {
  /** By affiliate, kind and currency. */
  amounts: Amount[];
  /** How many conversions are credited to somebody else. */
  moved: number;
  /** How many effects are too large to calculate. */
  unknown: number;
}

/** Adds up the effects of decisions, each about one conversion. */
export function sumEffects(effects: readonly CreditEffect[]): BulkEffect {
  const sums = new Map<string, Amount>();
  for (const amount of effects.flatMap(({ amounts }) => amounts ?? [])) {
    const key = JSON.stringify([amount.affiliate, amount.kind, amount.currency]);
    const sum = sums.get(key);
    sums.set(key, {
      ...amount,
      reversed: (sum?.reversed ?? 0) + amount.reversed,
      credited: (sum?.credited ?? 0) + amount.credited,
    });
  }
  return {
    amounts: [...sums.values()],
    moved: effects.filter(({ moved }) => moved.this).length,
    unknown: effects.filter(({ amounts }) => amounts === null).length,
  };
}
