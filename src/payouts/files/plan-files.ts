/** Divides a run's payments into files. The same payments always give the same files. */

import { type Cell, writeCsv } from "../../lib/csv.ts";
import type { BankDetails, PaypalDetails } from "../payees/payment-details.ts";
import { cutInto, type LeftOutReason, type Payable, type Payment } from "./payment.ts";
import { PAYPAL_ROWS_MAX, toPaypalRow } from "./paypal.ts";
import { refusePayment } from "./refuse-payment.ts";
import { toWiseRow, WISE_ROWS_MAX, wiseGroupOf, wiseHeaderOf } from "./wise.ts";

/** A file to upload to a provider. */
export interface PaymentFile {
  /** `paypal-usd-1.csv`, `wise-usd-eur-iban-2.csv`: unique within its run. */
  name: string;
  provider: "paypal" | "wise";
  currency: string;
  /** Minor units. */
  total: number;
  /** Statement ids in the order of the file. */
  statements: string[];
  text: string;
}

/** A payment that isn't in any file. */
export interface LeftOut extends Payable {
  reason: LeftOutReason;
}

/** All files of a run and the payments left out. Together they add up to the run. */
export interface FilePlan {
  files: PaymentFile[];
  left_out: LeftOut[];
}

type Paypal = Payment & { details: PaypalDetails };
type Bank = Payment & { details: BankDetails };

const isPaypal = (payment: Payment): payment is Paypal => payment.details?.method === "paypal";
const isBank = (payment: Payment): payment is Bank => payment.details?.method === "bank";

/** Divides payments by provider, currency, account type and the provider's row limit. */
export function planFiles(payments: readonly Payment[]): FilePlan {
  const ordered = payments.toSorted((a, b) => (a.statement < b.statement ? -1 : 1));
  const judged = ordered.map((payment) => ({
    payment,
    reason: refusePayment(payment, payment.details?.method ?? null, payment.is_waiting ?? false),
  }));
  const taken = judged.flatMap(({ payment, reason }) => (reason === null ? [payment] : []));
  const paypal = groupBy(taken.filter(isPaypal), ({ currency }) => currency.toLowerCase());
  const wise = groupBy(taken.filter(isBank), wiseGroupOf);
  return {
    files: [
      ...paypal.flatMap(([group, rows]) =>
        writeFiles("paypal", group, rows, { max: PAYPAL_ROWS_MAX, write: writePaypal }),
      ),
      ...wise.flatMap(([group, rows]) => writeFiles("wise", group, rows, { max: WISE_ROWS_MAX, write: writeWise })),
    ],
    left_out: judged.flatMap(({ payment: { statement, amount, currency }, reason }) =>
      reason === null ? [] : [{ statement, amount, currency, reason }],
    ),
  };
}

function writeFiles<Row extends Payment>(
  provider: PaymentFile["provider"],
  group: string,
  rows: readonly Row[],
  format: { max: number; write: (rows: readonly Row[]) => Cell[][] },
): PaymentFile[] {
  return cutInto(rows, format.max).map((piece, index) => ({
    name: `${provider}-${group}-${index + 1}.csv`,
    provider,
    currency: piece[0]?.currency ?? "",
    total: piece.reduce((sum, { amount }) => sum + amount, 0),
    statements: piece.map(({ statement }) => statement),
    text: writeCsv(format.write(piece)),
  }));
}

function writePaypal(rows: readonly Paypal[]): Cell[][] {
  return rows.map(toPaypalRow);
}

function writeWise(rows: readonly Bank[]): Cell[][] {
  const [first] = rows;
  return first === undefined ? [] : [wiseHeaderOf(first), ...rows.map(toWiseRow)];
}

/** Groups items by key, ordered by key. */
function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  return [...Map.groupBy(items, keyOf)].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
