import { newTerms, type ProgramTerms, type RateRule } from "../terms.ts";

/**
 * The commission for an active client by country, platform and first deposit, the largest deposit first. Only the highest,
 * $1,850, is published: replace the others with your own.
 */
const BOUNTIES: { country?: string[]; deposit: number; web: number; elsewhere: number }[] = [
  { country: ["AE", "KW", "QA", "SA", "SG"], deposit: 100_000, web: 185_000, elsewhere: 110_000 },
  { country: ["AE", "KW", "QA", "SA", "SG"], deposit: 20_000, web: 90_000, elsewhere: 55_000 },
  { country: ["AE", "KW", "QA", "SA", "SG"], deposit: 1_000, web: 20_000, elsewhere: 12_000 },
  { country: ["BR", "MX", "MY", "TH", "VN", "ZA"], deposit: 100_000, web: 60_000, elsewhere: 40_000 },
  { country: ["BR", "MX", "MY", "TH", "VN", "ZA"], deposit: 20_000, web: 30_000, elsewhere: 20_000 },
  { country: ["BR", "MX", "MY", "TH", "VN", "ZA"], deposit: 1_000, web: 8_000, elsewhere: 5_000 },
  { deposit: 100_000, web: 25_000, elsewhere: 16_000 },
  { deposit: 20_000, web: 12_000, elsewhere: 8_000 },
  { deposit: 1_000, web: 4_000, elsewhere: 2_500 },
];

/** Once per client. An unknown platform pays the same as every platform except the web. */
const rates: RateRule[] = BOUNTIES.flatMap(({ country, deposit, web, elsewhere }) => {
  const matched = { ...(country && { country }), min_amount: deposit, first_qualifying: true };
  return [
    { ...matched, platform: ["web"], flat: web },
    { ...matched, flat: elsewhere },
  ];
});

/**
 * Exness: a flat amount per active client, up to $1,850. Deposits are reported as sales; the
 * first one that qualifies makes the client active and earns the amount, once.
 * Cookie and hold days aren't published: 30 days each.
 */
export const exness: ProgramTerms = newTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  counts_by: "customer",
  hold_days: 30,
  rates,
});
