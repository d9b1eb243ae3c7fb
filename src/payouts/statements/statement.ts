/** A statement: one affiliate's balance in one currency, as settled by one payout run. */
import type { LedgerEntry } from "../../commissions/ledger.ts";
import type { Payout } from "../../programs/terms.ts";

/** Why nothing is paid, as data. `explain-block.ts` puts it into words. */
export type Block =
  | { code: "below_minimum"; minimum: number }
  | { code: "below_minimum_sales"; sales: number; minimum: number }
  | { code: "negative" }
  | { code: "nothing_due" }
  | { code: "tax_form_missing" }
  | { code: "payment_details_missing" }
  | { code: "method_not_offered"; method: string }
  | { code: "not_approved"; status: string };

/** The codes of {@link Block}. */
export const BLOCK_CODES = [
  ...(["below_minimum", "below_minimum_sales", "negative", "nothing_due"] as const),
  ...(["tax_form_missing", "payment_details_missing", "method_not_offered", "not_approved"] as const),
] as const satisfies readonly Block["code"][];

/**
 * `drafted`: waiting for the run to be paid. `carried`: there was nothing to pay. `unpaid`: the run was paid, but this
 * payment was in no file or wasn't confirmed. `failed`: the payment wasn't sent. `returned`: it was sent and came back.
 * `cancelled`: canceled with its run.
 */
export const STATEMENT_STATUSES = [
  ...(["drafted", "paid", "carried", "unpaid", "failed", "returned", "cancelled"] as const),
] as const;
/** See {@link STATEMENT_STATUSES}. */
export type StatementStatus = (typeof STATEMENT_STATUSES)[number];

/** How a payment was made. */
export interface PaidBy {
  /** `file`: in a payment file. `manual`: outside the files, as recorded by an admin. */
  source: "file" | "manual";
  /** `paypal` or `bank`; for a manual payment the admin's word, such as `check`. */
  method: string;
  /** The reference that the payee sees: for a file the statement's id. */
  reference: string | null;
  /** Whether it was recorded after the run had been paid, so that the run's totals don't include it. */
  is_late: boolean;
}

/**
 * Amounts in minor units, times in ms. Once the run is approved, only `status` and the fields below it change; until then
 * corrections lower the amounts.
 */
export interface Statement {
  /** `st_<program>_<affiliate>_<number>`. */
  id: string;
  program_id: number;
  affiliate_id: number;
  /** 1, 2, 3 … within the account. */
  number: number;
  run: string;
  /** The payment month, such as 2026-03. */
  month: string;
  /** Which of the month's payout windows. Left out for the first. */
  window?: number;
  currency: string;
  /** The balance carried over from the previous statement in this currency. */
  opening: number;
  /** The numbers of the ledger entries it includes. An entry is in at most one statement that isn't canceled. */
  entries: number[];
  /** `opening` plus all entries. */
  total: number;
  /** The amount the run pays: everything or nothing. */
  payable: number;
  blocked: Block[];
  drafted_at: number;
  status: StatementStatus;
  /** When it reached its status. */
  changed_at: number;
  /** The ids of the ledger entries for its payment and for the return. */
  payment: string | null;
  returned: string | null;
  /** Why it is unpaid, failed or was returned. */
  reason: string | null;
  /** Increases with every change. */
  revision: number;
  /** What it stated when it was drafted. Absent unless the approval took corrections into account. */
  drafted_as?: { total: number; payable: number };
  /** How it was paid. Absent until then, and if it was paid by an earlier release. */
  paid_by?: PaidBy;
}

/** The amount carried into the next statement. A returned payment isn't carried; it becomes an entry there. */
export function carriedOf({ status, total, payable, opening }: Statement): number {
  switch (status) {
    case "paid":
    case "returned":
      return total - payable;
    case "carried":
    case "unpaid":
    case "failed":
    case "drafted":
      return total;
    case "cancelled":
      return opening;
  }
}

/** The draft order sent to every account. */
export interface DraftOrder {
  run: string;
  month: string;
  window?: number;
  program_currency: string;
  payout: Payout;
  /** When the run was drafted, in ms. Entries that cleared later aren't included. */
  drafted_at: number;
}

/** What blocks any payment to an affiliate, as of when the run reached them. */
export type Gates = readonly Block[];

