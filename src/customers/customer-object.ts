import type { AuditMessage } from "../audit/audit-message.ts";
import { dryRun } from "../db/dry-run.ts";
import { readSettings } from "../env.ts";
import { hashEventId } from "../lib/platform/vault.ts";
import { importTokenKeys } from "../lib/signed-text.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import { loadTerms } from "../programs/terms-queries.ts";
import { type ConversionEvent, isErasedKey, type Receipt } from "../webhooks/conversion-event.ts";
import { applyFact, type Send } from "./apply-fact.ts";
import type { ConversionRecord } from "./conversion.ts";
import { findConversionOf, makeConversionId } from "./conversion-id-resolver.ts";
import { refusesOwnPurchase } from "./credit.ts";
import { type CreditPreview, collectChanges } from "./decisions/credit-preview.ts";
import { type EnteredSale, isSameSale, type PreviewedSale } from "./decisions/manual-sale.ts";
import { anonymizeFact } from "./erasure/anonymize.ts";
import { type Fact, namedTouch, type OwnKind } from "./fact.ts";
import { isMaker } from "./knowledge.ts";
import { type LookUpKeys, lookUpAffiliates, lookUpEvent } from "./lookup-queries.ts";
import { MERGED_INTO, MergeableCustomerObject } from "./mergeable-customer-object.ts";
import { accountsFirst, type Holder } from "./messages.ts";
import { repeatStatus } from "./payments/repeat-status.ts";
import { NO_SALE, type Settlement, settlementOf } from "./payments/settlement.ts";
import { withoutLaterClaim } from "./touches/claims.ts";

/** An event as a fact, with the program's terms at its time. */
export interface LookedUp {
  fact: Fact;
  holder: Holder;
  terms: ProgramTerms;
}

const rank = (by: OwnKind) => (by === "sponsor" ? 0 : 1);

/**
 * One customer of one program: every event received, and the credit decided for each payment. Facts, decisions and the
 * outbox change in one transaction. Subclasses decide what the merchant may change, where messages go and how other objects are
 * reached.
 */
export abstract class CustomerObject extends MergeableCustomerObject {
  /**
   * Records an event received at a time (ms), durably, and sends `audit` with a new one. Throws, having changed nothing, if it is
   * new and D1 is unavailable.
   */
  async record(event: ConversionEvent, receivedAt: number, audit?: AuditMessage): Promise<Receipt> {
    const elsewhere = await this.findElsewhere();
    if (elsewhere !== null) return this.peer(elsewhere).record(event, receivedAt, audit);
    const receipt = await this.#recordOnce(event, receivedAt, audit);
    const fact = event.status_of === undefined ? null : this.store.findFact(await this.factIdOf(event));
    const ofPayment = fact?.conversion_id ? this.store.factsOfConversions([fact.conversion_id]) : [];
    const repeated = repeatStatus(event, receivedAt, ofPayment);
    return repeated === null ? receipt : this.#recordOnce(repeated, receivedAt);
  }

