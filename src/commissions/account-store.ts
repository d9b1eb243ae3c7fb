import type { AttributedSale } from "../customers/conversion.ts";
import { type ChainHead, canonicalText, chainEntries, FIRST_HASH } from "./chain.ts";
import type { KnownSale } from "./judge-tier.ts";
import { completeEntry, type LedgerEntry, type UnchainedEntry } from "./ledger.ts";
import type { Clearing } from "./post-bonuses.ts";
import { netCommission } from "./record-sale.ts";

/** The key to find an entry by: its conversion, or what created it. */
export const subjectOf = {
  adjustment: (key: string) => `adjustment:${key}`,
  bonus: (mark: string) => `bonus:${mark}`,
};

/** Matches what `isCommissionIn` matches, for a currency as its parameter. */
const IS_COMMISSION = `json_extract(entry, '$.currency') = ? AND json_extract(entry, '$.conversion') IS NOT NULL
  AND (json_extract(entry, '$.kind') = 'commission'
    OR (json_extract(entry, '$.kind') = 'reversal' AND json_extract(entry, '$.from_affiliate_id') IS NULL))`;

/**
 * The Account object's own tables. All calls are synchronous; inside `transactionSync` they form one transaction. Sums
 * over all sales or entries are cached in memory, which is safe because the object is the only writer. Call {@link
 * forget} if a transaction failed.
 */
