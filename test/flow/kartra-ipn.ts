/** Kartra's checkout in a test: its real notifications (test/fixtures/kartra) with the fields of a transaction. */
import chargeback from "../fixtures/kartra/chargeback.txt?raw";
import partialRefund from "../fixtures/kartra/partial-refund.txt?raw";
import rebill from "../fixtures/kartra/rebill.txt?raw";
import refund from "../fixtures/kartra/refund.txt?raw";
import subscription from "../fixtures/kartra/subscription.txt?raw";
import trial from "../fixtures/kartra/trial.txt?raw";
import { type Program, timeOf } from "../support/dated-story.ts";
import { changeForm } from "../webhooks/providers/change-form.ts";
import { signKartra } from "../webhooks/providers/kartra/signer.ts";

const NOTIFICATIONS = { sale: subscription, trial, rebill, refund, partial_refund: partialRefund, chargeback };
const EASTERN_HOURS_BEHIND = 5;
const HOUR = 3_600_000;

/** A transaction of a lead. */
export interface Transaction {
  type: keyof typeof NOTIFICATIONS;
  /** The transaction's id. */
  id: string;
  lead: string;
  /** In Kartra's format: `1188.00`. */
  amount: string;
  /** The click token, which the landing page passes as a vendor tracking id. */
  click?: string;
  /** Of a refund or chargeback: the payment's transaction id. */
  of?: string;
}

/** Posts a transaction's notification as Kartra does, at the given time; returns the answer with the credited affiliate. */
export function notify(program: Program, at: string, { type, id, lead, amount, click, of }: Transaction) {
  const local = new Date(timeOf(at) - EASTERN_HOURS_BEHIND * HOUR).toISOString();
  const form = changeForm(NOTIFICATIONS[type], {
    transaction_id: id,
    transaction_date: `${local.slice(0, 10)} ${local.slice(11, 19)}`,
    transaction_full_amount: amount,
    transaction_base_amount: amount,
    transaction_tax: "0.00",
    transaction_shipping: "0.00",
    transaction_parent_id: of ?? "0",
    transaction_internal_subscription_id: `subscription of ${lead}`,
    lead_id: lead,
    lead_email: `${lead}@example.com`,
    vendor_tracking_id_2: click ?? "N/A",
  });
  return program.receive(timeOf(at), signKartra(form, { secret: program.endpoint.secret }));
}
