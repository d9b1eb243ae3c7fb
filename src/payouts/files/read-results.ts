/**
 * What became of payments, as the providers' reports say: PayPal's payout and activity reports
 * (developer.paypal.com/payouts, /reports/activity-download) and Wise's transaction history. Columns are known by their
 * names, in any order and language of delimiters; a payment by its statement's id, wherever the report shows it.
 */

import { readCsv } from "../../lib/csv.ts";
import { readSpokenAmount } from "./spoken-amount.ts";

/** A statement of the run whose report it is. */
export interface Expected {
  amount: number;
  currency: string;
}

/** What the report says of one statement. */
export interface Result {
  line: number;
  statement: string;
  outcome: "paid" | "failed" | "pending";
  /** In the report's words; of what failed why. */
  reason: string;
}

/** A row that says something of a statement which cannot be taken. */
export interface RowFault {
  line: number;
  statement: string;
  code: "status_unknown" | "amount_unreadable" | "amount_differs" | "currency_differs" | "contradiction";
  detail: string;
}

/** A report, read. */
export interface Results {
  results: Result[];
  faults: RowFault[];
  /** Lines of other payments, which is no fault. */
  unrelated: number;
}

/** Words of both providers, by what they mean for the payee. Nothing is said of what may still go either way. */
const OUTCOMES: Readonly<Record<Result["outcome"], readonly string[]>> = {
  paid: ["completed", "success", "cleared", "outgoingpaymentsent"],
  failed: [
    ...[
      "failed",
      "returned",
      "denied",
      "blocked",
      "refunded",
      "reversed",
      "canceled",
      "cancelled",
      "rejected",
      "expired",
    ],
    ...["fundsrefunded", "chargedback"],
  ],
  pending: [
    ...["pending", "processing", "processed", "unclaimed", "onhold", "held", "created", "initiated", "new"],
    ...[
      "incomingpaymentwaiting",
      "incomingpaymentinitiated",
      "fundsconverted",
      "bouncedback",
      "uncleared",
      "inprogress",
    ],
  ],
};

const STATUS = ["status", "transactionstatus", "payoutstatus", "itemstatus", "transferstatus"];
const REASON = [
  "reason",
  "failurereason",
  "statusreason",
  "statusdetail",
  "errormessage",
  "error",
  "errors",
  "errorcode",
];
/** Amounts with their currencies; in Wise's report the two sides of the transfer, and what it cost. */
const AMOUNTS: readonly (readonly [amount: string, currency: string])[] = [
  ["gross", "currency"],
  ["amount", "currency"],
  ["payoutamount", "payoutcurrency"],
  ["grossamount", "grosscurrency"],
  ["amountvalue", "amountcurrency"],
  ["targetamountafterfees", "targetcurrency"],
  ["sourceamountafterfees", "sourcecurrency"],
];
const FEE = ["sourcefeeamount", "sourcefeecurrency"] as const;

/** `Source amount (after fees)` and `source_amount_after_fees` are one name. */
const nameOf = (header: string) => header.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** A report whose columns say nothing of payments. */
export class UnreadableReport extends Error {
  override readonly name = "UnreadableReport";
}

type Row = (column: string) => string | null;

/** Reads a report against the run's statements. Throws {@link UnreadableReport}. */
export function readResults(text: string, statements: ReadonlyMap<string, Expected>): Results {
  const { rows, fault } = readCsv(text);
  if (fault !== null) throw new UnreadableReport(`the file is no CSV: ${fault}`);
  const [header, ...lines] = rows;
  const columns = new Map((header?.cells ?? []).map((cell, index) => [nameOf(cell), index]));
  if (!STATUS.some((name) => columns.has(name))) {
    throw new UnreadableReport("the first line names no column Status: is it the report with its header?");
  }
  const results: Result[] = [];
  const faults: RowFault[] = [];
  let unrelated = 0;
  for (const { line, cells } of lines) {
    const statement = cells.map((cell) => cell.trim()).find((cell) => statements.has(cell));
    const expected = statement === undefined ? undefined : statements.get(statement);
    if (statement === undefined || expected === undefined) {
      unrelated += 1;
      continue;
    }
    const row: Row = (column) => cells[columns.get(column) ?? -1]?.trim() || null;
    const judged = judgeRow(row, expected);
    if ("code" in judged) faults.push({ line, statement, ...judged });
    else results.push({ line, statement, ...judged });
  }
  return { ...withoutContradictions(results, faults), unrelated };
}