export class AccountStore {
  readonly #sql: SqlStorage;
  #sales: Map<string, KnownSale> | null = null;
  #commission: { currency: string; sum: number } | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS entries (
        number INTEGER PRIMARY KEY AUTOINCREMENT, conversion TEXT NOT NULL, entry TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS entries_by_conversion ON entries (conversion);
      CREATE TABLE IF NOT EXISTS sales (conversion TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS overrides (
        conversion TEXT NOT NULL, affiliate_id INTEGER NOT NULL, revision INTEGER NOT NULL, approved INTEGER NOT NULL,
        PRIMARY KEY (conversion, affiliate_id)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS known (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    `);
    this.#addColumn("entries", "hash");
    this.#addColumn("sales", "state");
    this.#addColumn("overrides", "settled_at");
  }

  /** Adds a column to tables created by an older version. */
  #addColumn(table: string, column: string): void {
    const columns = this.#sql.exec<{ name: string }>(`PRAGMA table_info(${table})`).toArray();
    if (!columns.some(({ name }) => name === column)) this.#sql.exec(`ALTER TABLE ${table} ADD COLUMN ${column} TEXT`);
  }

  /** A stored value that never changes, or null if it hasn't been looked up yet. */
  recall<Value>(name: string): { value: Value } | null {
    const [row] = this.#sql.exec<{ value: string }>("SELECT value FROM known WHERE name = ?", name).toArray();
    return row === undefined ? null : { value: JSON.parse(row.value) };
  }

  remember(name: string, value: unknown): void {
    this.#sql.exec("INSERT INTO known (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", name, JSON.stringify(value));
  }

  /** The newest known revision of a sale. `state` is null if an older version didn't store it. */
  findSale(conversion: string): { revision: number; state: KnownSale | null } | null {
    const [row] = this.#sql
      .exec<{ revision: number; state: string | null }>(
        "SELECT revision, state FROM sales WHERE conversion = ?",
        conversion,
      )
      .toArray();
    return row === undefined ? null : { ...row, state: row.state === null ? null : JSON.parse(row.state) };
  }

  putSale(revision: number, state: KnownSale): void {
    this.#sql.exec(
      `INSERT INTO sales (conversion, revision, state) VALUES (?, ?, ?)
       ON CONFLICT (conversion) DO UPDATE SET revision = excluded.revision, state = excluded.state`,
      state.conversion,
      revision,
      JSON.stringify(state),
    );
    this.#sales?.set(state.conversion, state);
  }

  /** Replaces the opaque id of a customer in its sales. What was decided stays, and nothing is decided again. */
  renameCustomer(from: string, to: string): void {
    this.#sql.exec(
      "UPDATE sales SET state = json_set(state, '$.customer', ?) WHERE state ->> 'customer' = ?",
      to,
      from,
    );
    this.#sales = null;
  }

  /** Sales in roughly chronological order, with late ones at the end, which makes sorting cheap for callers. */
  listSales(): KnownSale[] {
    this.#sales ??= new Map(
      this.#sql
        .exec<{ state: string }>("SELECT state FROM sales WHERE state IS NOT NULL")
        .toArray()
        .map((row) => JSON.parse(row.state) as KnownSale)
        .sort((a, b) => a.occurred_at - b.occurred_at)
        .map((state) => [state.conversion, state]),
    );
    return [...this.#sales.values()];
  }

  /** The state of a sale by an affiliate this one sponsors. */
  findOverride(sale: Pick<AttributedSale, "conversion" | "affiliate_id">) {
    const [row] = this.#sql
      .exec<{ revision: number; approved: number }>(
        "SELECT revision, approved FROM overrides WHERE conversion = ? AND affiliate_id = ?",
        sale.conversion,
        sale.affiliate_id,
      )
      .toArray();
    return row === undefined ? null : { revision: row.revision, approved: row.approved === 1 };
  }

  putOverride(
    sale: Pick<AttributedSale, "conversion" | "affiliate_id" | "revision" | "settled_at">,
    approved: boolean,
  ): void {
    this.#sql.exec(
      `INSERT INTO overrides (conversion, affiliate_id, revision, approved, settled_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (conversion, affiliate_id)
       DO UPDATE SET revision = excluded.revision, settled_at = excluded.settled_at`,
      sale.conversion,
      sale.affiliate_id,
      sale.revision,
      approved ? 1 : 0,
      sale.settled_at === undefined ? null : String(sale.settled_at),
    );
  }

  /** When the merchant received the money of an entry's sale, in ms. Null if that isn't known. For a lead, its own time. */
  settledAt({ conversion, from_affiliate_id }: Pick<LedgerEntry, "conversion" | "from_affiliate_id">): number | null {
    if (conversion === null) return null;
    if (from_affiliate_id === null) {
      const sale = this.findSale(conversion)?.state ?? null;
      return sale?.amount === 0 ? sale.occurred_at : (sale?.settled_at ?? null);
    }
    const [row] = this.#sql
      .exec<{ settled_at: string | null }>(
        "SELECT settled_at FROM overrides WHERE conversion = ? AND affiliate_id = ?",
        conversion,
        from_affiliate_id,
      )
      .toArray();
    return row?.settled_at == null ? null : Number(row.settled_at);
  }

  /**
   * Appends entries to the chain. `subject` is the key to find them by if there is no conversion. Reasons are stored as
   * UTF-8, so they are made well-formed before they are hashed: otherwise the stored entry would not match its hash.
   */
  addEntries(unchained: readonly UnchainedEntry[], subject: string): LedgerEntry[] {
    const wellFormed = unchained.map((entry) => ({ ...entry, reason: entry.reason?.toWellFormed() ?? null }));
    const entries = chainEntries(this.head.hash, wellFormed);
    for (const entry of entries) {
      this.#sql.exec(
        "INSERT INTO entries (number, conversion, entry, hash) VALUES (?, ?, ?, ?)",
        entry.number,
        entry.conversion ?? subject,
        canonicalText(entry),
        entry.hash,
      );
    }
    if (this.#commission !== null) this.#commission.sum += netCommission(entries, this.#commission.currency);
    return entries;
  }

  /** The end of the chain. */
  get head(): ChainHead {
    const [row] = this.#sql
      .exec<{ number: number; hash: string }>("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1")
      .toArray();
    return { entries: row?.number ?? 0, hash: row?.hash ?? FIRST_HASH };
  }

  listEntriesOf(subject: string): LedgerEntry[] {
    return this.#readEntries("WHERE conversion = ? ORDER BY number", subject);
  }

  /** Up to `limit` entries after a number, in order. */
  listEntries(after: number, limit: number): LedgerEntry[] {
    return this.#readEntries("WHERE number > ? ORDER BY number LIMIT ?", after, limit);
  }

  /** The entries with these numbers, in order. */
  pickEntries(numbers: readonly number[]): LedgerEntry[] {
    return this.#readEntries(
      "WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number",
      JSON.stringify(numbers),
    );
  }

  #readEntries(where: string, ...values: (string | number)[]): LedgerEntry[] {
    return this.#sql
      .exec<{ number: number; entry: string; hash: string }>(
        `SELECT number, entry, hash FROM entries ${where}`,
        ...values,
      )
      .toArray()
      .map((row) => ({ ...completeEntry(JSON.parse(row.entry)), number: row.number, hash: row.hash }));
  }

  /** {@link netCommission} over all entries, summed in SQLite to avoid creating objects. */
  netCommission(currency: string): number {
    if (this.#commission?.currency !== currency) {
      const { sum } = this.#sql
        .exec<{ sum: number }>(
          `SELECT coalesce(sum(json_extract(entry, '$.amount')), 0) AS sum FROM entries
           WHERE ${IS_COMMISSION}`,
          currency,
        )
        .one();
      this.#commission = { currency, sum };
    }
    return this.#commission.sum;
  }

  /** The same sum by when it clears. */
  listCommissions(currency: string): Clearing[] {
    return this.#sql
      .exec<{ clears_at: number; amount: number }>(
        `SELECT json_extract(entry, '$.clears_at') AS clears_at, sum(json_extract(entry, '$.amount')) AS amount
         FROM entries WHERE ${IS_COMMISSION} GROUP BY 1 ORDER BY 1`,
        currency,
      )
      .toArray();
  }

  /** Chains entries stored before hashes existed and returns them. */
  chainUnchained(): LedgerEntry[] {
    const [first] = this.#sql
      .exec<{ number: number }>("SELECT number FROM entries WHERE hash IS NULL ORDER BY number LIMIT 1")
      .toArray();
    if (first === undefined) return [];
    const [before] = this.#readEntries("WHERE number < ? ORDER BY number DESC LIMIT 1", first.number);
    const entries = chainEntries(
      before?.hash ?? FIRST_HASH,
      this.#readEntries("WHERE number >= ? ORDER BY number", first.number),
    );
    for (const { number, hash } of entries) {
      this.#sql.exec("UPDATE entries SET hash = ? WHERE number = ? AND hash IS NULL", hash, number);
    }
    return entries;
  }

  /** Clears the in-memory cache. */
  forget(): void {
    this.#sales = null;
    this.#commission = null;
  }
}
