/** The command to credit another affiliate, and the event it is stored as. */
import type { ConversionEvent } from "../../webhooks/conversion-event.ts";
import type { Fact } from "../fact.ts";
import type { DisputeRefusal } from "./ruling.ts";

/** An admin's decision to credit another affiliate. */
export interface Dispute {
  id: string;
  program_id: number;
  conversion: string;
  /** The affiliate's username. */
  affiliate: string;
  reason: string;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The result of a dispute. */
export type DisputeResult =
  | { ok: true; changed: number }
  | { ok: false; error: DisputeRefusal | "conversion_unknown" | "dispute_reused" };

/** Creates the event for a dispute about an existing event. */
export function rulingOf(dispute: Dispute, disputed: ConversionEvent, scope: string): ConversionEvent {
  const { namespace, test, subscription } = disputed;
  return {
    program_id: dispute.program_id,
    endpoint: "dispute",
    namespace,
    test,
    id: dispute.id,
    type: "dispute",
    occurred_at: dispute.now,
    customer: { id: null, email_hash: null },
    click: null,
    coupon: null,
    payment: null,
    refund: null,
    amount: null,
    gross: null,
    currency: null,
    product: null,
    subscription,
    named: { affiliate: dispute.affiliate, reason: dispute.reason, scope },
  };
}

/** Whether a dispute fact repeats this command. */
export function isSameDispute({ event: { named } }: Pick<Fact, "event">, { affiliate, reason }: Dispute): boolean {
  return named?.affiliate === affiliate && named.reason === reason;
}
