import { DurableObject } from "cloudflare:workers";
import { type Database, openDatabase } from "../db/database.ts";
import { Outbox } from "../db/outbox.ts";
import { type Env, readSettings } from "../env.ts";
import { hashText } from "../lib/platform/vault.ts";
import { importTokenKeys } from "../lib/signed-text.ts";
import { loadTerms } from "../programs/terms-queries.ts";
import { type ConversionEvent, qualifyId, type Receipt } from "../webhooks/conversion-event.ts";
import type { Relayed } from "../webhooks/identity/unrelayed-store.ts";
import { applyAll, applyFact, type Send } from "./apply-fact.ts";
import type { ConversionRecord } from "./conversion.ts";
import { CustomerStore } from "./customer-store.ts";
import { type Dispute, type DisputeResult, isSameDispute, rulingOf } from "./disputes/dispute.ts";
import { disputeScope, refuseDispute } from "./disputes/ruling.ts";
import { conversionKeyOf, type Fact, parseFact } from "./fact.ts";
import { isMaker } from "./knowledge.ts";
import { type LookUpKeys, lookUpAffiliates, lookUpEvent } from "./lookup-queries.ts";
import {
  accountsFirst,
  type CustomerHistory,
  type CustomerMessage,
  type DownstreamMessage,
  type Holder,
} from "./messages.ts";
import { NO_SALE, type Settlement, settlementOf } from "./payments/settlement.ts";
import { withoutLaterClaim } from "./touches/claims.ts";

/** The setting that holds the key of the object this customer was merged into. */
const MERGED_INTO = "merged_into";
/** The setting that holds the keys of the objects merged into this one, as JSON. */
const MERGED_KEYS = "adopted";

/** The maximum number of facts sent in one call when a history is handed over. */
const HISTORY_PART = 1_000;

/** The calls one Customer object makes to another. */
export interface CustomerPeer {
  record(event: ConversionEvent, receivedAt: number): Promise<Receipt>;
  adopt(history: CustomerHistory): Promise<void>;
  dispute(dispute: Dispute): Promise<DisputeResult>;
  settle(settlement: Settlement): Promise<Receipt | null>;
}

/**
 * One customer of one program: every event received, and the credit decided for each payment. Facts, decisions and the
 * outbox change in one transaction. Subclasses decide where messages go and how other objects are reached.
 */