  async #recordOnce(event: ConversionEvent, receivedAt: number, audit?: AuditMessage): Promise<Receipt> {
    const id = await this.factIdOf(event);
    const known = this.#answerKnown(id);
    if (known !== null) return known;
    const looked = await this.lookUp(id, event, receivedAt);
    if (looked === null) return this.#receiptFor("unknown_affiliate", null);
    // The customer may have been merged into another one during the D1 lookup.
    const moved = this.store.readSetting(MERGED_INTO);
    if (moved !== null) return this.peer(moved).record(event, receivedAt, audit);
    const { holder } = looked;
    const fact = isErasedKey(this.name) ? anonymizeFact(looked.fact) : looked.fact;
    const receipt = this.ctx.storage.transactionSync(() => {
      const same = this.#answerKnown(id);
      if (same === null && audit !== undefined) this.outbox.put([audit]);
      return same ?? this.#add(fact, holder);
    });
    this.receivedUntil = Math.max(this.receivedUntil, receivedAt);
    await this.makeDurable();
    return { ...receipt, is_relayed: this.outbox.isEmpty };
  }

  /** Records a sale that the merchant entered by hand, unless its payment is known. See {@link record}. */
  async enter(event: ConversionEvent, now: number, audit?: AuditMessage): Promise<EnteredSale> {
    const elsewhere = await this.findElsewhere();
    if (elsewhere !== null) return this.peer(elsewhere).enter(event, now, audit);
    const id = await this.factIdOf(event);
    const known = this.store.findFact(id);
    if (known !== null) return this.#answerEntered(known, event);
    const looked = await this.lookUp(id, event, now);
    if (looked === null) throw new Error("the affiliate of a sale does not exist");
    const moved = this.store.readSetting(MERGED_INTO);
    if (moved !== null) return this.peer(moved).enter(event, now, audit);
    const fact = isErasedKey(this.name) ? anonymizeFact(looked.fact) : looked.fact;
    if (this.refusesOwn(fact, this.store.findTerms(fact.terms_version))) return { status: "own_purchase" };
    const entered = this.ctx.storage.transactionSync((): EnteredSale => {
      const same = this.store.findFact(id);
      if (same !== null) return this.#answerEntered(same, event);
      const sale = this.#knownSale(fact);
      if (sale !== null) return { status: "payment_exists", conversion: sale.id };
      const subject = fact.conversion_id ?? "";
      if (audit !== undefined) this.outbox.put([{ to: "audit", entry: { ...audit.entry, subject } }]);
      this.apply(fact, looked.holder);
      return { status: "recorded", record: this.#readSale(subject) };
    });
    this.receivedUntil = Math.max(this.receivedUntil, now);
    await this.makeDurable();
    return entered;
  }

  /** What {@link enter} would change. Changes nothing. */
  async previewEntry(event: ConversionEvent, now: number): Promise<PreviewedSale> {
    const elsewhere = await this.findElsewhere();
    if (elsewhere !== null) return this.peer(elsewhere).previewEntry(event, now);
    const looked = await this.readLookUp(await this.factIdOf(event), event, now);
    if (looked === null) throw new Error("the affiliate of a sale does not exist");
    const moved = this.store.readSetting(MERGED_INTO);
    if (moved !== null) return this.peer(moved).previewEntry(event, now);
    if (this.refusesOwn(looked.fact, looked.terms)) return { status: "own_purchase" };
    const sale = this.#knownSale(looked.fact);
    if (sale !== null) return { status: "payment_exists", conversion: sale.id };
    const conversion = looked.fact.conversion_id ?? "";
    return { status: "previewed", conversion, ...this.tryOut(looked, event.occurred_at) };
  }

  #answerEntered(known: Fact, event: ConversionEvent): EnteredSale {
    if (!isSameSale(known.event, event)) return { status: "reused" };
    return { status: "exists", record: this.#readSale(known.conversion_id ?? "") };
  }

  #readSale(id: string): ConversionRecord {
    const record = this.store.findConversion(id);
    if (record === null) throw new Error("a sale that was recorded is not there");
    return record;
  }

  /** Whether the affiliate that the merchant names is the customer, and the terms pay nothing for that. */
  protected refusesOwn(fact: Fact, terms: ProgramTerms): boolean {
    const affiliateId = namedTouch(fact)?.affiliate_id;
    if (affiliateId === undefined) return false;
    const met = fact.own.map(({ affiliate_id, by }) => [affiliate_id, by] as const);
    // A sponsor is the weakest mark: any other replaces it.
    const marks = [...this.store.readCustomerKnowledge().own, ...met].toSorted((a, b) => rank(a[1]) - rank(b[1]));
    return refusesOwnPurchase(affiliateId, { own: new Map(marks), terms });
  }

  /** Notes when the merchant received a sale's money. Null: it is unknown. `conflict`: it is no sale. See {@link record}. */
  async settle(settlement: Settlement, audit?: AuditMessage): Promise<Receipt | null> {
    const elsewhere = await this.findElsewhere();
    if (elsewhere !== null) return this.peer(elsewhere).settle(settlement, audit);
    const maker = this.store.factsOfConversions([settlement.conversion]).find(isMaker);
    if (maker === undefined) return null;
    const event = settlementOf(settlement, maker);
    return event === null ? NO_SALE : this.record(event, settlement.now, audit);
  }

  /** Brings all conversions up to date, sends them again unchanged, and returns how many there are. */
  async reproject(): Promise<number> {
    const elsewhere = this.store.readSetting(MERGED_INTO);
    const [any] = this.store.listConversions();
    // An erased customer's new object sends everything once its history is complete.
    if (elsewhere !== null || any === undefined || !this.isComplete) return 0;
    const holder = await this.holderOf(any.program_id);
    const records = this.ctx.storage.transactionSync(() => {
      this.applyAll(holder, (messages) => messages.filter(({ to }) => to === "account"));
      const all = this.store.listConversions();
      this.outbox.put(all.map((record) => ({ to: "reports", record }) as const));
      return all.length;
    });
    await this.makeDurable();
    return records;
  }

  /**
   * The answer to an event whose id is already known, or null for a new one. The webhook endpoint has already compared
   * the bodies.
   */
  #answerKnown(id: string): Receipt | null {
    const fact = this.store.findFact(id);
    return fact === null ? null : this.#receiptFor("duplicate", fact);
  }

  /**
   * Looks up everything about an event once, before the transaction, to be stored with the fact, and keeps the terms. Returns
   * null if the event names an affiliate that doesn't exist.
   */
  protected async lookUp(id: string, event: ConversionEvent, receivedAt: number): Promise<LookedUp | null> {
    const looked = await this.readLookUp(id, event, receivedAt);
    if (looked !== null) this.store.keepTerms(looked.fact.terms_version, looked.terms);
    return looked;
  }

  /** As {@link lookUp}, without keeping anything. */
  protected async readLookUp(id: string, event: ConversionEvent, receivedAt: number): Promise<LookedUp | null> {
    const { program_id } = event;
    const at = Math.min(event.occurred_at, receivedAt);
    const [eventLookup, { version, terms }, holder, conversion_id] = await Promise.all([
      lookUpEvent(this.db, this.#keys(), event, { at, factId: id }),
      loadTerms(this.db, program_id, at),
      this.holderOf(program_id),
      makeConversionId(id, event, {
        names: this.listNames(),
        has: (conversion) => this.store.hasConversion(conversion),
        find: (key) => (isErasedKey(this.name) ? findConversionOf(this.store.listFacts(), key) : null),
      }),
    ]);
    const { names_unknown_affiliate, ...found } = eventLookup;
    if (names_unknown_affiliate) return null;
    const touched = [...this.listKnownAffiliates(), ...found.touches.map(({ affiliate_id }) => affiliate_id)];
    const marks = [...this.store.listMarks(), ...found.marks];
    const { vault_key } = readSettings(this.env);
    const affiliates = await lookUpAffiliates(this.db, vault_key, program_id, [...new Set(touched)], marks);
    const fact = { id, event, received_at: receivedAt, ...found, ...affiliates, terms_version: version, conversion_id };
    return { fact, holder, terms };
  }

  #keys(): LookUpKeys {
    const { token_keys, vault_key } = readSettings(this.env);
    return { token_keys: importTokenKeys(token_keys), vault_key };
  }

  /** A fact's id; that of an erased customer's fact, where the event is known by its erased id only. */
  protected async factIdOf({ endpoint, id }: ConversionEvent): Promise<string> {
    const factId = `${endpoint}:${id}`;
    if (!isErasedKey(this.name)) return factId;
    const erased = await hashEventId(readSettings(this.env).vault_key, endpoint, id);
    return this.store.findErasedFact(erased) ?? factId;
  }

  #add(received: Fact, holder: Holder): Receipt {
    const fact = withoutLaterClaim(received, this.store.factsOfConversions([received.conversion_id ?? ""]));
    const sale = this.#knownSale(fact);
    if (sale !== null && (sale.amount !== fact.event.amount || sale.currency !== fact.event.currency)) {
      if (fact.event.payment_state === undefined) return this.#receiptFor("conflict", fact);
      // The sale keeps its first amount, but whether it is still paid, and its refunds, are those of its newest state.
      const state = { ...fact, event: { ...fact.event, amount: sale.amount, currency: sale.currency, gross: null } };
      return this.#receiptFor(this.apply(state, holder) > 0 ? "recorded" : "conflict", state);
    }
    const changed = this.apply(fact, holder);
    // Another event for the same payment may carry a click and so change the credit.
    return this.#receiptFor(sale !== null && changed === 0 ? "duplicate" : "recorded", fact);
  }

  /** Applies a fact and returns how many conversions changed. */
  protected apply(fact: Fact, holder: Holder): number {
    const send: Send = (messages) => this.outbox.put(accountsFirst(messages));
    return applyFact({ store: this.store, holder, send }, fact);
  }

  /**
   * What a fact would change. It is applied like any other, and rolled back. `decided_at` is when the conversion happened that it is
   * about.
   */
  protected tryOut({ fact, holder, terms }: LookedUp, decided_at: number): CreditPreview {
    const changes = collectChanges((id) => this.store.findConversion(id));
    const changed = dryRun(this.ctx.storage, () => {
      this.store.keepTerms(fact.terms_version, terms);
      return applyFact({ store: this.store, holder, send: changes.add }, fact);
    });
    // The conversions as they are, now that nothing has changed.
    return { changed, decided_at, ...changes.finish() };
  }

  /** The existing sale that a sale event repeats, or null if it is new. */
  #knownSale(fact: Fact): ConversionRecord | null {
    const record = fact.event.type === "sale" ? this.store.findConversion(fact.conversion_id ?? "") : null;
    return record === null || record.status === "waiting" ? null : record;
  }

  #receiptFor(status: Receipt["status"], fact: Fact | null): Receipt {
    const is_relayed = this.outbox.isEmpty;
    const reason = fact?.event.type ?? status;
    const makesNone = fact === null || fact.conversion_id === null || fact.event.type === "touch";
    const record = makesNone ? null : this.store.findConversion(fact.conversion_id ?? "");
    if (record === null) return { status, conversion: null, attributed_to: null, reason, is_relayed };
    const { touch, reason: why } = record.credit;
    return { status, conversion: record.id, attributed_to: touch?.affiliate ?? null, reason: why, is_relayed };
  }
}
