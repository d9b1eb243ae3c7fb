/** Calls that post to an account or pay it; see `cases.ts`. */

/** A call that changes something. */
export interface Case {
  /** The path that is called, with names. */
  path: string;
  body?: unknown;
  /** The actions of the entries that the call adds. */
  audits: string[];
  /** A call that is refused: another body, another path. */
  refused?: { path?: string; body?: unknown };
  /** Names to keep from the answer. */
  keep?: Record<string, (json: Record<string, unknown>) => unknown>;
  /** The POST changes something that exists, so that it has the same effect when it is repeated, and another answer. */
  repeats_differ?: boolean;
  /** The POST erases what it names, so that a repeated one finds nothing. */
  repeats_find_nothing?: boolean;
}

/** The program of the story. */
export const P = "/v1/programs/$program";

/** A valid call of each route, in an order in which each can be called. */
export const PAYOUT_CASES: Record<string, Case> = {
  "POST /programs/:program/affiliates/:affiliate/adjustments": {
    path: `${P}/affiliates/nova/adjustments`,
    body: { amount: 100, currency: "USD", reason: "Bonus" },
    audits: ["adjustment.created"],
    refused: { body: { amount: 0, currency: "USD", reason: "r" } },
  },
  "POST /programs/:program/adjustments/bulk": {
    path: `${P}/adjustments/bulk`,
    body: { rows: [{ affiliate: "nova", amount: 100, currency: "USD", reason: "Bonus" }] },
    audits: ["adjustment.created"],
    refused: { body: { rows: [] } },
  },
  "POST /programs/:program/payouts/runs": {
    path: `${P}/payouts/runs`,
    body: { month: "2026-03" },
    audits: ["payout_run.created"],
    refused: { body: { month: "2999-01" } },
    keep: { run: ({ id }) => id },
  },
  "POST /programs/:program/payouts/runs/:run/steps": { path: `${P}/payouts/runs/$run/steps`, audits: [] },
  "POST /programs/:program/payouts/runs/:run/approve": {
    path: `${P}/payouts/runs/$run/approve`,
    audits: ["payout_run.approved"],
    refused: { path: `${P}/payouts/runs/none/approve` },
  },
  "POST /programs/:program/payouts/runs/:run/results": {
    path: `${P}/payouts/runs/$run/results`,
    body: "payout_item_id;transaction_status;amount.value;amount.currency;sender_item_id\n8AE;SUCCESS;80.00;USD;$paid\n",
    audits: ["payout_run.results_recorded"],
    refused: { body: "no report" },
  },
  "POST /programs/:program/payouts/runs/:run/pay": {
    path: `${P}/payouts/runs/$run/pay`,
    audits: ["payout_run.payment_started"],
    refused: { path: `${P}/payouts/runs/none/pay` },
  },
  "POST /programs/:program/payouts/runs/:run/statements/:statement/fail": {
    path: `${P}/payouts/runs/$run/statements/$paid/fail`,
    body: { reason: "Account closed" },
    audits: ["statement.failed"],
    refused: { path: `${P}/payouts/runs/$run/statements/none/fail` },
  },
  "POST /programs/:program/payouts/runs/:run/statements/:statement/remind": {
    path: "$blocked_run/statements/$blocked/remind",
    audits: ["statement.reminded"],
    refused: { path: "$blocked_run/statements/none/remind" },
  },
  "POST /programs/:program/payouts/runs/:run/statements/:statement/pay": {
    path: `${P}/payouts/runs/$run/statements/$unpaid/pay`,
    body: { method: "check", reference: "1", paid_on: "2026-03-20" },
    audits: ["statement.paid"],
    refused: { path: `${P}/payouts/runs/$run/statements/none/pay` },
  },
  "POST /programs/:program/payouts/runs/:run/cancel": {
    path: `${P}/payouts/runs/$next_run/cancel`,
    audits: ["payout_run.canceled"],
    refused: { path: `${P}/payouts/runs/$run/cancel` },
  },
};
