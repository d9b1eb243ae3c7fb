import { completeTerms, type ProgramTerms } from "../programs/terms.ts";
import { type Checkpoint, NO_CHECKPOINT } from "./checkpoint.ts";
import { type ConversionRecord, parseRecord } from "./conversion.ts";
import { CLOCK_SKEW_MS } from "./credit.ts";
import type { ScopedRuling } from "./decisions/find-rulings.ts";
import { readRuling } from "./disputes/ruling.ts";
import {
  type ApprovalChange,
  evidenceOf,
  type Fact,
  type Mark,
  type MarkKind,
  type OwnKind,
  type OwnMark,
  type Position,
  parseFact,
  timeOfFact,
} from "./fact.ts";
import { isFolded } from "./fold.ts";
import { type CustomerKnowledge, subscriptionOf } from "./knowledge.ts";
import { SCHEMA, TABLES } from "./object-tables.ts";
import { TouchStore } from "./touches/touch-store.ts";

/** The Customer object's own tables. All calls are synchronous; inside `transactionSync` they form one transaction. */
export class CustomerStore {
  readonly #sql: SqlStorage;
  readonly touches: TouchStore;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.touches = new TouchStore(sql);
    sql.exec(SCHEMA);
    this.#indexOldFacts();
  }

  findFact(id: string): Fact | null {
    const [row] = this.#sql.exec<{ fact: string }>("SELECT fact FROM facts WHERE id = ?", id).toArray();
    return row === undefined ? null : parseFact(row.fact);
  }

  /** The id of an erased customer's fact, by the erased id of its event; see `anonymizeFacts`. */
  findErasedFact(erased_id: string): string | null {
    const query = "SELECT id FROM facts WHERE id >= '+' AND id < ',' AND substr(id, 12) = ?";
    return this.#sql.exec<{ id: string }>(query, erased_id).toArray()[0]?.id ?? null;
  }

  listFacts(): Fact[] {
    return this.#read("SELECT fact FROM facts ORDER BY id");
  }

  /** Stores and indexes a fact. Returns false, and changes nothing, if the fact is already stored. */
  addFact(fact: Fact): boolean {
    if (this.findFact(fact.id) !== null) return false;
    this.#sql.exec("INSERT INTO facts (id, fact) VALUES (?, ?)", fact.id, JSON.stringify(fact));
    this.#file(fact);
    return true;
  }

  /** Whether any fact belongs to a conversion. */
  hasConversion(id: string): boolean {
    return this.#sql.exec("SELECT 1 FROM fact_places WHERE conversion_id = ? LIMIT 1", id).toArray().length > 0;
  }

  factsOfConversions(ids: Iterable<string>): Fact[] {
    return this.#read(
      `SELECT fact FROM json_each(?) CROSS JOIN fact_places p ON p.conversion_id = json_each.value
       JOIN facts f ON f.id = p.id ORDER BY p.at, p.id`,
      JSON.stringify([...ids]),
    );
  }

  /** Up to `limit` folded facts after a position, in canonical order. */
  foldedAfter({ at, id }: Position, limit: number): Fact[] {
    return this.#read(
      `SELECT fact FROM fact_places p JOIN facts f ON f.id = p.id
       WHERE p.folded = 1 AND (p.at, p.id) > (?, ?) ORDER BY p.at, p.id LIMIT ?`,
      at,
      id,
      limit,
    );
  }

  /** The folded facts of these times (ms). */
  foldedAt(times: ReadonlySet<number>): Fact[] {
    return this.#read(
      `SELECT fact FROM json_each(?) CROSS JOIN fact_places p ON p.folded = 1 AND p.at = json_each.value
       JOIN facts f ON f.id = p.id ORDER BY p.at, p.id`,
      JSON.stringify([...times]),
    );
  }

  /** The `touch` facts that name a subscription. */
  touchesOfSubscription(subscription: string): Fact[] {
    return this.#read(
      `SELECT fact FROM fact_places p JOIN facts f ON f.id = p.id
       WHERE p.subscription = ? AND p.type = 'touch' ORDER BY p.at, p.id`,
      subscription,
    );
  }

  /** The trial or payment that a subscription's touch is carried to; see `isCarrierOf`. */
  carrierOf(subscription: string, touchedAt: number): Fact | null {
    const [fact] = this.#read(
      `SELECT fact FROM fact_places p JOIN facts f ON f.id = p.id
       WHERE p.subscription = ? AND p.type IN ('sale', 'trial') AND p.at >= ? ORDER BY p.at, p.id LIMIT 1`,
      subscription,
      touchedAt - CLOCK_SKEW_MS,
    );
    return fact ?? null;
  }

  /**
   * When the first trial or payment of a subscription or conversion happened (ms). With neither given, the customer's
   * first.
   */
  beganAt(of: { subscription?: string; conversion?: string }): number | null {
    const { subscription = null, conversion = null } = of;
    const [row] = this.#sql
      .exec<{ at: number | null }>(
        `SELECT min(at) AS at FROM fact_places WHERE type IN ('sale', 'trial')
         AND (?1 IS NULL OR subscription = ?1 OR conversion_id IN (
           SELECT conversion_id FROM fact_places WHERE subscription = ?1 AND type = 'touch' AND conversion_id IS NOT NULL
         ))
         AND (?2 IS NULL OR conversion_id = ?2)`,
        subscription,
        conversion,
      )
      .toArray();
    return row?.at ?? null;
  }

  /** Everything known from the customer's facts that isn't specific to a conversion. */
  readCustomerKnowledge(): CustomerKnowledge {
    const approvals = this.#sql
      .exec<{ affiliate_id: number; since: number; approved: number }>("SELECT * FROM standings ORDER BY since")
      .toArray()
      .map((row): ApprovalChange => ({ ...row, approved: row.approved === 1 }));
    return {
      touches: this.touches,
      approvals: Map.groupBy(approvals, ({ affiliate_id }) => affiliate_id),
      own: this.#ownMarks(),
      rulings: this.listRulings(),
    };
  }

  /** What the merchant ruled, in the order in which it did. */
  listRulings(): ScopedRuling[] {
    return this.#sql
      .exec<{ scope: string; ruling: string }>("SELECT scope, ruling FROM rulings ORDER BY at, id")
      .toArray()
      .map(({ scope, ruling }) => ({ scope, ruling: JSON.parse(ruling) }));
  }

  approvalTimesOf(affiliateId: number): number[] {
    return this.#sql
      .exec<{ since: number }>("SELECT since FROM standings WHERE affiliate_id = ? ORDER BY since", affiliateId)
      .toArray()
      .map(({ since }) => since);
  }

  /** Whether a mark is known, or a stronger one of the same affiliate: a sponsor's doesn't count under all terms. */
  isOwn({ affiliate_id, by }: OwnMark): boolean {
    const query = "SELECT 1 FROM own WHERE affiliate_id = ? AND (by = ? OR by <> 'sponsor') LIMIT 1";
    return this.#sql.exec(query, affiliate_id, by).toArray().length > 0;
  }

  listMarks(): Mark[] {
    return this.#sql
      .exec<{ kind: string; hash: string }>("SELECT kind, hash FROM marks")
      .toArray()
      .map(({ kind, hash }) => ({ kind: kind as MarkKind, hash }));
  }

  /** The last checkpoint before a time. */
  checkpointBefore(at: number): Checkpoint {
    return this.#readCheckpoint("WHERE at < ? ORDER BY at DESC, id DESC LIMIT 1", at) ?? NO_CHECKPOINT;
  }

  /** The first checkpoint after a position, or null if there is none. */
  checkpointAfter({ at, id }: Position): Checkpoint | null {
    return this.#readCheckpoint("WHERE (at, id) > (?, ?) ORDER BY at, id LIMIT 1", at, id);
  }

  /**
   * Replaces the checkpoints after `from` and before `to`, or all after `from`. The newest checkpoint, at the end of
   * the fold, is always kept; of the others only one in every few.
   */
  replaceCheckpoints(
    { from, to }: { from: Checkpoint; to: Position | null },
    checkpoints: readonly Checkpoint[],
    keptEvery: number,
  ): void {
    const { at, id } = from.position;
    const isNewest = this.checkpointAfter(from.position) === null;
    const end = to ?? { at: Number.MAX_SAFE_INTEGER, id: "" };
    this.#sql.exec("DELETE FROM checkpoints WHERE (at, id) > (?, ?) AND (at, id) < (?, ?)", at, id, end.at, end.id);
    if (isNewest && checkpoints.length > 0 && from.folded % keptEvery !== 0) {
      this.#sql.exec("DELETE FROM checkpoints WHERE at = ? AND id = ?", at, id);
    }
    for (const { position, folded, state } of checkpoints) {
      this.#sql.exec(
        "INSERT INTO checkpoints (at, id, folded, state) VALUES (?, ?, ?, ?)",
        position.at,
        position.id,
        folded,
        JSON.stringify(state),
      );
    }
  }

  #readCheckpoint(where: string, ...values: (string | number)[]): Checkpoint | null {
    const [row] = this.#sql
      .exec<{ at: number; id: string; folded: number; state: string }>(`SELECT * FROM checkpoints ${where}`, ...values)
      .toArray();
    if (row === undefined) return null;
    return { position: { at: row.at, id: row.id }, folded: row.folded, state: JSON.parse(row.state) };
  }

  /** A version of the terms never changes, so the first copy stays. */
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

  /** Every stored version of the terms. */
  listTerms(): { version: number; terms: ProgramTerms }[] {
    return this.#sql
      .exec<{ version: number; terms: string }>("SELECT version, terms FROM terms")
      .toArray()
      .map(({ version, terms }) => ({ version, terms: completeTerms(JSON.parse(terms)) }));
  }

  findConversion(id: string): ConversionRecord | null {
    const record = this.readConversion(id);
    return record === null ? null : parseRecord(record);
  }

  /** Returns a record as stored. */
  readConversion(id: string): string | null {
    const [row] = this.#sql.exec<{ record: string }>("SELECT record FROM conversions WHERE id = ?", id).toArray();
    return row?.record ?? null;
  }

  listConversions(): ConversionRecord[] {
    const rows = this.#sql.exec<{ record: string }>("SELECT record FROM conversions").toArray();
    return rows.map(({ record }) => parseRecord(record));
  }

  putConversion(record: ConversionRecord): void {
    this.#sql.exec(
      "INSERT INTO conversions (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record",
      record.id,
      JSON.stringify(record),
    );
  }

  /** Deletes everything that is stored of the customer. */
  deleteAll(): void {
    for (const table of TABLES) this.#sql.exec(`DELETE FROM ${table}`);
  }

  readSetting(name: string): string | null {
    const [row] = this.#sql.exec<{ value: string }>("SELECT value FROM settings WHERE name = ?", name).toArray();
    return row?.value ?? null;
  }

  writeSetting(name: string, value: string): void {
    this.#sql.exec(
      "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      name,
      value,
    );
  }

  #read(query: string, ...bindings: (string | number)[]): Fact[] {
    return this.#sql
      .exec<{ fact: string }>(query, ...bindings)
      .toArray()
      .map(({ fact }) => parseFact(fact));
  }

  #ownMarks(): Map<number, OwnKind> {
    // If several identifiers match, always use the same one; a sponsor's only if there is no other.
    const rows = this.#sql
      .exec<{ affiliate_id: number; by: string }>(
        `SELECT affiliate_id, coalesce(min(CASE WHEN by <> 'sponsor' THEN by END), 'sponsor') AS by
         FROM own GROUP BY affiliate_id`,
      )
      .toArray();
    return new Map(rows.map(({ affiliate_id, by }) => [affiliate_id, by as OwnKind]));
  }

  #file(fact: Fact): void {
    const { event } = fact;
    this.#sql.exec(
      "INSERT INTO fact_places (id, at, type, folded, conversion_id, subscription) VALUES (?, ?, ?, ?, ?, ?)",
      fact.id,
      timeOfFact(fact),
      event.type,
      isFolded(fact) ? 1 : 0,
      fact.conversion_id,
      subscriptionOf(fact),
    );
    for (const touch of evidenceOf(fact)) this.touches.add(touch);
    for (const { affiliate_id, since, approved } of fact.standings) {
      this.#sql.exec(
        // If the status at a given time is stored twice, the later write wins.
        "INSERT INTO standings (affiliate_id, since, approved) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET approved = excluded.approved",
        affiliate_id,
        since,
        approved ? 1 : 0,
      );
    }
    for (const { kind, hash } of fact.marks) {
      this.#sql.exec("INSERT INTO marks (kind, hash) VALUES (?, ?) ON CONFLICT DO NOTHING", kind, hash);
    }
    for (const { affiliate_id, by } of fact.own as OwnMark[]) {
      this.#sql.exec("INSERT INTO own (affiliate_id, by) VALUES (?, ?) ON CONFLICT DO NOTHING", affiliate_id, by);
    }
    const ruled = readRuling(fact);
    if (ruled !== null) {
      this.#sql.exec(
        "INSERT INTO rulings (scope, at, id, ruling) VALUES (?, ?, ?, ?)",
        ruled.scope,
        ruled.ruling.ruled_at,
        fact.id,
        JSON.stringify(ruled.ruling),
      );
    }
  }

  /** Indexes facts that were stored before the index existed. */
  #indexOldFacts(): void {
    const [any] = this.#sql.exec("SELECT 1 FROM facts WHERE NOT EXISTS (SELECT 1 FROM fact_places) LIMIT 1").toArray();
    if (any === undefined) return;
    for (const fact of this.listFacts()) this.#file(fact);
  }
}