/** The affiliate's enrollment and details that a payment depends on. */
export interface PayeeEligibility {
  status: string;
  tax_form_received_at: number | null;
  method: string | null;
}

/** The requirements of the terms that the affiliate doesn't meet. */
export function listGates({ gates, methods }: Payout, payee: PayeeEligibility): Block[] {
  const blocks: Block[] = [];
  // What affiliates earned before they left is paid.
  if (payee.status !== "approved" && payee.status !== "left")
    blocks.push({ code: "not_approved", status: payee.status });
  if (gates.includes("tax_form") && payee.tax_form_received_at === null) blocks.push({ code: "tax_form_missing" });
  if (payee.method === null) {
    if (gates.includes("payment_details")) blocks.push({ code: "payment_details_missing" });
  } else if (!(methods as string[]).includes(payee.method)) {
    blocks.push({ code: "method_not_offered", method: payee.method });
  }
  return blocks;
}

/** Whether the affiliate can remove what blocks a payment. */
export function isFixedByAffiliate(code: Block["code"]): boolean {
  return code === "payment_details_missing" || code === "method_not_offered" || code === "tax_form_missing";
}

/** The contents of a statement. */
export interface StatementContent {
  account: { program_id: number; affiliate_id: number };
  number: number;
  currency: string;
  opening: number;
  lines: readonly Pick<LedgerEntry, "number" | "amount">[];
  /** The sales, less refunds, that the balance comes from, in minor units. */
  sales: number;
}

/**
 * The minimum in minor units of `currency`. Amounts aren't converted, so a currency missing from the terms has no
 * minimum.
 */
function minimumOf({ program_currency, payout }: DraftOrder, currency: string): number {
  if (currency === program_currency) return payout.minimum;
  // Runs drafted before this field existed have none.
  const named = (payout.minimums ?? []).find((minimum) => minimum.currency === currency);
  return named?.amount ?? 0;
}

function listAmountBlocks(
  order: DraftOrder,
  { currency, total, sales }: Pick<StatementContent, "currency" | "sales"> & { total: number },
): Block[] {
  if (total < 0) return [{ code: "negative" }];
  if (total === 0) return [{ code: "nothing_due" }];
  const minimum = minimumOf(order, currency);
  const minimumSales = minimumSalesOf(order, currency);
  return [
    ...(total < minimum ? [{ code: "below_minimum" as const, minimum }] : []),
    ...(sales < minimumSales ? [{ code: "below_minimum_sales" as const, sales, minimum: minimumSales }] : []),
  ];
}

/** The sales that a balance in `currency` must come from, in minor units. */
export function minimumSalesOf({ program_currency, payout }: DraftOrder, currency: string): number {
  // Runs drafted before this field existed have none.
  return currency === program_currency ? (payout.minimum_sales ?? 0) : 0;
}

/**
 * Adds the corrections since a payment was drafted, so that a refunded sale isn't paid. Null if they don't lower it: an
 * approval never pays more than what was drafted.
 */
export function reviseStatement(
  before: Statement,
  order: DraftOrder,
  { lines, sales }: Pick<StatementContent, "lines" | "sales">,
): Statement | null {
  const total = lines.reduce((sum, { amount }) => sum + amount, before.total);
  if (before.status !== "drafted" || before.payable === 0 || total >= before.total) return null;
  const blocked = listAmountBlocks(order, { currency: before.currency, total, sales });
  return {
    ...before,
    entries: [...before.entries, ...lines.map(({ number }) => number)],
    total,
    payable: blocked.length === 0 ? total : 0,
    blocked,
    revision: before.revision + 1,
    drafted_as: before.drafted_as ?? { total: before.total, payable: before.payable },
  };
}

/** Creates a statement of all its entries. It pays everything or, if blocked, nothing. */
export function makeStatement(order: DraftOrder, gates: Gates, content: StatementContent): Statement {
  const { account, number, currency, opening, lines, sales } = content;
  const total = lines.reduce((sum, { amount }) => sum + amount, opening);
  const blocked = [...listAmountBlocks(order, { currency, total, sales }), ...gates];
  return {
    id: `st_${account.program_id}_${account.affiliate_id}_${number}`,
    ...account,
    number,
    run: order.run,
    month: order.month,
    ...(order.window !== undefined && { window: order.window }),
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
