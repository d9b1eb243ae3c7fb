/** The names of ThriveCart's events, which its account webhooks and its event subscriptions write differently. */

/** By the names of event subscriptions ("Event Subscription API"), those of account webhooks. Both send the same fields. */
const ACCOUNT_NAMES: Readonly<Record<string, string>> = {
  order_created: "order.success",
  order_rebill: "order.subscription_payment",
  order_rebill_cancelled: "order.subscription_cancelled",
  order_refund: "order.refund",
  order_refund_product: "order.refund",
  order_refund_bump: "order.refund",
  order_refund_upsell: "order.refund",
  order_refund_downsell: "order.refund",
};

const IN_ORDER = "The whole order is recorded from order_created. Subscribe to that event or to *.";

/** Events that repeat a part of another one, with the reason why they are ignored. */
const REPEATED: Readonly<Record<string, string>> = {
  order_payment_product: IN_ORDER,
  order_payment_bump: IN_ORDER,
  order_payment_upsell: IN_ORDER,
  order_payment_downsell: IN_ORDER,
  order_rebill_completed: "The last payment is recorded from order_rebill.",
};

/** The name by which an account webhook sends this event; other names stay as they are. */
export function accountNameOf(event: string): string {
  return find(ACCOUNT_NAMES, event) ?? event;
}

/** Why an event is ignored, in a sentence; null for one that repeats no other. */
export function repetitionOf(event: string): string | null {
  return find(REPEATED, event) ?? null;
}

function find(names: Readonly<Record<string, string>>, event: string): string | undefined {
  return Object.hasOwn(names, event) ? names[event] : undefined;
}
