import { completeTerms, type ProgramTerms, type RateRule } from "../terms.ts";

/**
 * What an active client is worth, by country, platform and size of the first deposit, largest deposit first. Only the
 * highest, $1,850, is public; the others stand for a table that the merchant replaces by its own.
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

/** Once a client. A platform that the checkout does not tell pays what any but the web does. */
const rates: RateRule[] = BOUNTIES.flatMap(({ country, deposit, web, elsewhere }) => {
  const matched = { ...(country && { country }), min_amount: deposit, payment: { from: 1, to: 1 } };
  return [
    { ...matched, platform: ["web"], flat: web },
    { ...matched, flat: elsewhere },
  ];
});

/**
 * Exness: a flat sum for each active client, up to $1,850. The sale that is reported is the deposit that makes the client
 * active. Cookie and hold are not known: 30 days each.
 */
export const exness: ProgramTerms = completeTerms({
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 30,
  rates,
});
