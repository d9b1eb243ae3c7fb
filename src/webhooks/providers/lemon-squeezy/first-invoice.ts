/**
 * The invoices with the billing reason `initial`. Without a trial, it is the payment of the subscription's order, which
 * `order_created` reports. After a trial, it is a payment of its own: the order was free, or paid for a setup. Neither the invoice
 * nor its time tells them apart, so it waits for `subscription_created`, which says whether and until when there is a trial.
 */
import { MS_PER_DAY, MS_PER_HOUR } from "../../../lib/time.ts";
import { type ProviderEvent, providerEvent } from "../../provider.ts";

/** Invoices are created at the trial's end, give or take an hour, or up to a day later. */
const TOLERANCES_MS = [MS_PER_HOUR, 0, -MS_PER_DAY];

/** The payment of a subscription's first invoice. */
export function firstInvoiceName(subscription: string): string {
  return `subscription-${subscription}-first`;
}

/** Names the end of a subscription's trial (ms) by its day, so that the first invoice after it finds its customer. */
export function nameTrialEnd(subscription: string, ends_at: number): string {
  return `subscription-${subscription}-trial-${Math.floor(ends_at / MS_PER_DAY)}`;
}

/** States when a subscription's trial ends (ms). */
export function endOfTrial(
  common: Pick<ProviderEvent, "id" | "occurred_at"> & Partial<ProviderEvent>,
  id: string,
  ends_at: number,
): ProviderEvent {
  const named = { subscription: { id, interval: null }, related: [nameTrialEnd(id, ends_at)] };
  return providerEvent({ ...common, id: `${common.id}:trial_end`, type: "alias", ...named });
}

/** The sale of a first invoice: the order's payment where there is no trial, and a new one only at the end of a trial. */
export function asFirstInvoice(sale: ProviderEvent, subscription: string): ProviderEvent {
  const at = sale.occurred_at;
  const ends = at === null ? [] : TOLERANCES_MS.map((tolerance) => nameTrialEnd(subscription, at + tolerance));
  return { ...sale, customer: { id: null, email: null }, click: null, related: [...new Set(ends)], needs_known: true };
}
