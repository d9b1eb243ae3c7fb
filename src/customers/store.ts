import { completeTerms, type ProgramTerms } from "../programs/terms.ts";
import { type ConversionRecord, parseRecord } from "./conversion.ts";
import { type Fact, parseFact } from "./fact.ts";

/** The Customer object's own tables. All calls are synchronous; inside `transactionSync` they are one change. */
export class CustomerStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS facts (id TEXT PRIMARY KEY, fact TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS terms (version INTEGER PRIMARY KEY, terms TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS conversions (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
    `);
  }

  findFact(id: string): Fact | null {
    const [row] = this.#sql.exec<{ fact: string }>("SELECT fact FROM facts WHERE id = ?", id).toArray();
    return row === undefined ? null : parseFact(row.fact);
  }

  listFacts(): Fact[] {
    return this.#sql
      .exec<{ fact: string }>("SELECT fact FROM facts")
      .toArray()
      .map((row) => parseFact(row.fact));
  }

  addFact(fact: Fact): void {
    this.#sql.exec("INSERT INTO facts (id, fact) VALUES (?, ?)", fact.id, JSON.stringify(fact));
  }

  /** Terms never change under their version: the first copy stays. */
  keepTerms(version: number, terms: ProgramTerms): void {
    this.#sql.exec(
      "INSERT INTO terms (version, terms) VALUES (?, ?) ON CONFLICT DO NOTHING",
      version,
      JSON.stringify(terms),
    );
  }

  findTerms(version: number): ProgramTerms {
    const { terms } = this.#sql.exec<{ terms: string }>("SELECT terms FROM terms WHERE version = ?", version).one();
    return completeTerms(JSON.parse(terms));
  }

  listConversions(): Map<string, ConversionRecord> {
    const rows = this.#sql.exec<{ id: string; record: string }>("SELECT id, record FROM conversions").toArray();
    return new Map(rows.map((row) => [row.id, parseRecord(row.record)]));
  }

  putConversion(record: ConversionRecord): void {
    this.#sql.exec(
      "INSERT INTO conversions (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record",
      record.id,
      JSON.stringify(record),
    );
  }
}
