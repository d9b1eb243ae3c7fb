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

  /** The number of the newest; 0 where there is none. */
  get last(): number {
    return this.#sql.exec<{ n: number }>("SELECT coalesce(max(number), 0) AS n FROM statements").one().n;
  }

  /** By their currencies. */
  listOfRun(run: string): Statement[] {
    return this.#read("WHERE run = ? ORDER BY currency", run);
  }

  find(number: number): Statement | null {
    return this.#read("WHERE number = ?", number)[0] ?? null;
  }

  /** Up to `limit` after a number, in order. */
  list(after: number, limit: number): Statement[] {
    return this.#read("WHERE number > ? ORDER BY number LIMIT ?", after, limit);
  }

  /** What a run was answered when it first asked for anything, and whose run was in the way; null where it has not asked. */
  recall(run: string): { busy_with: string | null } | null {
    const rows = this.#sql.exec<{ busy_with: string | null }>("SELECT busy_with FROM heard WHERE run = ?", run);
    return rows.toArray()[0] ?? null;
  }

  /**
   * Keeps that a run has asked, even where it got no statement: a draft that comes late, after others went on with the run,
   * may not make statements that nobody would pay or cancel any more.
   */
  hear(run: string, busy_with: string | null): void {
    this.#sql.exec("INSERT INTO heard (run, busy_with) VALUES (?, ?) ON CONFLICT DO NOTHING", run, busy_with);
  }

  /** A run whose statements are still to be paid or cancelled; null for none. */
  get openRun(): string | null {
    return this.#read("WHERE status = 'drafted' LIMIT 1")[0]?.run ?? null;
  }

  /** Whether a month has statements that were not cancelled. */
  wasRun(month: string): boolean {
    const query = "SELECT 1 FROM statements WHERE status <> 'cancelled' AND statement ->> 'month' = ? LIMIT 1";
    return this.#sql.exec(query, month).toArray().length > 0;
  }

  /** What is carried over in each currency that has statements. */
  carried(): Map<string, number> {
    const last = this.#read(
      "WHERE number IN (SELECT max(number) FROM statements WHERE status <> 'cancelled' GROUP BY currency)",
    );
    return new Map(last.map((statement) => [statement.currency, carriedOf(statement)]));
  }

  /** Which statement has an entry; null where none has. */
  statedBy(entry: number): number | null {
    const [row] = this.#sql
      .exec<{ statement: number }>("SELECT statement FROM stated WHERE entry = ?", entry)
      .toArray();
    return row?.statement ?? null;
  }

  /** The numbers of the entries from 1 to `last` that no statement has, in order. */
  unstated(last: number): number[] {
    return this.#sql
      .exec<{ number: number }>(
        "SELECT number FROM entries WHERE number <= ? AND number NOT IN (SELECT entry FROM stated) ORDER BY number",
        last,
      )
      .toArray()
      .map(({ number }) => number);
  }

  /** Keeps a statement: a new one takes its entries, a cancelled one gives them back. */
  put(statement: Statement): void {
    const { number, run, currency, status, entries } = statement;
    if (this.find(number) === null) {
      for (const entry of entries) {
        this.#sql.exec("INSERT INTO stated (entry, statement) VALUES (?, ?)", entry, number);
      }
    } else if (status === "cancelled") this.#sql.exec("DELETE FROM stated WHERE statement = ?", number);
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
