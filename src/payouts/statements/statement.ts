/** A statement: what one payout run makes of one affiliate's balance in one currency. */
import type { LedgerEntry } from "../../commissions/ledger.ts";
import type { Payout } from "../../programs/terms.ts";

/** Why nothing is paid, as data; `explain-block.ts` says it in words. */
export type Block =
  | { code: "below_minimum"; minimum: number }
  | { code: "negative" }
  | { code: "nothing_due" }
  | { code: "tax_form_missing" }
  | { code: "payment_details_missing" }
  | { code: "method_not_offered"; method: string }
  | { code: "not_approved"; status: string };

/**
 * `drafted`: to be paid, or carried, when the run is; `paid`; `carried`: the run paid nothing of it; `failed`: the payment
 * did not go out; `returned`: it went out and came back; `cancelled` with its run.
 */
export type StatementStatus = "drafted" | "paid" | "carried" | "failed" | "returned" | "cancelled";

/** Amounts in minor units, times in ms. All but what stands below `status` never changes. */
export interface Statement {
  /** `st_<program>_<affiliate>_<number>`. */
  id: string;
  program_id: number;
  affiliate_id: number;
  /** 1, 2, 3 … within the account. */
  number: number;
  run: string;
  /** Of the payment: 2026-03. */
  month: string;
  currency: string;
  /** Carried over from the statement before in this currency. */
  opening: number;
  /** The numbers of the ledger's entries that it states; each is in one statement that was not cancelled. */
  entries: number[];
  /** `opening` and all of the entries. */
  total: number;
  /** What the run pays: all of it, or nothing. */
  payable: number;
  blocked: Block[];
  drafted_at: number;
  status: StatementStatus;
  /** When it came to its status. */
  changed_at: number;
  /** The ledger's entry of the payment, and of its return. */
  payment: string | null;
  returned: string | null;
  /** Why it failed or was returned, as it was told. */
  reason: string | null;
  /** Goes up with every change. */
  revision: number;
}

/** What is carried into the next statement; what was returned is an entry of its own there. */
export function carriedOf({ status, total, payable, opening }: Statement): number {
  switch (status) {
    case "paid":
    case "returned":
      return total - payable;
    case "carried":
    case "failed":
    case "drafted":
      return total;
    case "cancelled":
      return opening;
  }
}

/** What a run asks of every account. */
export interface DraftOrder {
  run: string;
  month: string;
  program_currency: string;
  payout: Payout;
  /** When the run was drafted, ms: what had not cleared by then is not in it. */
  drafted_at: number;
}

/** What stands in the way of any payment to an affiliate, as its details were when the run came to it. */
export type Gates = readonly Block[];

/** The affiliate's enrollment and details, as far as a payment needs them. */
export interface PayeeStanding {
  status: string;
  tax_form_received_at: number | null;
  method: string | null;
}

/** What the terms ask for and the affiliate has not. */
export function listGates({ gates, methods }: Payout, payee: PayeeStanding): Block[] {
  const blocks: Block[] = [];
  if (payee.status !== "approved") blocks.push({ code: "not_approved", status: payee.status });
  if (gates.includes("tax_form") && payee.tax_form_received_at === null) blocks.push({ code: "tax_form_missing" });
  if (payee.method === null) {
    if (gates.includes("payment_details")) blocks.push({ code: "payment_details_missing" });
  } else if (!(methods as string[]).includes(payee.method)) {
    blocks.push({ code: "method_not_offered", method: payee.method });
  }
  return blocks;
}

/** Everything that a statement is made of. */
export interface Stating {
  account: { program_id: number; affiliate_id: number };
  number: number;
  currency: string;
  opening: number;
  lines: readonly Pick<LedgerEntry, "number" | "amount">[];
}

/** Minor units of `currency`; no rate of exchange is known, so that a currency that the terms do not name has none. */
function minimumOf({ program_currency, payout }: DraftOrder, currency: string): number {
  if (currency === program_currency) return payout.minimum;
  // Runs that were drafted before there was such a field have none.
  const named = (payout.minimums ?? []).find((minimum) => minimum.currency === currency);
  return named?.amount ?? 0;
}

/** Makes a statement. Whatever blocks it, it states all; it pays all or nothing. */
export function makeStatement(order: DraftOrder, gates: Gates, stating: Stating): Statement {
  const { account, number, currency, opening, lines } = stating;
  const total = lines.reduce((sum, { amount }) => sum + amount, opening);
  const minimum = minimumOf(order, currency);
  const ofAmount: Block[] =
    total < 0
      ? [{ code: "negative" }]
      : total === 0
        ? [{ code: "nothing_due" }]
        : total < minimum
          ? [{ code: "below_minimum", minimum }]
          : [];
  const blocked = [...ofAmount, ...gates];
  return {
    id: `st_${account.program_id}_${account.affiliate_id}_${number}`,
    ...account,
    number,
    run: order.run,
    month: order.month,
    currency,
    opening,
    entries: lines.map((line) => line.number),
    total,
    payable: blocked.length === 0 ? total : 0,
    blocked,
    drafted_at: order.drafted_at,
    status: "drafted",
    changed_at: order.drafted_at,
    payment: null,
    returned: null,
    reason: null,
    revision: 1,
  };
}
