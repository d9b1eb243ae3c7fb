/**
 * Wise's batch file, template "Send to bank accounts" (wise.com/help, "How do I fill in my batch template?"): a header,
 * then one row per transfer. The columns depend on the currencies and the account type, so each combination has its own
 * file. Account columns are named as in Wise's API (docs.wise.com, recipient accounts).
 */

import type { Cell } from "../../lib/csv.ts";
import { type AccountKind, accountKindOf, type BankDetails } from "../payees/payment-details.ts";
import { type LeftOutReason, type Payable, type Payment, writeAmount } from "./payment.ts";

export const WISE_ROWS_MAX = 1_000;
/** Some routes allow less. Wise reports that on upload and doesn't shorten the reference itself. */
const REFERENCE_MAX = 35;

type BankPayment = Payment & { details: BankDetails };

const COMMON = [
  "name",
  "recipientEmail",
  "paymentReference",
  "receiverType",
  "amountCurrency",
  "amount",
  "sourceCurrency",
  "targetCurrency",
];
const ADDRESS = ["addressCountryCode", "addressCity", "addressFirstLine", "addressState", "addressPostCode"];

/** The columns and cells of each account type. */
const ACCOUNTS: Readonly<Record<AccountKind, { columns: string[]; cells: (details: BankDetails) => Cell[] }>> = {
  iban: { columns: ["IBAN"], cells: ({ iban }) => [iban] },
  aba: {
    columns: ["abartn", "accountNumber", "accountType"],
    cells: ({ routing_number, account_number, account_type }) => [
      routing_number,
      account_number,
      account_type.toUpperCase(),
    ],
  },
  sort_code: {
    columns: ["sortCode", "accountNumber"],
    cells: ({ routing_number, account_number }) => [routing_number, account_number],
  },
  australian: {
    columns: ["bsbCode", "accountNumber"],
    cells: ({ routing_number, account_number }) => [routing_number, account_number],
  },
  canadian: {
    columns: ["institutionNumber", "transitNumber", "accountNumber", "accountType"],
    cells: ({ routing_number, account_number, account_type }) => [
      routing_number?.slice(1, 4) ?? null,
      routing_number?.slice(4) ?? null,
      account_number,
      account_type.toUpperCase(),
    ],
  },
  swift: { columns: ["swiftCode", "accountNumber"], cells: ({ bic, account_number }) => [bic, account_number] },
};

/** Wise requires an address for SWIFT routes, for US accounts and for anything paid from dollars. */
function needsAddress({ currency, details }: BankPayment): boolean {
  const kind = accountKindOf(details);
  return currency === "USD" || kind === "aba" || kind === "swift";
}

/** The file group of a payment: `usd-eur-iban`. */
export function wiseGroupOf({ currency, details }: BankPayment): string {
  return `${currency}-${details.currency}-${accountKindOf(details).replace("_", "-")}`.toLowerCase();
}

/** Why Wise can't make a payment, or null if it can. */
export function refuseWise({ statement }: Payable): LeftOutReason | null {
  return statement.length > REFERENCE_MAX ? "reference_too_long" : null;
}

/** The header of a file with payments of one group. */
export function wiseHeaderOf(payment: BankPayment): string[] {
  const { columns } = ACCOUNTS[accountKindOf(payment.details)];
  return [...COMMON, ...columns, ...(needsAddress(payment) ? ADDRESS : [])];
}

/**
 * Writes a payment's row. Within one currency the payee receives the exact amount; with a conversion, the merchant
 * sends the exact amount. Either way the file adds up to the run.
 */
export function toWiseRow(payment: BankPayment): Cell[] {
  const { statement, amount, currency, details } = payment;
  const { address } = details;
  const lines = [address.country, address.city, address.street, address.state, address.postcode];
  return [
    details.account_holder,
    null,
    statement,
    details.holder_type === "person" ? "PERSON" : "INSTITUTION",
    details.currency === currency ? "target" : "source",
    writeAmount(amount, currency),
    currency,
    details.currency,
    ...ACCOUNTS[accountKindOf(details)].cells(details),
    ...(needsAddress(payment) ? lines : []),
  ];
}
