/** The email about a changed payout method, which its owner may not have changed. Plain text, without the whole details. */
import { messages } from "../../lib/messages/messages.ts";
import type { PlainTextEmail } from "../../portal/layout/sign-in/sign-in-email.ts";
import { summariseDetails } from "../payees/mask-details.ts";
import type { PaymentDetails } from "../payees/payment-details.ts";

/** A change to write about. */
export interface PayeeEmail {
  /** Before the change; null if the details were removed before it. */
  before: PaymentDetails | null;
  /** After the change; null if the details were removed. */
  after: PaymentDetails | null;
  /** For how many days payouts that are approved don't use the new details; 0 if they do at once. */
  wait_days: number;
  /** The portal's origin; null if it isn't known. */
  origin: string | null;
}

/** Writes the email, the same for each of its recipients. */
export function writePayeeEmail(from: string, to: string, change: PayeeEmail): PlainTextEmail {
  const { subject, paragraphs } = messages.emails.payee;
  const { before, after, wait_days, origin } = change;
  const told = {
    before: describe(before),
    after: describe(after),
    wait_days: after === null ? 0 : wait_days,
    url: origin === null ? null : `${origin}/app/account`,
  };
  return { from, to, subject: subject(after !== null), text: `${paragraphs(told).join("\n\n")}\n` };
}

function describe(details: PaymentDetails | null): string | null {
  return details === null ? null : `${messages.payouts.methods[details.method]} ${summariseDetails(details)}`;
}
