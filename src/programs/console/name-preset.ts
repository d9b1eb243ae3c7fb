import type { ProgramTerms } from "../terms.ts";

const BPS_PER_PERCENT = 100;

/** The name of a preset with what it pays, to choose it by: `carrot: 30%, held for 30 days`. */
export function namePreset(name: string, { rates, hold_days }: Pick<ProgramTerms, "rates" | "hold_days">): string {
  const percents = [...new Set(rates.map(({ rate_bps }) => (rate_bps ?? 0) / BPS_PER_PERCENT))].filter(Boolean);
  const [least, most] = [Math.min(...percents), Math.max(...percents)];
  const pays = percents.length === 0 ? [] : [least === most ? `${least}%` : `${least}% to ${most}%`];
  const held =
    hold_days === 0 ? "paid without a hold period" : `held for ${hold_days === 1 ? "1 day" : `${hold_days} days`}`;
  return `${name}: ${[...pays, held].join(", ")}`;
}
