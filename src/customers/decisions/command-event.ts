import type { ConversionEvent } from "../../webhooks/conversion-event.ts";

/** A command of the API about a conversion that exists. */
export interface CreditCommand {
  /** Made from the `Idempotency-Key`. */
  id: string;
  program_id: number;
  conversion: string;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The event that a command about an existing event is stored as, without what the command says. */
export function commandEventOf(
  { id, program_id, now }: CreditCommand,
  type: "dispute" | "credit",
  about: ConversionEvent,
): ConversionEvent {
  const { namespace, test, subscription } = about;
  return {
    ...{ program_id, endpoint: type, namespace, test, id, type, occurred_at: now },
    customer: { id: null, email_hash: null },
    ...{ click: null, coupon: null, payment: null, refund: null, amount: null, gross: null, currency: null },
    ...{ product: null, subscription },
  };
}
