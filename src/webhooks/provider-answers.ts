/** Answers for providers that draw conclusions from a status other than 200. */
import type { Answer, Outcome } from "./provider.ts";

/**
 * 200 for an event or payment that was received before with different content, because sending it again doesn't help; null
 * for all other outcomes. For providers that disable a webhook after a few refusals in a row, which would lose later sales.
 * The delivery log shows the refusal and its reason.
 */
export function acknowledgeConflict({ problem, reason }: Outcome): Answer | null {
  return problem?.status === 409 ? answerWith({ status: "refused", reason }) : null;
}

/** 200 for a delivery that is stored but unfinished, null for all other outcomes: for providers that treat 202 as a failure. */
export function acknowledgeUnfinished({ status, reason }: Outcome): Answer | null {
  return status === "waiting" || status === "spooled" ? answerWith({ status, reason }) : null;
}

function answerWith(body: Pick<Outcome, "status" | "reason">): Answer {
  return { status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}
