import { DurableObject } from "cloudflare:workers";
import type { AuditMessage } from "../audit/audit-message.ts";
import { type Database, openDatabase } from "../db/database.ts";
import { insertRows, isEmptyObject, packObject, unpackObject } from "../db/object-backup.ts";
import { Outbox } from "../db/outbox.ts";
import { type Env, readSettings } from "../env.ts";
import { hashEventId } from "../lib/platform/vault.ts";
import { type ConversionEvent, isErasedKey, type Receipt } from "../webhooks/conversion-event.ts";
import type { Relayed } from "../webhooks/identity/unrelayed-store.ts";
import { applyAll } from "./apply-fact.ts";
import type { ConversionRecord } from "./conversion.ts";
import { hashTo128Bits } from "./conversion-id-resolver.ts";
import { CustomerStore } from "./customer-store.ts";
import type { Decision, DecisionResult, PreviewedDecision } from "./decisions/decision.ts";
import { listRuledAffiliates } from "./decisions/find-rulings.ts";
import type { EnteredSale, PreviewedSale } from "./decisions/manual-sale.ts";
import type { Dispute, DisputeResult, PreviewedDispute } from "./disputes/dispute.ts";
import { anonymizeFacts, erasedIdOf } from "./erasure/anonymize.ts";
import { beingErased } from "./erasure/being-erased.ts";
import { hasNewCustomer } from "./erasure/queries.ts";
import { collectTraces, type Traces } from "./erasure/traces.ts";
import { type Fact, parseFact } from "./fact.ts";
import { lookUpAffiliates } from "./lookup-queries.ts";
import {
  accountsFirst,
  type CustomerHistory,
  type CustomerMessage,
  type DownstreamMessage,
  type Holder,
} from "./messages.ts";
import type { Settlement } from "./payments/settlement.ts";

/** The setting that holds the key of the object this customer was merged into. */
export const MERGED_INTO = "merged_into";
/** The setting that holds the keys of the objects merged into this one, as JSON. */
const MERGED_KEYS = "adopted";
/** The setting of an erased customer's old object, which stores nothing else but {@link MERGED_INTO}. */
const EMPTIED = "emptied";
/** The setting of an erased customer's new object that has the whole history, and so takes events. */
const COMPLETE = "complete";

/** The maximum number of facts sent in one call when a history is handed over. */
const HISTORY_PART = 1_000;

/** The calls one Customer object makes to another. */
export interface CustomerPeer {
  record(event: ConversionEvent, receivedAt: number, audit?: AuditMessage): Promise<Receipt>;
  adopt(history: CustomerHistory): Promise<void>;
  dispute(dispute: Dispute, audit?: AuditMessage): Promise<DisputeResult>;
  previewDispute(dispute: Dispute): Promise<PreviewedDispute>;
  settle(settlement: Settlement, audit?: AuditMessage): Promise<Receipt | null>;
  credit(decision: Decision, audit?: AuditMessage): Promise<DecisionResult>;
  previewCredit(decision: Decision): Promise<PreviewedDecision>;
  enter(sale: ConversionEvent, now: number, audit?: AuditMessage): Promise<EnteredSale>;
  previewEntry(sale: ConversionEvent, now: number): Promise<PreviewedSale>;
}