function judgeRow(
  row: Row,
  expected: Expected,
): Pick<Result, "outcome" | "reason"> | Pick<RowFault, "code" | "detail"> {
  const said = firstOf(row, STATUS) ?? "";
  const outcomes = Object.keys(OUTCOMES) as Result["outcome"][];
  const outcome = outcomes.find((name) => OUTCOMES[name].includes(nameOf(said)));
  if (outcome === undefined) return { code: "status_unknown", detail: `the status “${said}” is not known` };
  const fault = outcome === "paid" ? findAmountFault(row, expected) : null;
  if (fault !== null) return fault;
  const why = firstOf(row, REASON);
  return { outcome, reason: why === null ? said : `${said}: ${why}` };
}

function firstOf(row: Row, columns: readonly string[]): string | null {
  for (const column of columns) {
    const value = row(column);
    if (value !== null) return value;
  }
  return null;
}

/** What was paid must be what was owed; a report that tells no amount is believed. */
function findAmountFault(row: Row, { amount, currency }: Expected): Pick<RowFault, "code" | "detail"> | null {
  const told = AMOUNTS.flatMap(([name, currencyName]) => {
    const text = row(name);
    return text === null ? [] : [{ text, currency: row(currencyName)?.toUpperCase() ?? currency }];
  });
  if (told.length === 0) return null;
  const comparable = told.filter((one) => one.currency === currency);
  if (comparable.length === 0) {
    return { code: "currency_differs", detail: `paid in ${told[0]?.currency}, owed in ${currency}` };
  }
  const unread = comparable.find(({ text }) => readSpokenAmount(text, currency).length === 0);
  if (unread !== undefined) return { code: "amount_unreadable", detail: `“${unread.text}” is no amount` };
  const paid = comparable.flatMap(({ text }) => readSpokenAmount(text, currency));
  const fees = [0, ...readFees(row, currency)];
  if (paid.some((one) => fees.some((fee) => one + fee === amount))) return null;
  const detail = `paid ${comparable[0]?.text} ${currency}, which is not what the statement says`;
  return { code: "amount_differs", detail };
}

/** What Wise took off the exact amount that left the merchant. */
function readFees(row: Row, currency: string): number[] {
  const [amount, of] = FEE;
  const text = row(amount);
  return text === null || row(of)?.toUpperCase() !== currency ? [] : readSpokenAmount(text, currency);
}

/** Of several rows about one statement a final one counts; where two of these differ, none does. */
function withoutContradictions(results: readonly Result[], faults: readonly RowFault[]) {
  const kept: Result[] = [];
  const contradictions: RowFault[] = [];
  for (const [statement, told] of Map.groupBy(results, (result) => result.statement)) {
    const final = told.filter(({ outcome }) => outcome !== "pending");
    const [first = told[0]] = final;
    const other = final.find(({ outcome }) => outcome !== first?.outcome);
    if (first === undefined) continue;
    if (other === undefined) kept.push(first);
    else {
      const detail = `line ${first.line} says ${first.reason}, line ${other.line} ${other.reason}`;
      contradictions.push({ line: other.line, statement, code: "contradiction", detail });
    }
  }
  const byLine = (a: { line: number }, b: { line: number }) => a.line - b.line;
  return { results: kept.toSorted(byLine), faults: [...faults, ...contradictions].toSorted(byLine) };
}
