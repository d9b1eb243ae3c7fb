/** Decides whether a payment file can contain a payment. */
import type { PaymentMethod } from "../payees/payment-details.ts";
import type { LeftOutReason, Payable } from "./payment.ts";
import { refusePaypal } from "./paypal.ts";
import { refuseWise } from "./wise.ts";

/**
 * Why no file can contain a payment to an affiliate with this payout method, or null if one can. `isWaiting` says that the
 * affiliate changed it too shortly before the approval.
 */
export function refusePayment(
  payment: Payable,
  method: PaymentMethod | null,
  isWaiting: boolean,
): LeftOutReason | null {
  if (method === null) return "payment_details_missing";
  if (isWaiting) return "payment_details_new";
  return method === "paypal" ? refusePaypal(payment) : refuseWise(payment);
}
