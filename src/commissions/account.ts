import { DurableObject } from "cloudflare:workers";
import type { AttributedSale } from "../customers/conversion.ts";
import { Outbox } from "../db/outbox.ts";
import type { Env } from "../env.ts";
import { type LedgerEntry, postSale } from "./ledger.ts";

/** Names the Account object of an affiliate in a programme. */
export function accountKeyOf(account: { program_id: number; affiliate_id: number }): string {
  return `${account.program_id}:${account.affiliate_id}`;
}

/**
 * One affiliate's ledger in one programme. Serialised by being one object; entries and outbox change in one transaction.
 * The wiring says where entries are projected.
 */
export abstract class AccountObject extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #outbox: Outbox<LedgerEntry>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS entries (
        number INTEGER PRIMARY KEY AUTOINCREMENT, conversion TEXT NOT NULL, entry TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS entries_by_conversion ON entries (conversion);
      CREATE TABLE IF NOT EXISTS sales (conversion TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
    `);
    this.#outbox = new Outbox(ctx.storage, (entry) => this.deliver(entry));
    ctx.blockConcurrencyWhile(() => this.#outbox.rearm(Date.now()));
  }

  /** Projects one entry; twice is once; throws where it was not taken. */
  protected abstract deliver(entry: LedgerEntry): Promise<void>;

  /** Posts what a sale's state calls for; resolves once durable. A revision that is not newer than the last changes nothing. */
  async post(sale: AttributedSale): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      if (sale.revision <= this.#revisionOf(sale.conversion)) return;
      this.#sql.exec(
        "INSERT INTO sales (conversion, revision) VALUES (?, ?) ON CONFLICT (conversion) DO UPDATE SET revision = excluded.revision",
        sale.conversion,
        sale.revision,
      );
      let number = this.#lastNumber();
      const posted = postSale(this.#entriesOf(sale.conversion), sale, () => {
        number += 1;
        return { number, id: `en_${sale.program_id}_${sale.affiliate_id}_${number}` };
      });
      for (const entry of posted) {
        this.#sql.exec(
          "INSERT INTO entries (number, conversion, entry) VALUES (?, ?, ?)",
          entry.number,
          entry.conversion,
          JSON.stringify(entry),
        );
      }
      this.#outbox.put(posted);
    });
    if (this.#outbox.size > 0) await this.ctx.storage.setAlarm(Date.now());
    await this.ctx.storage.sync();
  }

  override async alarm(): Promise<void> {
    await this.#outbox.relay(Date.now);
  }

  #revisionOf(conversion: string): number {
    const [row] = this.#sql
      .exec<{ revision: number }>("SELECT revision FROM sales WHERE conversion = ?", conversion)
      .toArray();
    return row?.revision ?? 0;
  }

  #lastNumber(): number {
    return this.#sql.exec<{ last: number }>("SELECT coalesce(max(number), 0) AS last FROM entries").one().last;
  }

  #entriesOf(conversion: string): LedgerEntry[] {
    return this.#sql
      .exec<{ entry: string }>("SELECT entry FROM entries WHERE conversion = ? ORDER BY number", conversion)
      .toArray()
      .map((row) => JSON.parse(row.entry));
  }
}
