/** Masks payment details: enough to recognize your own account, not enough to pay it or contact its owner. */
import type { BankDetails, PaymentDetails } from "./payment-details.ts";

const HIDDEN = "•••";
/** How many last digits are shown, by the minimum length of the number. */
const SHOWN: readonly (readonly [from: number, shown: number])[] = [
  [8, 4],
  [5, 2],
];

/** `j•••@example.com`: the first character and the domain. A one-character mailbox shows only the domain. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const local = [...email.slice(0, at)];
  return `${local.length > 1 ? local[0] : ""}${HIDDEN}${email.slice(at)}`;
}

/** `•••• 3000`: the last four digits of eight or more, the last two of five or more, otherwise none. */
export function maskNumber(number: string): string {
  const shown = SHOWN.find(([from]) => number.length >= from)?.[1] ?? 0;
  return `•••• ${shown === 0 ? "" : number.slice(-shown)}`.trim();
}

/** `J•••`: only the first character. */
export function maskText(text: string): string {
  return `${[...text][0] ?? ""}${HIDDEN}`;
}

/** A short masked summary, as kept in the change history. */
export function summariseDetails(details: PaymentDetails): string {
  return details.method === "paypal" ? maskEmail(details.email) : maskNumber(numberOf(details));
}

function numberOf({ iban, account_number }: BankDetails): string {
  return iban ?? account_number ?? "";
}

/** Payment details with only the method, countries, currency, bank and types unmasked. */
export type MaskedDetails = ReturnType<typeof maskDetails>;

export function maskDetails(details: PaymentDetails) {
  const { address } = details;
  const shownAddress = address && {
    name: maskText(address.name),
    street: HIDDEN,
    city: maskText(address.city),
    state: address.state && HIDDEN,
    postcode: HIDDEN,
    country: address.country,
  };
  if (details.method === "paypal") {
    return { method: details.method, email: maskEmail(details.email), address: shownAddress };
  }
  const { method, account_holder, holder_type, country, currency, iban, account_number, routing_number } = details;
  return {
    method,
    account_holder: maskText(account_holder),
    holder_type,
    country,
    currency,
    iban: iban && maskNumber(iban),
    account_number: account_number && maskNumber(account_number),
    routing_number: routing_number && maskNumber(routing_number),
    account_type: details.account_type,
    bic: details.bic,
    bank_name: details.bank_name,
    address: shownAddress,
  };
}
