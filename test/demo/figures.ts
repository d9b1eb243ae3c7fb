/** What the demo's figures must be: counted from the story alone, and read from the server to compare. */
import { AFFILIATES, LINKS, PROGRAMS } from "./cast.ts";
import type { DemoApi } from "./demo-api.ts";
import type { Person } from "./person.ts";
import type { Story } from "./story.ts";

/** What the server is to show once it has caught up. */
export interface Figures {
  /** By link: every hit by its verdict. */
  links: Record<string, Record<string, number>>;
  /** By programme and affiliate. `earned` in minor units: commissions less what was taken back. */
  accounts: Record<string, { lead: number; trial: number; sale: number; earned: number }>;
  /** By programme. */
  programs: Record<string, { conversions: number; unattributed: number }>;
}

/** Figures of a story, counted from what it says itself and by the programmes' one rate. */
export function countStory(story: Story): Figures {
  const links: Figures["links"] = Object.fromEntries(LINKS.map(({ slug }) => [slug, {}]));
  const accounts: Figures["accounts"] = {};
  const programs: Figures["programs"] = {};
  for (const { slug: program } of PROGRAMS) {
    programs[program] = { conversions: 0, unattributed: 0 };
    for (const { affiliate } of LINKS) accounts[`${program}/${affiliate}`] = { lead: 0, trial: 0, sale: 0, earned: 0 };
  }
  const steps = story.people.flatMap((person) => person.steps);
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
    if (step.type === "sale") account.earned += earnedBy(step, steps);
  }
  return { links, accounts, programs };
}

type Step = Person["steps"][number];

function earnedBy(sale: Extract<Step, { do: "post" }>, steps: readonly Step[]): number {
  const { payment, amount = 0 } = sale.fields;
  const rate = (PROGRAMS.find(({ slug }) => slug === sale.program)?.rate_bps ?? 0) / 10_000;
  const signs: Partial<Record<string, number>> = { refund: 1, chargeback: 1, chargeback_won: -1 };
  const takenBack = steps.reduce((sum, step) => {
    const isOfSale = step.do === "post" && step.fields.payment === payment;
    return isOfSale ? sum + (signs[step.type] ?? 0) * (step.fields.amount ?? 0) : sum;
  }, 0);
  const earned = Math.round(amount * rate);
  return earned - Math.round((earned * takenBack) / amount);
}

interface AccountAnswer {
  conversions_by_type: { lead: number; trial: number; sale: number };
  balances: { reserve: number; due: number; paid: number };
}

/** The same figures as the server has them by now. */
export async function readFigures(api: DemoApi): Promise<Figures> {
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
    const attributions = await listAttributions(api, slug);
    const unattributed = attributions.filter((affiliate) => affiliate === null).length;
    return [slug, { conversions: attributions.length, unattributed }] as const;
  });
  return {
    links: Object.fromEntries(await Promise.all(links)),
    accounts: Object.fromEntries(await Promise.all(accounts)),
    programs: Object.fromEntries(await Promise.all(programs)),
  };
}

async function listAttributions(api: DemoApi, program: string): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const path = `/v1/conversions?program=${program}&limit=200${cursor === "" ? "" : `&cursor=${cursor}`}`;
    const page: { data: { attributed_to: string | null }[]; next: string | null } = await api.read(path);
    found.push(...page.data.map((conversion) => conversion.attributed_to));
    cursor = page.next;
  }
  return found;
}
