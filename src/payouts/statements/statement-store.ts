import type { PayWindow } from "../payout-window.ts";
import { carriedOf, type Statement } from "./statement.ts";

/** The statements in the Account object's own tables. All calls are synchronous. */
export class StatementStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS statements (
        number INTEGER PRIMARY KEY, run TEXT NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL, statement TEXT NOT NULL
      );
      CREATE UNIQUE INDEX IF NOT EXISTS statements_by_run ON statements (run, currency);
      CREATE TABLE IF NOT EXISTS stated (entry INTEGER PRIMARY KEY, statement INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS heard (run TEXT PRIMARY KEY, busy_with TEXT) WITHOUT ROWID;
    `);
  }

  /** The number of the newest statement, or 0. */
  get last(): number {
    return this.#sql.exec<{ n: number }>("SELECT coalesce(max(number), 0) AS n FROM statements").one().n;
  }

  /** A run's statements, ordered by currency. */
  listOfRun(run: string): Statement[] {
    return this.#read("WHERE run = ? ORDER BY currency", run);
  }

  find(number: number): Statement | null {
    return this.#read("WHERE number = ?", number)[0] ?? null;
  }

  /** Up to `limit` statements after a number, in order. */
  list(after: number, limit: number): Statement[] {
    return this.#read("WHERE number > ? ORDER BY number LIMIT ?", after, limit);
  }

  /** Whether a run has already drafted here, and which run blocked it, if any; null if it hasn't. */
  recall(run: string): { busy_with: string | null } | null {
    const rows = this.#sql.exec<{ busy_with: string | null }>("SELECT busy_with FROM heard WHERE run = ?", run);
    return rows.toArray()[0] ?? null;
  }

  /**
   * Records that a run has drafted here, even if it got no statement. A late draft call, after the run has moved on,
   * then can't create statements that would never be paid or canceled.
   */
  recordDraft(run: string, busy_with: string | null): void {
    this.#sql.exec("INSERT INTO heard (run, busy_with) VALUES (?, ?) ON CONFLICT DO NOTHING", run, busy_with);
  }

  /** The run whose statements are still to be paid or canceled, or null. */
  get openRun(): string | null {
    return this.#read("WHERE status = 'drafted' LIMIT 1")[0]?.run ?? null;
  }

  /** Whether a payout window has statements that weren't canceled. */
  wasRun({ month, window = 1 }: PayWindow): boolean {
    const query = `SELECT 1 FROM statements WHERE status <> 'cancelled' AND statement ->> 'month' = ?
                   AND coalesce(statement ->> 'window', 1) = ? LIMIT 1`;
    return this.#sql.exec(query, month, window).toArray().length > 0;
  }

  /** The balance carried over in each currency with statements. */
  carried(): Map<string, number> {
    const last = this.#read(
      "WHERE number IN (SELECT max(number) FROM statements WHERE status <> 'cancelled' GROUP BY currency)",
    );
    return new Map(last.map((statement) => [statement.currency, carriedOf(statement)]));
  }

  /** The entries of a currency's statements since its last payment, which its balance comes from. */
  listCarriedEntries(currency: string): number[] {
    const last = `SELECT coalesce(max(number), 0) FROM statements WHERE currency = ?1 AND status IN ('paid', 'returned')`;
    const where = `WHERE currency = ?1 AND status <> 'cancelled' AND number > (${last})`;
    return this.#read(where, currency).flatMap(({ entries }) => entries);
  }

  /** The number of the next statement in the same currency, which opens with this one's carried balance, or null. */
  carriedTo({ number, currency }: Pick<Statement, "number" | "currency">): number | null {
    const where = "WHERE number > ? AND currency = ? AND status <> 'cancelled' ORDER BY number LIMIT 1";
    return this.#read(where, number, currency)[0]?.number ?? null;
  }

  /** The number of the statement that includes an entry, or null. */
  statedBy(entry: number): number | null {
    const [row] = this.#sql
      .exec<{ statement: number }>("SELECT statement FROM stated WHERE entry = ?", entry)
      .toArray();
    return row?.statement ?? null;
  }

  /** The numbers from 1 to `last` of entries in no statement, in order. */
  unstated(last: number): number[] {
    return this.#sql
      .exec<{ number: number }>(
        "SELECT number FROM entries WHERE number <= ? AND number NOT IN (SELECT entry FROM stated) ORDER BY number",
        last,
      )
      .toArray()
      .map(({ number }) => number);
  }

  /** Stores a statement. It claims its entries when they are added; a canceled one releases them. */
  put(statement: Statement): void {
    const { number, run, currency, status, entries } = statement;
    const known = this.find(number)?.entries.length ?? 0;
    if (status === "cancelled") this.#sql.exec("DELETE FROM stated WHERE statement = ?", number);
    else {
      for (const entry of entries.slice(known)) {
        this.#sql.exec("INSERT INTO stated (entry, statement) VALUES (?, ?)", entry, number);
      }
    }
    this.#sql.exec(
      `INSERT INTO statements (number, run, currency, status, statement) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (number) DO UPDATE SET status = excluded.status, statement = excluded.statement`,
      number,
      run,
      currency,
      status,
      JSON.stringify(statement),
    );
  }

  #read(where: string, ...values: (string | number)[]): Statement[] {
    return this.#sql
      .exec<{ statement: string }>(`SELECT statement FROM statements ${where}`, ...values)
      .toArray()
      .map(({ statement }) => JSON.parse(statement));
  }
}
