/** What an affiliate is paid next, asked of its Account object. */
import { accountKeyOf } from "../commissions/ledger.ts";
import type { Database } from "../db/database.ts";
import type { Env } from "../env.ts";
import { sayBlock } from "../payouts/explain-block.ts";
import { loadPayee } from "../payouts/load-payee.ts";
import type { NextPayout } from "../payouts/next-payout.ts";
import { listGates } from "../payouts/statement.ts";
import { loadTerms } from "../programs/load-terms.ts";

/** Whose; its standing is that of its enrolment. */
export interface PayoutReader {
  program: { id: number; currency: string };
  affiliateId: number;
  status: string;
  now: number;
}

/** By the terms in force at `now` (ms); null where they have no payouts, or nothing is to come. */
export async function readNextPayout(
  db: Database,
  accounts: Env["ACCOUNTS"],
  { program, affiliateId, status, now }: PayoutReader,
): Promise<NextPayout | null> {
  const [{ terms }, payee] = await Promise.all([loadTerms(db, program.id, now), loadPayee(db, affiliateId)]);
  const { payout } = terms;
  if (payout === null) return null;
  const account = { program_id: program.id, affiliate_id: affiliateId };
  const gates = listGates(payout, { status, ...payee });
  const asked = { payout, program_currency: program.currency, now };
  return accounts.getByName(accountKeyOf(account)).describeNextPayout(account, asked, gates);
}

/** As the API shows it: times in ISO 8601, what blocks in words too. */
export function viewNextPayout(next: NextPayout | null) {
  if (next === null) return null;
  const toDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return {
    month: next.month,
    window_from: toDay(next.window.from),
    window_to: toDay(next.window.to),
    is_drafted: next.is_drafted,
    parts: next.parts.map(({ currency, total, payable, blocked }) => ({
      currency,
      total,
      payable,
      blocked: blocked.map((block) => ({ ...block, text: sayBlock(block, currency) })),
    })),
  };
}
