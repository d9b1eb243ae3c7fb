/** A payout run's states, commands and progress. */
import type { Block, Statement } from "../statements/statement.ts";

/**
 * `drafting`, `paying` and `cancelling` runs are in progress. A `draft` needs approval, an `approved` run can be paid,
 * and `paid` and `cancelled` are final.
 */
export type RunStatus = "drafting" | "draft" | "approved" | "paying" | "paid" | "cancelling" | "cancelled";

/** The states in progress, and the state each leads to once every affiliate is processed. */
export const STEPPED = { drafting: "draft", paying: "paid", cancelling: "cancelled" } as const;

export type SteppedStatus = keyof typeof STEPPED;

export function isStepped(status: RunStatus): status is SteppedStatus {
  return Object.hasOwn(STEPPED, status);
}

/** The key and the user that approved a run, and when (ms). */
export interface Approval {
  key: string;
  /** Null for a key that belongs to no user. Missing in approvals of earlier releases, which had no users. */
  user?: string | null;
  at: number;
  /** Other users who have had the sign-in link to the session in which it was given. Missing for none. */
  opened_by?: readonly string[];
  /**
   * For how many days before the approval details that an affiliate changed aren't used. Kept with the approval, so that the
   * run's files stay the same whatever the setting is later. Missing in approvals of earlier releases: 0.
   */
  details_wait_days?: number;
}

/** Totals in one currency, in minor units. */
export interface Tally {
  statements: number;
  /** The number of statements with a payment, and their total. */
  payments: number;
  amount: number;
  /** The total carried over. Negative if affiliates owe. */
  carried: number;
}

/** A run's progress. */
export interface Progress {
  /** The number of affiliates processed in the current or last phase. */
  affiliates: number;
  /** Drafted totals by currency. */
  drafted: Record<string, Tally>;
  /** Paid totals by currency. */
  paid: Record<string, Tally>;
  /** Totals that the paid run left unpaid, by currency. Runs of earlier releases have none. */
  unpaid?: Record<string, Tally>;
  /** The number of unpaid statements by reason. */
  blocked: Partial<Record<Block["code"], number>>;
  /** The number of affiliates held by another run. They are left for the next run. */
  busy: number;
}

export const NO_PROGRESS: Progress = { affiliates: 0, drafted: {}, paid: {}, blocked: {}, busy: 0 };

/** The result of one step. */
export interface StepResult {
  affiliates: number;
  statements: readonly Statement[];
  busy: number;
}

/** Adds a step's result. Must be called once per step. */
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
        unpaid: addUpUnpaid(before.unpaid ?? {}, step.statements),
      };
    case "cancelling":
      return progress;
  }
}

/** A returned payment had been sent. */
function wentOut({ status }: Statement): boolean {
  return status === "paid" || status === "returned";
}

function addUpUnpaid(before: Progress["drafted"], statements: readonly Statement[]): Progress["drafted"] {
  const unpaid = statements.filter(({ status }) => status === "unpaid");
  return addUp(before, unpaid, ({ payable }) => payable);
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

/** The creator of scheduled runs; other runs have an admin's key. */
export const CRON = "cron";

/** The state that commands are decided from. */
export interface RunState {
  status: RunStatus;
  /** The user who created the run, if that counts as an approval; null otherwise. */
  created_by_approver: string | null;
  approvals: readonly Approval[];
  /** When payment began or a provider first reported one, in ms; null before. */
  paid_at: number | null;
}

/** Why a command is refused, as a stable code. */
export type RunRefusal =
  | "run_not_draft"
  | "run_not_approved"
  | "run_not_cancellable"
  | "approval_needs_user"
  | "second_user_needed"
  | "approval_session_not_independent";

/**
 * Approves a run. If two approvals are required, they are two users': all keys of a user count once, and keys without a user
 * don't count. The user who created the run counts as the first and can't be the second. A run created by the cron, by a key
 * without a user or by a user who can't approve runs needs two approvals. An earlier approval doesn't count any more if its user
 * isn't one of `approvers`, the users who may approve now: a user who was removed may have been added again under a new id.
 * Two approvals don't count together if one was given in a session that the other's user could have opened.
 */
export function approveRun(
  run: RunState,
  approval: Approval,
  { needed, approvers }: { needed: number; approvers: ReadonlySet<string> },
): RunState | RunRefusal {
  if (run.status !== "draft") return "run_not_draft";
  const approvals = [...run.approvals, approval];
  if (needed <= 1) return { ...run, approvals, status: "approved" };
  const { user = null } = approval;
  if (user === null) return "approval_needs_user";
  const counted = listCounted(run, approvers);
  if (counted.has(user)) return "second_user_needed";
  const isOpened = [...counted].some(
    ([other, openers]) => openers.includes(user) || approval.opened_by?.includes(other),
  );
  if (isOpened) return "approval_session_not_independent";
  return { ...run, approvals, status: counted.size + 1 >= needed ? "approved" : "draft" };
}

/** The users whose approval or draft of a run counts now, each with those who could have given it in its place. */
export function listCounted(
  { created_by_approver: creator, approvals }: Pick<RunState, "created_by_approver" | "approvals">,
  approvers: ReadonlySet<string>,
): Map<string, readonly string[]> {
  const given = approvals.map(({ user = null, opened_by = [] }) => [user, opened_by] as const);
  const all = [[creator, []] as const, ...given];
  return new Map(all.filter((one): one is [string, readonly string[]] => one[0] !== null && approvers.has(one[0])));
}

/** Starts paying an approved run. */
export function payRun(run: RunState): RunState | RunRefusal {
  return run.status === "approved" ? { ...run, status: "paying" } : "run_not_approved";
}

/** Starts canceling a run that has no payments, made or reported. */
export function cancelRun(run: RunState): RunState | RunRefusal {
  const can = run.status === "drafting" || run.status === "draft" || run.status === "approved";
  return can && run.paid_at === null ? { ...run, status: "cancelling" } : "run_not_cancellable";
}
