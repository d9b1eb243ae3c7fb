/** An affiliate's tier and next payout in a program. */
import type { TierView } from "../commissions/judge-tier.ts";
import type { Tiers } from "../programs/terms.ts";
import type { AskedPayout, NextPayout } from "./next-payout.ts";
import type { Gates } from "./statements/statement.ts";

/** What to calculate; null for what the program's terms don't have. */
export interface TierAndPayoutRequest {
  /** `at` in ms. */
  tier: { tiers: Tiers; at: number } | null;
  /** `months_run`: the names of the windows whose runs are fully drafted, with or without this account. */
  payout: (AskedPayout & { gates: Gates; months_run: readonly string[] }) | null;
}

/** The affiliate's tier and next payout. */
export interface TierAndPayout {
  tier: TierView | null;
  /** Null if no payout is coming up. */
  next_payout: NextPayout | null;
}