/** Where a customer's history is: its storage and outbox, and how it moves to another object, by a merge or an erasure. */
export abstract class MergeableCustomerObject extends DurableObject<Env> {
  protected readonly store: CustomerStore;
  protected readonly outbox: Outbox<CustomerMessage>;
  protected readonly db: Database;
  /** The latest receipt time known to be stored. Events received later may still be on their way. */
  protected receivedUntil = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new CustomerStore(ctx.storage.sql);
    this.outbox = new Outbox(ctx.storage, (message, isLast) =>
      message.to === "customer"
        ? this.#sendHistory(this.store.readSetting(MERGED_INTO) ?? message.key)
        : this.deliver(message, isLast ? { key: this.name, until: this.receivedUntil } : null),
    );
    this.db = openDatabase(env.DB);
    ctx.blockConcurrencyWhile(() => this.outbox.rearm(Date.now()));
  }

  /**
   * Delivers one message. Receivers are idempotent. Throws if delivery failed. `relayed` is set on the last message for
   * everything received up to that time (ms).
   */
  protected abstract deliver(message: DownstreamMessage, relayed: Relayed | null): Promise<void>;

  /** Returns another Customer object by its key. */
  protected abstract peer(key: string): CustomerPeer;

  /**
   * Merges this customer into another object and forwards later events to it. Resolves once the other object has the
   * history. If it can't be reached, the alarm retries.
   */
  async handOver(into: string): Promise<void> {
    if (into === this.name) throw new Error("a customer is not handed over to itself");
    await this.findElsewhere();
    this.ctx.storage.transactionSync(() => this.#mergeInto(into));
    await this.makeDurable();
    await this.#sendHistory(this.store.readSetting(MERGED_INTO) ?? into);
  }

  /** Merges another object's history into this customer. Idempotent. Resolves once it is durable. */
  async adopt(history: CustomerHistory): Promise<void> {
    if (isErasedKey(this.name)) return this.#adoptAnonymous(history);
    const elsewhere = await this.findElsewhere();
    // The sender is being erased too, and sends its history itself.
    if (elsewhere !== null && isErasedKey(elsewhere)) throw beingErased();
    if (elsewhere !== null) return this.peer(elsewhere).adopt(history);
    const facts = history.facts.map(parseFact);
    const [first] = facts;
    if (first === undefined) return;
    const holder = await this.holderOf(first.event.program_id);
    // After the merge, each history's customer identifiers may match affiliates in the other's touches.
    const known = this.listKnownAffiliates();
    const ids = new Set([...known, ...facts.flatMap(({ touches }) => touches.map(({ affiliate_id }) => affiliate_id))]);
    const marks = [...this.store.listMarks(), ...facts.flatMap((fact) => fact.marks)];
    const { vault_key } = readSettings(this.env);
    const met = await lookUpAffiliates(this.db, vault_key, holder.program_id, [...ids], marks);
    const completed = facts.map((fact, n) => (n === 0 ? { ...fact, ...met } : fact));
    this.ctx.storage.transactionSync(() => {
      if (this.#addHistory(history, completed)) this.applyAll(holder, accountsFirst);
    });
    await this.makeDurable();
  }

  /** A copy of everything that this object stores, of one moment. */
  async readBackup(): Promise<Uint8Array<ArrayBuffer>> {
    return packObject(this.ctx.storage.sql, { format: 1, ...this.#backupName });
  }

  /**
   * Puts a copy back. Returns false, and changes nothing, if the object stores anything. Its pending messages are sent with the
   * next change or rebuild, so that all objects can be restored before.
   */
  async restoreBackup(packed: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const rows = await unpackObject(packed, this.#backupName);
    const { storage } = this.ctx;
    const isRestored = storage.transactionSync(() => {
      if (!isEmptyObject(storage.sql)) return false;
      insertRows(storage.sql, rows);
      return true;
    });
    await storage.sync();
    return isRestored;
  }

  /** Sends pending messages and returns how many are left. Also called when an alarm was lost. */
  async relay(): Promise<number> {
    await this.outbox.relay(Date.now);
    return this.outbox.size;
  }

  override async alarm(): Promise<void> {
    await this.outbox.relay(Date.now);
  }

  /** What the customer's data elsewhere is found by. */
  async readTraces(): Promise<Traces> {
    const facts = this.store.listFacts();
    return collectTraces(facts, await this.#eraseIds(facts), await hashTo128Bits(this.name));
  }

  /** Closes this object, whose customer is erased into another one. Throws while there are messages that it can't send. */
  async close(into: string): Promise<Traces> {
    await this.findElsewhere();
    if (this.store.readSetting(EMPTIED) === null) this.store.writeSetting(MERGED_INTO, into);
    await this.#relayAll();
    return this.readTraces();
  }

  /** Gives the erased customer's new object this object's history, without identity. Idempotent. */
  async sendAnonymous(): Promise<void> {
    await this.#sendHistory(this.#readErasedInto());
  }

  /**
   * Of an erased customer's new object, once it has all histories: makes the decisions of the old objects its own, and takes
   * events from now on. Idempotent. Throws while there are messages that it can't send.
   */
  async complete(): Promise<void> {
    const [fact] = this.store.listFacts();
    const holder = fact === undefined ? null : await this.holderOf(fact.event.program_id);
    this.ctx.storage.transactionSync(() => {
      if (holder !== null && this.store.readSetting(COMPLETE) === null) this.applyAll(holder, accountsFirst);
      this.store.writeSetting(COMPLETE, "1");
    });
    await this.makeDurable();
    await this.#relayAll();
  }

  /** Deletes everything that this object stores, after {@link sendAnonymous}. Late events go to the new object. */
  async empty(): Promise<void> {
    const into = this.#readErasedInto();
    this.ctx.storage.transactionSync(() => {
      this.store.deleteAll();
      this.store.writeSetting(MERGED_INTO, into);
      this.store.writeSetting(EMPTIED, "1");
    });
    await this.ctx.storage.sync();
  }

  /** The object's key. */
  protected get name(): string {
    const { name } = this.ctx.id;
    if (name === undefined) throw new Error("a Customer object is reached by its name");
    return name;
  }

  /** Whether the object may decide: not while an erased customer's history is still arriving. */
  protected get isComplete(): boolean {
    return !isErasedKey(this.name) || this.store.readSetting(COMPLETE) !== null;
  }

  /** The key of this object and of those merged into it. */
  protected listNames(): string[] {
    return [this.name, ...JSON.parse(this.store.readSetting(MERGED_KEYS) ?? "[]")];
  }

  /** The affiliates whose touches the customer has, or whom the merchant named. */
  protected listKnownAffiliates(): number[] {
    return [...this.store.touches.firstByAffiliate().keys(), ...listRuledAffiliates(this.store.listRulings())];
  }

  protected async holderOf(program_id: number): Promise<Holder> {
    return { program_id, customer_key: this.name, customer: await hashTo128Bits(this.name) };
  }

  protected async makeDurable(): Promise<void> {
    if (!this.outbox.isEmpty) await this.ctx.storage.setAlarm(Date.now());
    await this.ctx.storage.sync();
  }

  protected applyAll(
    holder: Holder,
    choose: (messages: readonly DownstreamMessage[]) => readonly DownstreamMessage[],
  ): void {
    applyAll({ store: this.store, holder, send: (messages) => this.outbox.put(choose(messages)) });
  }

  /**
   * The object that has this customer's history; null for this one. An object whose customer was erased becomes a new customer's
   * as soon as D1 knows one by its key. Throws while the history of an erased customer isn't complete.
   */
  protected async findElsewhere(): Promise<string | null> {
    if (!this.isComplete) throw beingErased();
    const into = this.store.readSetting(MERGED_INTO);
    if (into === null || this.store.readSetting(EMPTIED) === null) return into;
    if (!(await hasNewCustomer(this.db, this.name, into))) return into;
    this.store.deleteAll();
    return null;
  }

  get #backupName() {
    return { object: "customer", key: this.ctx.id.name ?? "" } as const;
  }

  #readErasedInto(): string {
    const into = this.store.readSetting(MERGED_INTO);
    if (into === null || !isErasedKey(into)) throw new Error("the customer is not erased");
    return into;
  }

  async #relayAll(): Promise<void> {
    for (let before = this.outbox.size; before > 0; ) {
      const left = await this.relay();
      if (left >= before) throw new Error("messages of an erased customer are not delivered");
      before = left;
    }
  }

  #eraseIds(facts: readonly Fact[]): Promise<string[]> {
    const { vault_key } = readSettings(this.env);
    return Promise.all(facts.map(({ event: { endpoint, id } }) => hashEventId(vault_key, endpoint, id)));
  }

  /** From now on events go to the object it was merged into. */
  #mergeInto(into: string): void {
    const before = this.store.readSetting(MERGED_INTO);
    // If it was already merged elsewhere, that object forwards the events.
    if (before !== null) return;
    this.store.writeSetting(MERGED_INTO, into);
    this.outbox.put([{ to: "customer", key: into }]);
  }

  /**
   * Sends the history in parts because calls have a size limit. The records go first so that existing revisions are
   * continued.
   */
  async #sendHistory(into: string): Promise<void> {
    const isErased = isErasedKey(into);
    const names = isErased ? [] : this.listNames();
    const records = this.store
      .listConversions()
      .map((record) => JSON.stringify(isErased ? { ...record, customer_key: "" } : record));
    const known = this.store.listFacts();
    const sent = isErased ? anonymizeFacts(known, await this.#eraseIds(known)) : known;
    const facts = sent.map((fact) => JSON.stringify(fact));
    const terms = this.store.listTerms();
    for (let from = 0; from < Math.max(facts.length, 1); from += HISTORY_PART) {
      const part = { facts: facts.slice(from, from + HISTORY_PART), records: from === 0 ? records : [] };
      await this.peer(into).adopt({ names, terms, ...part });
    }
  }

  /**
   * Stores a part of an erased customer's history. Decisions are made when it is {@link complete}. Statuses and own purchases
   * aren't looked up again, so that credits stay as they are.
   */
  async #adoptAnonymous(history: CustomerHistory): Promise<void> {
    const facts = history.facts.map(parseFact);
    const unknown = facts.filter(({ id }) => this.store.findErasedFact(erasedIdOf(id)) === null);
    this.ctx.storage.transactionSync(() => this.#addHistory(history, unknown));
    await this.ctx.storage.sync();
  }

  /** Stores facts, terms and records. Returns whether any fact is new. */
  #addHistory(history: CustomerHistory, facts: readonly Fact[]): boolean {
    for (const { version, terms } of history.terms) this.store.keepTerms(version, terms);
    const added = facts.filter((fact) => this.store.addFact(fact));
    const [, ...merged] = this.listNames();
    this.store.writeSetting(MERGED_KEYS, JSON.stringify([...new Set([...merged, ...history.names])]));
    // Revisions continue after the sender's, so that its unsent messages are outdated.
    for (const record of history.records.map((text): ConversionRecord => JSON.parse(text))) {
      if ((this.store.findConversion(record.id)?.revision ?? 0) < record.revision) this.store.putConversion(record);
    }
    return added.length > 0;
  }
}
