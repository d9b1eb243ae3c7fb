/** Why a run leaves a payment unpaid, in words. */
import { messages } from "../../lib/messages/messages.ts";
import type { LeftOutReason } from "./payment.ts";

/** Explains why no payment file contains a payment. */
export function explainLeftOut(reason: LeftOutReason): string {
  return messages.payouts.left_out[reason];
}

/** Explains what a provider's report says about a payment that it doesn't confirm. */
export function explainDispute({ code, detail }: { code: string; detail: string }): string {
  const { disputed } = messages.payouts;
  return code === "pending" ? disputed.pending(detail) : disputed.differs(detail);
}
