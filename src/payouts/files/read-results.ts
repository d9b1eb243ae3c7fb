/**
 * Reads payment results from providers' reports: PayPal's payout and activity reports (developer.paypal.com/payouts,
 * /reports/activity-download) and Wise's transaction history. Columns are matched by name, in any order and with any
 * delimiter. A payment is identified by its statement id in any column.
 */

import { readCsv } from "../../lib/csv.ts";
import { cutText } from "../../lib/well-formed.ts";
import { readLocalizedAmount } from "./localized-amount.ts";

/** A statement of the run that the report is for. */
export interface Expected {
  amount: number;
  currency: string;
}

/** The reported result for one statement. */
export interface Result {
  line: number;
  statement: string;
  outcome: "paid" | "failed" | "pending";
  /** The report's own words, including why a payment failed. */
  reason: string;
}

/** A row about a statement that can't be applied. */
export interface RowFault {
  line: number;
  statement: string;
  code: "status_unknown" | "amount_unreadable" | "amount_differs" | "currency_differs" | "contradiction";
  detail: string;
}

/** A parsed report. */
export interface Results {
  results: Result[];
  faults: RowFault[];
  /** The number of lines about other payments, which isn't an error. */
  unrelated: number;
}

/** Both providers' status words, grouped by their result. Statuses that aren't final yet are pending. */
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
/** Columns with amounts and their currencies. Wise's report has both sides of the transfer and the fees. */
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

/** Normalizes headers: `Source amount (after fees)` and `source_amount_after_fees` are the same. */
const nameOf = (header: string) => header.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** Longer texts of a report are cut. */
const REASON_CHARACTERS = 200;

/** The report has no columns about payments, or no row about this run. */
export class UnreadableReport extends Error {
  override readonly name = "UnreadableReport";
}

type Row = (column: string) => string | null;

/** Reads a report about the run's statements. Throws {@link UnreadableReport}. */
export function readResults(text: string, statements: ReadonlyMap<string, Expected>): Results {
  const { rows, fault } = readCsv(text);
  if (fault !== null) throw new UnreadableReport(`the file isn't valid CSV: ${fault}`);
  const [header, ...lines] = rows;
  const columns = new Map((header?.cells ?? []).map((cell, index) => [nameOf(cell), index]));
  if (!STATUS.some((name) => columns.has(name))) {
    throw new UnreadableReport("the first line has no Status column: upload the report with its header row");
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
  if (results.length === 0 && faults.length === 0) {
    throw new UnreadableReport(
      "no row has the ID of a statement in this run: check that the report belongs to this run",
    );
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
  if (outcome === undefined) return { code: "status_unknown", detail: `the status “${said}” is unknown` };
  const fault = outcome === "paid" ? findAmountFault(row, expected) : null;
  if (fault !== null) return fault;
  const why = firstOf(row, REASON);
  const reason = why === null ? said : `${said}: ${why}`;
  return { outcome, reason: cutText(reason, REASON_CHARACTERS) };
}

function firstOf(row: Row, columns: readonly string[]): string | null {
  for (const column of columns) {
    const value = row(column);
    if (value !== null) return value;
  }
  return null;
}

/** The paid amount must equal the amount owed. A report without amounts is accepted. */
function findAmountFault(row: Row, { amount, currency }: Expected): Pick<RowFault, "code" | "detail"> | null {
  const amounts = AMOUNTS.flatMap(([name, currencyName]) => {
    const text = row(name);
    return text === null ? [] : [{ text, currency: row(currencyName)?.toUpperCase() ?? currency }];
  });
  if (amounts.length === 0) return null;
  const comparable = amounts.filter((one) => one.currency === currency);
  if (comparable.length === 0) {
    return { code: "currency_differs", detail: `paid in ${amounts[0]?.currency}, owed in ${currency}` };
  }
  const unread = comparable.find(({ text }) => readLocalizedAmount(text, currency).length === 0);
  if (unread !== undefined) return { code: "amount_unreadable", detail: `“${unread.text}” is not an amount` };
  const paid = comparable.flatMap(({ text }) => readLocalizedAmount(text, currency));
  const fees = [0, ...readFees(row, currency)];
  if (paid.some((one) => fees.some((fee) => one + fee === amount))) return null;
  const detail = `paid ${comparable[0]?.text} ${currency}, which is not what the statement says`;
  return { code: "amount_differs", detail };
}

/** The fees that Wise deducted from the exact amount the merchant sent. */
function readFees(row: Row, currency: string): number[] {
  const [amount, of] = FEE;
  const text = row(amount);
  return text === null || row(of)?.toUpperCase() !== currency ? [] : readLocalizedAmount(text, currency);
}

/**
 * If several rows are about one statement, a final result takes precedence. If final results contradict each other,
 * none is used.
 */
function withoutContradictions(results: readonly Result[], faults: readonly RowFault[]) {
  const kept: Result[] = [];
  const contradictions: RowFault[] = [];
  for (const [statement, rows] of Map.groupBy(results, (result) => result.statement)) {
    const final = rows.filter(({ outcome }) => outcome !== "pending");
    const [first = rows[0]] = final;
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