export abstract class CustomerObject extends DurableObject<Env> {
  readonly #store: CustomerStore;
  readonly #outbox: Outbox<CustomerMessage>;
  readonly #db: Database;
  /** The latest receipt time known to be stored. Events received later may still be on their way. */
  #receivedUntil = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new CustomerStore(ctx.storage.sql);
    this.#outbox = new Outbox(ctx.storage, (message, isLast) =>
      message.to === "customer"
        ? this.#sendHistory(message.key)
        : this.deliver(message, isLast ? { key: this.#name, until: this.#receivedUntil } : null),
    );
    this.#db = openDatabase(env.DB);
    ctx.blockConcurrencyWhile(() => this.#outbox.rearm(Date.now()));
  }

  /**
   * Delivers one message. Receivers are idempotent. Throws if delivery failed. `relayed` is set on the last message for
   * everything received up to that time (ms).
   */
  protected abstract deliver(message: DownstreamMessage, relayed: Relayed | null): Promise<void>;

  /** Returns another Customer object by its key. */
  protected abstract peer(key: string): CustomerPeer;

  /** Records an event received at a time (ms), durably. Throws, having changed nothing, if it is new and D1 is unavailable. */
  async record(event: ConversionEvent, receivedAt: number): Promise<Receipt> {
    const elsewhere = this.#store.readSetting(MERGED_INTO);
    if (elsewhere !== null) return this.peer(elsewhere).record(event, receivedAt);
    const id = `${event.endpoint}:${event.id}`;
    const known = this.#answerKnown(id);
    if (known !== null) return known;
    const looked = await this.#lookUp(id, event, receivedAt);
    if (looked === null) return this.#receiptFor("unknown_affiliate", null);
    // The customer may have been merged into another one during the D1 lookup.
    const moved = this.#store.readSetting(MERGED_INTO);
    if (moved !== null) return this.peer(moved).record(event, receivedAt);
    const { fact, holder } = looked;
    const receipt = this.ctx.storage.transactionSync(() => this.#answerKnown(id) ?? this.#add(fact, holder));
    this.#receivedUntil = Math.max(this.#receivedUntil, receivedAt);
    await this.#makeDurable();
    return { ...receipt, is_relayed: this.#outbox.isEmpty };
  }

  /**
   * Credits another affiliate for a conversion, within the program's dispute period. Resolves once it is durable.
   * Repeating the same dispute has no further effect. Throws if D1 is unavailable.
   */
  async dispute(dispute: Dispute): Promise<DisputeResult> {
    const elsewhere = this.#store.readSetting(MERGED_INTO);
    if (elsewhere !== null) return this.peer(elsewhere).dispute(dispute);
    const record = this.#store.findConversion(dispute.conversion);
    const [maker] = this.#store.factsOfConversions([dispute.conversion]);
    if (record === null || maker === undefined || record.status === "waiting") {
      return { ok: false, error: "conversion_unknown" };
    }
    const subscription = record.subscription === null ? null : qualifyId(maker.event.namespace, record.subscription);
    const began_at = this.#store.beganAt(subscription === null ? { conversion: dispute.conversion } : { subscription });
    const terms = this.#store.findTerms(record.terms_version);
    const event = rulingOf(dispute, maker.event, disputeScope(dispute.conversion, subscription, terms));
    const id = `${event.endpoint}:${event.id}`;
    const known = this.#store.findFact(id);
    if (known !== null && isSameDispute(known, dispute)) return { ok: true, changed: 0 };
    if (known !== null) return { ok: false, error: "dispute_reused" };
    const refusal = refuseDispute(terms, began_at ?? record.occurred_at, dispute.now);
    if (refusal !== null) return { ok: false, error: refusal };
    const looked = await this.#lookUp(id, event, dispute.now);
    if (looked === null) throw new Error(`no affiliate is called ${dispute.affiliate}`);
    const changed = this.ctx.storage.transactionSync(() => this.#apply(looked.fact, looked.holder));
    await this.#makeDurable();
    return { ok: true, changed };
  }

  /** Notes when the merchant received a sale's money. Null: it is unknown. `conflict`: it is no sale. See {@link record}. */
  async settle(settlement: Settlement): Promise<Receipt | null> {
    const elsewhere = this.#store.readSetting(MERGED_INTO);
    if (elsewhere !== null) return this.peer(elsewhere).settle(settlement);
    const maker = this.#store.factsOfConversions([settlement.conversion]).find(isMaker);
    if (maker === undefined) return null;
    const event = settlementOf(settlement, maker);
    return event === null ? NO_SALE : this.record(event, settlement.now);
  }

  /**
   * Merges this customer into another object and forwards later events to it. Resolves once the other object has the
   * history. If it can't be reached, the alarm retries.
   */
  async handOver(into: string): Promise<void> {
    if (into === this.#name) throw new Error("a customer is not handed over to itself");
    this.ctx.storage.transactionSync(() => this.#close(into));
    await this.#makeDurable();
    await this.#sendHistory(this.#store.readSetting(MERGED_INTO) ?? into);
  }

  /** Merges another object's history into this customer. Idempotent. Resolves once it is durable. */
  async adopt(history: CustomerHistory): Promise<void> {
    const elsewhere = this.#store.readSetting(MERGED_INTO);
    if (elsewhere !== null) return this.peer(elsewhere).adopt(history);
    const facts = history.facts.map(parseFact);
    const [first] = facts;
    if (first === undefined) return;
    const holder = await this.#holderOf(first.event.program_id);
    // After the merge, each history's customer identifiers may match affiliates in the other's touches.
    const known = this.#store.touches.firstByAffiliate().keys();
    const ids = new Set([...known, ...facts.flatMap(({ touches }) => touches.map(({ affiliate_id }) => affiliate_id))]);
    const marks = [...this.#store.listMarks(), ...facts.flatMap((fact) => fact.marks)];
    const { vault_key } = readSettings(this.env);
    const met = await lookUpAffiliates(this.#db, vault_key, holder.program_id, [...ids], marks);
    this.ctx.storage.transactionSync(() =>
      this.#mergeHistory(
        history,
        facts.map((fact, n) => (n === 0 ? { ...fact, ...met } : fact)),
        holder,
      ),
    );
    await this.#makeDurable();
  }

  /** Sends pending messages and returns how many are left. Also called when an alarm was lost. */
  async relay(): Promise<number> {
    await this.#outbox.relay(Date.now);
    return this.#outbox.size;
  }

  /** Brings all conversions up to date, sends them again unchanged, and returns how many there are. */
  async reproject(): Promise<number> {
    const elsewhere = this.#store.readSetting(MERGED_INTO);
    const [any] = this.#store.listConversions();
    if (elsewhere !== null || any === undefined) return 0;
    const holder = await this.#holderOf(any.program_id);
    const records = this.ctx.storage.transactionSync(() => {
      this.#applyAll(holder, (messages) => messages.filter(({ to }) => to === "account"));
      const all = this.#store.listConversions();
      this.#outbox.put(all.map((record) => ({ to: "reports", record }) as const));
      return all.length;
    });
    await this.#makeDurable();
    return records;
  }

  override async alarm(): Promise<void> {
    await this.#outbox.relay(Date.now);
  }

  async #makeDurable(): Promise<void> {
    if (!this.#outbox.isEmpty) await this.ctx.storage.setAlarm(Date.now());
    await this.ctx.storage.sync();
  }

  /**
   * The answer to an event whose id is already known, or null for a new one. The webhook endpoint has already compared
   * the bodies.
   */
  #answerKnown(id: string): Receipt | null {
    const fact = this.#store.findFact(id);
    return fact === null ? null : this.#receiptFor("duplicate", fact);
  }

  /**
   * Looks up everything about an event once, before the transaction, to be stored with the fact. Returns null if the
   * event names an affiliate that doesn't exist.
   */
  async #lookUp(
    id: string,
    event: ConversionEvent,
    receivedAt: number,
  ): Promise<{ fact: Fact; holder: Holder } | null> {
    const { program_id } = event;
    const at = Math.min(event.occurred_at, receivedAt);
    const [eventLookup, { version, terms }, holder, conversion_id] = await Promise.all([
      lookUpEvent(this.#db, this.#keys(), event, { at, factId: id }),
      loadTerms(this.#db, program_id, at),
      this.#holderOf(program_id),
      this.#makeConversionId(id, event),
    ]);
    const { names_unknown_affiliate, ...found } = eventLookup;
    if (names_unknown_affiliate) return null;
    const touched = [
      ...this.#store.touches.firstByAffiliate().keys(),
      ...found.touches.map(({ affiliate_id }) => affiliate_id),
    ];
    const marks = [...this.#store.listMarks(), ...found.marks];
    const { vault_key } = readSettings(this.env);
    const affiliates = await lookUpAffiliates(this.#db, vault_key, program_id, [...new Set(touched)], marks);
    this.#store.keepTerms(version, terms);
    const fact = { id, event, received_at: receivedAt, ...found, ...affiliates, terms_version: version, conversion_id };
    return { fact, holder };
  }

  #keys(): LookUpKeys {
    const { token_keys, vault_key } = readSettings(this.env);
    return { token_keys: importTokenKeys(token_keys), vault_key };
  }

  /**
   * `cv_` and 128 bits of a hash. A payment has the same id in every object of its program. Older ids also depended on
   * the object's key and stay as they are.
   */
  async #makeConversionId(factId: string, event: ConversionEvent): Promise<string | null> {
    const key = conversionKeyOf(factId, event);
    if (key === null) return null;
    const makers = [this.#name, ...this.#mergedKeys()];
    const older = await Promise.all(makers.map((name) => hashTo128Bits(`${name}\n${key}`)));
    const known = older.map((hash) => `cv_${hash}`).find((id) => this.#store.hasConversion(id));
    return known ?? `cv_${await hashTo128Bits(`${event.program_id}\n${key}`)}`;
  }

  get #name(): string {
    const { name } = this.ctx.id;
    if (name === undefined) throw new Error("a Customer object is reached by its name");
    return name;
  }

  #mergedKeys(): string[] {
    return JSON.parse(this.#store.readSetting(MERGED_KEYS) ?? "[]");
  }

  async #holderOf(program_id: number): Promise<Holder> {
    return { program_id, customer_key: this.#name, customer: await hashTo128Bits(this.#name) };
  }

  #add(received: Fact, holder: Holder): Receipt {
    const fact = withoutLaterClaim(received, this.#store.factsOfConversions([received.conversion_id ?? ""]));
    const sale = this.#knownSale(fact);
    if (sale !== null && (sale.amount !== fact.event.amount || sale.currency !== fact.event.currency)) {
      if (fact.event.payment_state === undefined) return this.#receiptFor("conflict", fact);
      // The sale keeps its first amount, but whether it is still paid, and its refunds, are those of its newest state.
      const state = { ...fact, event: { ...fact.event, amount: sale.amount, currency: sale.currency, gross: null } };
      return this.#receiptFor(this.#apply(state, holder) > 0 ? "recorded" : "conflict", state);
    }
    const changed = this.#apply(fact, holder);
    // Another event for the same payment may carry a click and so change the credit.
    return this.#receiptFor(sale !== null && changed === 0 ? "duplicate" : "recorded", fact);
  }

  /** Applies a fact and returns how many conversions changed. */
  #apply(fact: Fact, holder: Holder): number {
    const send: Send = (messages) => this.#outbox.put(accountsFirst(messages));
    return applyFact({ store: this.#store, holder, send }, fact);
  }

  #applyAll(holder: Holder, choose: (messages: readonly DownstreamMessage[]) => readonly DownstreamMessage[]): void {
    applyAll({ store: this.#store, holder, send: (messages) => this.#outbox.put(choose(messages)) });
  }

  /** Closes this object: from now on events go to the object it was merged into. */
  #close(into: string): void {
    const before = this.#store.readSetting(MERGED_INTO);
    // If it was already merged elsewhere, that object forwards the events.
    if (before !== null) return;
    this.#store.writeSetting(MERGED_INTO, into);
    this.#outbox.put([{ to: "customer", key: into }]);
  }

  /**
   * Sends the history in parts because calls have a size limit. The records go first so that existing revisions are
   * continued.
   */
  async #sendHistory(into: string): Promise<void> {
    const names = [this.#name, ...this.#mergedKeys()];
    const records = this.#store.listConversions().map((record) => JSON.stringify(record));
    const facts = this.#store.listFacts().map((fact) => JSON.stringify(fact));
    const terms = this.#store.listTerms();
    for (let from = 0; from < Math.max(facts.length, 1); from += HISTORY_PART) {
      const part = { facts: facts.slice(from, from + HISTORY_PART), records: from === 0 ? records : [] };
      await this.peer(into).adopt({ names, terms, ...part });
    }
  }

  #mergeHistory(history: CustomerHistory, facts: readonly Fact[], holder: Holder): void {
    for (const { version, terms } of history.terms) this.#store.keepTerms(version, terms);
    const added = facts.filter((fact) => this.#store.addFact(fact));
    this.#store.writeSetting(MERGED_KEYS, JSON.stringify([...new Set([...this.#mergedKeys(), ...history.names])]));
    // Revisions continue after the sender's, so that its unsent messages are outdated.
    for (const record of history.records.map((text): ConversionRecord => JSON.parse(text))) {
      if ((this.#store.findConversion(record.id)?.revision ?? 0) < record.revision) this.#store.putConversion(record);
    }
    if (added.length === 0) return;
    this.#applyAll(holder, accountsFirst);
  }

  /** The existing sale that a sale event repeats, or null if it is new. */
  #knownSale(fact: Fact): ConversionRecord | null {
    const record = fact.event.type === "sale" ? this.#store.findConversion(fact.conversion_id ?? "") : null;
    return record === null || record.status === "waiting" ? null : record;
  }

  #receiptFor(status: Receipt["status"], fact: Fact | null): Receipt {
    const is_relayed = this.#outbox.isEmpty;
    const reason = fact?.event.type ?? status;
    const makesNone = fact === null || fact.conversion_id === null || fact.event.type === "touch";
    const record = makesNone ? null : this.#store.findConversion(fact.conversion_id ?? "");
    if (record === null) return { status, conversion: null, attributed_to: null, reason, is_relayed };
    const { touch, reason: why } = record.credit;
    return { status, conversion: record.id, attributed_to: touch?.affiliate ?? null, reason: why, is_relayed };
  }
}

/** The first 128 bits of the SHA-256, in hex. */
async function hashTo128Bits(text: string): Promise<string> {
  return (await hashText(text)).slice(0, 32);
}
