/** Where an affiliate stands in a program: its tier, and what it is paid next. */
import type { TierView } from "../commissions/judge-tier.ts";
import type { Tiers } from "../programs/terms.ts";
import type { AskedPayout, NextPayout } from "./next-payout.ts";
import type { Gates } from "./statements/statement.ts";

/** What is asked of an account's standing; null for what its program's terms do not have. */
export interface AskedStanding {
  /** As of a time, ms. */
  tier: { tiers: Tiers; at: number } | null;
  /** `months_run`: those whose run has drafted what there was for them, in this account or not. */
  payout: (AskedPayout & { gates: Gates; months_run: readonly string[] }) | null;
}

/** Where an account stands. */
export interface Standing {
  tier: TierView | null;
  /** Null where nothing is under way. */
  next_payout: NextPayout | null;
}
