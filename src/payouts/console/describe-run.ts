/** Where a payout run stands, in one sentence with the next step. */
import type * as v from "valibot";
import type { run } from "../reference/schemas.ts";

/** A payout run as the API shows it. */
export type RunView = v.InferOutput<typeof run>;

/** A run's state as a tag, and as a sentence with the next step. */
export interface RunState {
  tag: string;
  tone: "good" | "waiting" | "bad" | "neutral";
  sentence: string;
}

/** Describes where a run stands. */
export function describeRun(run: RunView): RunState {
  const done = `${run.progress.affiliates} ${run.progress.affiliates === 1 ? "affiliate" : "affiliates"} so far`;
  switch (run.status) {
    case "drafting":
      return { tag: "Drafting", tone: "neutral", sentence: `Statements are being drafted: ${done}.` };
    case "draft":
      return describeDraft(run);
    case "approved":
      return run.paid_at === null
        ? { tag: "Approved", tone: "waiting", sentence: "Approved: download the files and pay." }
        : {
            tag: "Approved",
            tone: "waiting",
            sentence: "Payments are reported: add the missing reports, then finish.",
          };
    case "paying":
      return { tag: "Finishing", tone: "neutral", sentence: `Payments are being recorded: ${done}.` };
    case "paid":
      return describePaid(run);
    case "cancelling":
      return { tag: "Canceling", tone: "neutral", sentence: `The run is being canceled: ${done}.` };
    case "cancelled":
      return { tag: "Canceled", tone: "neutral", sentence: "Canceled: its amounts go into the next run." };
  }
}

function describeDraft({ approval, drafted }: RunView): RunState {
  const state = { tag: "To approve", tone: "waiting" } as const;
  const isEmpty = Object.values(drafted).every(({ payments }) => payments === 0);
  if (isEmpty) return { ...state, sentence: "Nothing is paid: see what blocks the statements, or cancel." };
  if (approval === null || approval.needed === 1) {
    return { ...state, sentence: "Waiting for approval: check the statements, then approve." };
  }
  return approval.given_by.length === 0
    ? { ...state, sentence: "Waiting for two approvals: check the statements, then approve." }
    : { ...state, sentence: "Waiting for a second approval: another user must approve." };
}

function describePaid({ unpaid }: RunView): RunState {
  const left = Object.values(unpaid).reduce((sum, { payments }) => sum + payments, 0);
  if (left === 0) return { tag: "Paid", tone: "good", sentence: "Paid: nothing is left to do." };
  const payments = left === 1 ? "1 payment" : `${left} payments`;
  const it = left === 1 ? "pay it yourself, or the next run does" : "pay them yourself, or the next run does";
  return { tag: "Paid in part", tone: "waiting", sentence: `Paid, except for ${payments}: ${it}.` };
}

/** Whether the run goes on by itself. */
export function isRunning({ status }: Pick<RunView, "status">): boolean {
  return status === "drafting" || status === "paying" || status === "cancelling";
}

/** Whether the run has payment files. */
export function hasFiles({ status }: Pick<RunView, "status">): boolean {
  return status === "approved" || status === "paying" || status === "paid";
}

/** Whether the run can be canceled. */
export function isCancellable({ status, paid_at }: Pick<RunView, "status" | "paid_at">): boolean {
  return paid_at === null && (status === "drafting" || status === "draft" || status === "approved");
}
