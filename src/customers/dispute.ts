/** The command by which an admin names another affiliate, and the event that it is kept as. */
import type { ConversionEvent } from "../webhooks/conversion-event.ts";
import type { Fact } from "./fact.ts";
import type { DisputeRefusal } from "./ruling.ts";

/** An admin's claim that another affiliate has brought what a conversion is of. */
export interface Dispute {
  id: string;
  program_id: number;
  conversion: string;
  /** Username. */
  affiliate: string;
  reason: string;
  /** Milliseconds since the epoch. */
  now: number;
}

/** What came of a dispute. */
export type DisputeResult =
  | { ok: true; changed: number }
  | { ok: false; error: DisputeRefusal | "conversion_unknown" | "dispute_reused" };

/** The event of a dispute over something that another event has told of. */
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

/** Whether a dispute's fact is of this very command, told again. */
export function isSameDispute({ event: { named } }: Pick<Fact, "event">, { affiliate, reason }: Dispute): boolean {
  return named?.affiliate === affiliate && named.reason === reason;
}
