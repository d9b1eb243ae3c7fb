/** Answers for providers that read more into a status than whether to send again. */
import type { Answer, Outcome } from "./provider.ts";

/**
 * 200 for an event that is known with another content, which sending it again does not mend; null for everything else: for
 * providers that switch a webhook off after a few refusals in a row, and with it every later sale. The merchant finds the
 * refusal, and its reason, in the delivery log.
 */
export function acknowledgeConflict({ problem, reason }: Outcome): Answer | null {
  return problem?.status === 409 ? answerWith({ status: "refused", reason }) : null;
}

/** 200 for what we have but have not done yet, null for everything else: for providers that take 202 for a failure. */
export function acknowledgeKept({ status, reason }: Outcome): Answer | null {
  return status === "waiting" || status === "spooled" ? answerWith({ status, reason }) : null;
}

function answerWith(body: Pick<Outcome, "status" | "reason">): Answer {
  return { status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}
