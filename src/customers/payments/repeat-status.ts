/** Trackers report a conversion's status again and again: approved, rejected, and approved once more. */
import type { ConversionEvent } from "../../webhooks/conversion-event.ts";
import type { Fact } from "../fact.ts";

/**
 * The event that a tracker's status amounts to besides its own, null for none: a rejection that is reported again after an
 * approval reverses the sale again, and an approval after a rejection undoes it. Statuses count in the order in which they are
 * received, because trackers send the time of the conversion with each of them. `facts` are those of the payment.
 */
export function repeatStatus(
  event: ConversionEvent,
  receivedAt: number,
  facts: readonly Fact[],
): ConversionEvent | null {
  const { status_of, ...stated } = event;
  if (status_of === undefined) return null;
  const isStatus = ({ event: { type, refund } }: Fact) =>
    refund === status_of && (type === "refund" || type === "refund_failed");
  const last = facts.filter(isStatus).reduce<Fact | null>((latest, fact) => {
    return latest !== null && latest.received_at > fact.received_at ? latest : fact;
  }, null);
  if (last === null || last.received_at >= receivedAt) return null;
  const isRejection = event.type === "refund";
  if (isRejection === (last.event.type === "refund")) return null;
  const repeated = { ...stated, id: `${event.id}@${receivedAt}`, occurred_at: receivedAt };
  if (isRejection) return repeated;
  const nothing = { click: null, coupon: null, amount: null, gross: null, currency: null };
  return { ...repeated, ...nothing, type: "refund_failed", refund: status_of };
}
