/** Payment details as they may be shown: enough to tell one's own account, not enough to pay or to write to anybody. */
import type { BankDetails, PaymentDetails } from "./payment-details.ts";

const HIDDEN = "•••";
/** The last digits that are shown of a number, and how long it must be for that. */
const SHOWN: readonly (readonly [from: number, shown: number])[] = [
  [8, 4],
  [5, 2],
];

/** `j•••@example.com`: the first character and the host; of a mailbox of one character only the host. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const local = [...email.slice(0, at)];
  return `${local.length > 1 ? local[0] : ""}${HIDDEN}${email.slice(at)}`;
}

/** `•••• 3000`: the last four of eight or more, the last two of five or more, and of less nothing. */
export function maskNumber(number: string): string {
  const shown = SHOWN.find(([from]) => number.length >= from)?.[1] ?? 0;
  return `•••• ${shown === 0 ? "" : number.slice(-shown)}`.trim();
}

/** `J•••`: the first character alone. */
export function maskText(text: string): string {
  return `${[...text][0] ?? ""}${HIDDEN}`;
}

/** Where the money goes, in one word: what the log of changes keeps. */
export function summariseDetails(details: PaymentDetails): string {
  return details.method === "paypal" ? maskEmail(details.email) : maskNumber(numberOf(details));
}

function numberOf({ iban, account_number }: BankDetails): string {
  return iban ?? account_number ?? "";
}

/** Payment details with nothing in plain but the method, countries, the account's currency, the bank and kinds of things. */
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
