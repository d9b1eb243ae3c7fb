/** A payout run: which commands it takes when, and how far it has come. */
import type { Block, Statement } from "../statements/statement.ts";

/**
 * `drafting`, `paying` and `cancelling` are under way, in steps; `draft` waits to be approved, `approved` to be paid; `paid`
 * and `cancelled` are done.
 */
export type RunStatus = "drafting" | "draft" | "approved" | "paying" | "paid" | "cancelling" | "cancelled";

/** What is under way, and what it becomes when every affiliate has had its step. */
export const STEPPED = { drafting: "draft", paying: "paid", cancelling: "cancelled" } as const;

export type SteppedStatus = keyof typeof STEPPED;

export function isStepped(status: RunStatus): status is SteppedStatus {
  return Object.hasOwn(STEPPED, status);
}

/** By which key a run was approved, and when (ms). */
export interface Approval {
  key: string;
  at: number;
}

/** Sums of one currency, minor units. */
export interface Tally {
  statements: number;
  /** Those of which something is, or was, paid; and how much. */
  payments: number;
  amount: number;
  /** What is carried over: below 0 where affiliates owe. */
  carried: number;
}

/** How far a run has come. */
export interface Progress {
  /** Affiliates that have had the step that is under way, or was the last. */
  affiliates: number;
  /** What was drafted, by currency. */
  drafted: Record<string, Tally>;
  /** What was paid, by currency. */
  paid: Record<string, Tally>;
  /** How many statements of each reason pay nothing. */
  blocked: Partial<Record<Block["code"], number>>;
  /** Affiliates that another run had: left for the next. */
  busy: number;
}

export const NO_PROGRESS: Progress = { affiliates: 0, drafted: {}, paid: {}, blocked: {}, busy: 0 };

/** What a step has brought. */
export interface StepResult {
  affiliates: number;
  statements: readonly Statement[];
  busy: number;
}

/** Adds what a step has brought; each step is added once. */
export function addStep(before: Progress, phase: SteppedStatus, step: StepResult): Progress {
  const progress = { ...before, affiliates: before.affiliates + step.affiliates, busy: before.busy + step.busy };
  switch (phase) {
    case "drafting":
      return {
        ...progress,
        drafted: addUp(before.drafted, step.statements, ({ payable }) => payable),
        blocked: countBlocks(before.blocked, step.statements),
      };
    case "paying":
      return {
        ...progress,
        paid: addUp(before.paid, step.statements, (statement) => (wentOut(statement) ? statement.payable : 0)),
      };
    case "cancelling":
      return progress;
  }
}

/** What came back went out before. */
function wentOut({ status }: Statement): boolean {
  return status === "paid" || status === "returned";
}

function addUp(
  before: Progress["drafted"],
  statements: readonly Statement[],
  amountOf: (statement: Statement) => number,
): Progress["drafted"] {
  const tallies = structuredClone(before);
  for (const statement of statements) {
    const amount = amountOf(statement);
    const tally = tallies[statement.currency] ?? { statements: 0, payments: 0, amount: 0, carried: 0 };
    tallies[statement.currency] = {
      statements: tally.statements + 1,
      payments: tally.payments + (amount > 0 ? 1 : 0),
      amount: tally.amount + amount,
      carried: tally.carried + statement.total - amount,
    };
  }
  return tallies;
}

function countBlocks(before: Progress["blocked"], statements: readonly Statement[]): Progress["blocked"] {
  const counts = { ...before };
  for (const { code } of statements.flatMap(({ blocked }) => blocked)) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Who made a run: an admin's key, or the cron. */
export const CRON = "cron";

/** A run as its commands see it. */
export interface RunState {
  status: RunStatus;
  created_by: string;
  approvals: readonly Approval[];
  /** When its payment began, or a provider first told of one: ms, null before. */
  paid_at: number | null;
}

/** Why a command is not taken, as a stable code. */
export type RunRefusal = "run_not_draft" | "run_not_approved" | "run_not_cancellable" | "second_key_needed";

/**
 * Takes an approval. Where two keys are asked for, anyone who drafted the run is one of them and cannot be the other; a run that
 * the cron drafted needs two approvals.
 */
export function approveRun(run: RunState, approval: Approval, keys_needed: number): RunState | RunRefusal {
  if (run.status !== "draft") return "run_not_draft";
  const signed = new Set([
    ...run.approvals.map(({ key }) => key),
    ...(run.created_by === CRON ? [] : [run.created_by]),
  ]);
  if (keys_needed > 1 && signed.has(approval.key)) return "second_key_needed";
  const approvals = [...run.approvals, approval];
  signed.add(approval.key);
  return { ...run, approvals, status: signed.size >= keys_needed ? "approved" : "draft" };
}

/** Begins to pay a run that was approved. */
export function payRun(run: RunState): RunState | RunRefusal {
  return run.status === "approved" ? { ...run, status: "paying" } : "run_not_approved";
}

/** Begins to cancel a run of which nothing was paid, and no provider has told of a payment. */
export function cancelRun(run: RunState): RunState | RunRefusal {
  const can = run.status === "drafting" || run.status === "draft" || run.status === "approved";
  return can && run.paid_at === null ? { ...run, status: "cancelling" } : "run_not_cancellable";
}
