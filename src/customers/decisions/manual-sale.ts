/** A sale that the merchant enters by hand: it is a fact like a checkout's, and names its affiliate. */
import type { ConversionEvent } from "../../webhooks/conversion-event.ts";
import type { ConversionRecord } from "../conversion.ts";
import type { CreditPreview } from "./credit-preview.ts";

/**
 * The result of entering a sale. `exists`: the same was entered before. `reused`: something else was entered with this id.
 * `payment_exists`: the payment is known, and `conversion` is its sale. `own_purchase`: the affiliate is the customer.
 */
export type EnteredSale =
  | { status: "recorded" | "exists"; record: ConversionRecord }
  | { status: "payment_exists"; conversion: string }
  | { status: "reused" | "own_purchase" };

/** What entering a sale would change, or why it is refused. See {@link EnteredSale}. */
export type PreviewedSale =
  | ({ status: "previewed"; conversion: string } & CreditPreview)
  | { status: "payment_exists"; conversion: string }
  | { status: "own_purchase" };

/** Whether an event says the same as the one that was recorded with its id, whose customer may have been erased since. */
export function isSameSale(known: ConversionEvent, repeated: ConversionEvent): boolean {
  return JSON.stringify(comparable(known)) === JSON.stringify(comparable(repeated));
}

function comparable({ occurred_at, payment, amount, currency, product, subscription, entered }: ConversionEvent) {
  return [occurred_at, payment, amount, currency, product, subscription?.id, entered?.affiliate, entered?.reason];
}
