/** The demo's totals: the expected ones from the scenario, and the server's, to compare them. */
import type { DemoApi } from "./demo-api.ts";
import type { Person } from "./person.ts";
import { AFFILIATES, LINKS, PROGRAMS } from "./programs.ts";
import type { Scenario } from "./scenario.ts";

/** The server's totals once everything is processed. */
export interface Totals {
  /** By link: the number of hits by verdict. */
  links: Record<string, Record<string, number>>;
  /** By `program/affiliate`. `earned` is in minor units: commissions less reversals. */
  accounts: Record<string, { lead: number; trial: number; sale: number; earned: number }>;
  /** By program. */
  programs: Record<string, { conversions: number; unattributed: number }>;
}

/** Counts a scenario's totals from its steps and each program's rate. */
export function countTotals(scenario: Scenario): Totals {
  const links: Totals["links"] = Object.fromEntries(LINKS.map(({ slug }) => [slug, {}]));
  const accounts: Totals["accounts"] = {};
  const programs: Totals["programs"] = {};
  for (const { slug: program } of PROGRAMS) {
    programs[program] = { conversions: 0, unattributed: 0 };
    for (const { affiliate } of LINKS) accounts[`${program}/${affiliate}`] = { lead: 0, trial: 0, sale: 0, earned: 0 };
  }
  const steps = scenario.people.flatMap((person) => person.steps);
  for (const step of steps) {
    if (step.do === "visit") {
      const verdicts = links[step.link];
      if (verdicts !== undefined) verdicts[step.verdict] = (verdicts[step.verdict] ?? 0) + 1;
      continue;
    }
    if (step.type !== "lead" && step.type !== "trial" && step.type !== "sale") continue;
    const program = programs[step.program];
    if (program !== undefined) program.conversions += 1;
    if (program !== undefined && step.credit === null) program.unattributed += 1;
    const account = accounts[`${step.program}/${step.credit}`];
    if (account === undefined) continue;
    account[step.type] += 1;
    if (step.type === "sale") account.earned += countEarned(step, steps);
  }
  return { links, accounts, programs };
}

type Step = Person["steps"][number];

/** The commission of a sale after refunds and chargebacks. */
function countEarned(sale: Extract<Step, { do: "post" }>, steps: readonly Step[]): number {
  const { payment, amount = 0 } = sale.fields;
  const rate = (PROGRAMS.find(({ slug }) => slug === sale.program)?.rate_bps ?? 0) / 10_000;
  const signs: Partial<Record<string, number>> = { refund: 1, chargeback: 1, chargeback_won: -1 };
  const reversed = steps.reduce((sum, step) => {
    const isOfSale = step.do === "post" && step.fields.payment === payment;
    return isOfSale ? sum + (signs[step.type] ?? 0) * (step.fields.amount ?? 0) : sum;
  }, 0);
  const commission = Math.round(amount * rate);
  return commission - Math.round((commission * reversed) / amount);
}

interface AccountAnswer {
  conversions_by_type: { lead: number; trial: number; sale: number };
  balances: { reserve: number; due: number; paid: number };
}

/** Reads the same totals from the server. */
export async function readTotals(api: DemoApi): Promise<Totals> {
  const links = LINKS.map(async ({ slug }) => {
    const { verdicts } = await api.read<{ verdicts: Record<string, number> }>(`/v1/links/${slug}`);
    return [slug, verdicts] as const;
  });
  const accounts = PROGRAMS.flatMap(({ slug: program }) =>
    AFFILIATES.map(async ({ username }) => {
      const path = `/v1/programs/${program}/affiliates/${username}`;
      const { conversions_by_type, balances } = await api.read<AccountAnswer>(path);
      const earned = balances.reserve + balances.due + balances.paid;
      return [`${program}/${username}`, { ...conversions_by_type, earned }] as const;
    }),
  );
  const programs = PROGRAMS.map(async ({ slug }) => {
    const credits = await listCredits(api, slug);
    const unattributed = credits.filter((affiliate) => affiliate === null).length;
    return [slug, { conversions: credits.length, unattributed }] as const;
  });
  return {
    links: Object.fromEntries(await Promise.all(links)),
    accounts: Object.fromEntries(await Promise.all(accounts)),
    programs: Object.fromEntries(await Promise.all(programs)),
  };
}

/** The affiliate of each conversion; null for one that is not credited. */
async function listCredits(api: DemoApi, program: string): Promise<(string | null)[]> {
  const credits: (string | null)[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const path = `/v1/conversions?program=${program}&limit=200${cursor === "" ? "" : `&cursor=${cursor}`}`;
    const page: { data: { attributed_to: string | null }[]; next: string | null } = await api.read(path);
    credits.push(...page.data.map((conversion) => conversion.attributed_to));
    cursor = page.next;
  }
  return credits;
}
