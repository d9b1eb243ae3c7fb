/** Checks an account's statements against its ledger. */
import type { LedgerEntry } from "../../commissions/ledger.ts";
import { carriedOf, type Statement } from "./statement.ts";

/** A difference, in words, with its statement if there is one. */
export interface StatementFault {
  statement: number | null;
  fault: string;
}

/**
 * Checks all statements of one account against its whole ledger: each opens with the balance carried over from the one
 * before, its lines add up to its total, no entry is in two statements, its payments and returns are in the ledger, and
 * the carried-over and unstated amounts equal the ledger's remaining balance.
 */
export function checkStatements(entries: readonly LedgerEntry[], statements: readonly Statement[]): StatementFault[] {
  const byNumber = new Map(entries.map((entry) => [entry.number, entry]));
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const stated = new Map<number, number>();
  const carried = new Map<string, number>();
  // A canceled statement may have been drafted before the statement that it continues was paid, when all of it was carried.
  const onceCarried = new Map<string, readonly number[]>();
  const faults: StatementFault[] = [];
  const expect = (holds: boolean, statement: number | null, fault: string) => {
    if (!holds) faults.push({ statement, fault });
  };
  for (const statement of statements.toSorted((a, b) => a.number - b.number)) {
    const { number, currency, opening, total, payable, status, payment } = statement;
    const lines = statement.entries.map((line) => byNumber.get(line));
    expect(!lines.includes(undefined), number, "it states an entry that the ledger has not got");
    const known = lines.filter((line) => line !== undefined);
    expect(
      known.every((line) => line.currency === currency && (line.kind !== "payout" || line.corrects !== null)),
      number,
      "it states an entry of another currency, or a payment",
    );
    const sum = known.reduce((before, { amount }) => before + amount, opening);
    expect(sum === total, number, `its lines come to ${sum}, its total is ${total}`);
    expect(payable === 0 || payable === total, number, `it pays ${payable} of ${total}`);
    expect(payable >= 0, number, "it pays less than nothing");
    const before = carried.get(currency) ?? 0;
    const isCarried =
      status === "cancelled" ? (onceCarried.get(currency) ?? [0]).includes(opening) : opening === before;
    expect(isCarried, number, `it opens with ${opening}, ${before} was carried over`);
    expectMoney(statement, byId, (fault) => faults.push({ statement: number, fault }));
    if (status === "cancelled") continue;
    for (const line of statement.entries) {
      const other = stated.get(line);
      expect(other === undefined, number, `entry ${line} is in statement ${other} too`);
      stated.set(line, number);
    }
    carried.set(currency, carriedOf(statement));
    onceCarried.set(currency, [carriedOf(statement), ...(payment === null ? [] : [total])]);
  }
  const payments = new Set(statements.flatMap(({ payment }) => payment ?? []));
  for (const [currency, left] of addUpLeft(entries, stated)) {
    const unpaid = entries.filter((entry) => entry.currency === currency).reduce((sum, { amount }) => sum + amount, 0);
    const expected = (carried.get(currency) ?? 0) + left;
    expect(
      unpaid === expected,
      null,
      `${currency}: the ledger has ${unpaid} left, statements and the rest ${expected}`,
    );
  }
  for (const { id, kind, corrects } of entries) {
    if (kind !== "payout" || corrects !== null) continue;
    expect(payments.has(id), null, `${id} is a payment of no statement`);
  }
  return faults;
}

/** The total of unstated entries by currency. Payments are never stated. */
function addUpLeft(entries: readonly LedgerEntry[], stated: ReadonlyMap<number, number>): Map<string, number> {
  const left = new Map<string, number>();
  for (const { number, kind, corrects, currency, amount } of entries) {
    const isPayment = kind === "payout" && corrects === null;
    left.set(currency, (left.get(currency) ?? 0) + (isPayment || stated.has(number) ? 0 : amount));
  }
  return left;
}

function expectMoney(
  { status, payable, payment, returned }: Statement,
  byId: ReadonlyMap<string, LedgerEntry>,
  fail: (fault: string) => void,
): void {
  const isPaid = status === "paid" || status === "returned";
  if (isPaid !== (payment !== null)) fail(`it is ${status}, and its payment is ${payment}`);
  if ((status === "returned") !== (returned !== null)) fail(`it is ${status}, and its return is ${returned}`);
  if (payment !== null && byId.get(payment)?.amount !== -payable) fail(`the ledger has no payment of ${payable}`);
  const back = returned === null ? null : byId.get(returned);
  if (back !== null && (back?.amount !== payable || back.corrects !== payment))
    fail("the ledger has not got its return");
}
