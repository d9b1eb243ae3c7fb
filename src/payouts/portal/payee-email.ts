/** The email about a changed payout method, which its owner may not have changed. Without the whole details. */
import { messages } from "../../lib/messages/messages.ts";
import type { Brand } from "../../mail/brand.ts";
import { composeEmail, type Email } from "../../mail/compose-email.ts";
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
export function writePayeeEmail(to: string, change: PayeeEmail, brand: Brand | null): Email {
  const { subject, paragraphs } = messages.emails.payee;
  const { before, after, wait_days, origin } = change;
  const told = {
    before: describe(before),
    after: describe(after),
    wait_days: after === null ? 0 : wait_days,
    url: origin === null ? null : `${origin}/app/account`,
  };
  const links = told.url === null ? [] : [{ url: told.url, label: messages.emails.actions.open_account }];
  return composeEmail({ to, subject: subject(after !== null), paragraphs: paragraphs(told), links, brand });
}

function describe(details: PaymentDetails | null): string | null {
  return details === null ? null : `${messages.payouts.methods[details.method]} ${summariseDetails(details)}`;
}
