import type { AuditMessage } from "../audit/audit-message.ts";
import { type ConversionEvent, isErasedKey, qualifyId } from "../webhooks/conversion-event.ts";
import type { ConversionRecord } from "./conversion.ts";
import { CustomerObject, type LookedUp } from "./customer-object.ts";
import {
  type DecidedConversion,
  type Decision,
  type DecisionResult,
  decisionEventOf,
  isSameDecision,
  type PreviewedDecision,
} from "./decisions/decision.ts";
import {
  type Dispute,
  type DisputeResult,
  isSameDispute,
  type PreviewedDispute,
  rulingOf,
} from "./disputes/dispute.ts";
import { type DisputeRefusal, disputeScope, refuseDispute } from "./disputes/ruling.ts";
import { anonymizeFact } from "./erasure/anonymize.ts";
import { MERGED_INTO } from "./mergeable-customer-object.ts";

/** The settings that hold how many conversions a decision changed, so that a repeated call gets the same answer. */
const CHANGED = "changed:";

const UNKNOWN = { ok: false, error: "conversion_unknown" } as const;
const REUSED = { ok: false, error: "decision_reused" } as const;
const NOTHING_FOLLOWS = { ok: false, error: "nothing_follows" } as const;
const OWN_PURCHASE = { ok: false, error: "own_purchase" } as const;

type Found = DecidedConversion & { record: ConversionRecord; about: ConversionEvent };

/** The Customer object with what the merchant decides about its conversions: disputes, and credits of its own. */
export abstract class DecidingCustomerObject extends CustomerObject {
  /**
   * Credits another affiliate for a conversion, within the program's dispute period. Resolves once it is durable.
   * Repeating the same dispute has no further effect. Throws if D1 is unavailable.
   */
  async dispute(dispute: Dispute, audit?: AuditMessage): Promise<DisputeResult> {
    const elsewhere = await this.findElsewhere();
    if (elsewhere !== null) return this.peer(elsewhere).dispute(dispute, audit);
    const disputed = this.#findDisputed(dispute);
    if (disputed === null) return UNKNOWN;
    const { event, refusal, found } = disputed;
    const id = await this.factIdOf(event);
    const known = this.store.findFact(id);
    if (known !== null && isSameDispute(known, dispute)) return { ok: true, changed: 0 };
    if (known !== null) return { ok: false, error: "dispute_reused" };
    if (refusal !== null) return { ok: false, error: refusal };
    const looked = await this.lookUp(id, event, dispute.now);
    if (looked === null) throw new Error("the affiliate of a dispute does not exist");
    const moved = this.store.readSetting(MERGED_INTO);
    if (moved !== null) return this.peer(moved).dispute(dispute, audit);
    const changed = this.#decide(looked, found.record, audit);
    await this.makeDurable();
    return { ok: true, changed };
  }

  /** What {@link dispute} would change. Changes nothing. */
  async previewDispute(dispute: Dispute): Promise<PreviewedDispute> {
    const elsewhere = await this.findElsewhere();
    if (elsewhere !== null) return this.peer(elsewhere).previewDispute(dispute);
    const disputed = this.#findDisputed(dispute);
    if (disputed === null) return UNKNOWN;
    const { event, refusal, found } = disputed;
    if (refusal !== null) return { ok: false, error: refusal };
    const looked = await this.readLookUp(await this.factIdOf(event), event, dispute.now);
    if (looked === null) throw new Error("the affiliate of a dispute does not exist");
    const moved = this.store.readSetting(MERGED_INTO);
    if (moved !== null) return this.peer(moved).previewDispute(dispute);
    return { ok: true, ...this.tryOut(looked, found.record.occurred_at) };
  }

  /**
   * Credits another affiliate, or nobody, as the merchant decides; a later decision replaces this one. Resolves once it is
   * durable. Repeating the same decision has no further effect. Throws if D1 is unavailable.
   */
  async credit(decision: Decision, audit?: AuditMessage): Promise<DecisionResult> {
    const elsewhere = await this.findElsewhere();
    if (elsewhere !== null) return this.peer(elsewhere).credit(decision, audit);
    const found = this.#findDecided(decision.conversion);
    if (found === null) return UNKNOWN;
    const event = decisionEventOf(decision, found.about, found);
    if (event === null) return NOTHING_FOLLOWS;
    const id = await this.factIdOf(event);
    const known = this.store.findFact(id);
    if (known !== null) return isSameDecision(known, decision) ? this.#answerDecided(id) : REUSED;
    const looked = await this.lookUp(id, event, decision.now);
    if (looked === null) throw new Error("the affiliate of a decision does not exist");
    const moved = this.store.readSetting(MERGED_INTO);
    if (moved !== null) return this.peer(moved).credit(decision, audit);
    if (this.refusesOwn(looked.fact, found.terms)) return OWN_PURCHASE;
    this.#decide(looked, found.record, audit);
    await this.makeDurable();
    return this.#answerDecided(looked.fact.id);
  }

  /** What {@link credit} would change. Changes nothing. */
  async previewCredit(decision: Decision): Promise<PreviewedDecision> {
    const elsewhere = await this.findElsewhere();
    if (elsewhere !== null) return this.peer(elsewhere).previewCredit(decision);
    const found = this.#findDecided(decision.conversion);
    if (found === null) return UNKNOWN;
    const event = decisionEventOf(decision, found.about, found);
    if (event === null) return NOTHING_FOLLOWS;
    const looked = await this.readLookUp(await this.factIdOf(event), event, decision.now);
    if (looked === null) throw new Error("the affiliate of a decision does not exist");
    const moved = this.store.readSetting(MERGED_INTO);
    if (moved !== null) return this.peer(moved).previewCredit(decision);
    if (this.refusesOwn(looked.fact, found.terms)) return OWN_PURCHASE;
    return { ok: true, ...this.tryOut(looked, found.record.occurred_at) };
  }

  /** How many conversions a decision changed when it was made. Not known any more once the customer was merged or erased. */
  #answerDecided(id: string): { ok: true; changed: number } {
    return { ok: true, changed: Number(this.store.readSetting(`${CHANGED}${id}`) ?? 0) };
  }

  /** Stores what the merchant decided about a conversion, with the entry of the audit log. Returns how many changed. */
  #decide({ fact, holder }: LookedUp, { credit }: ConversionRecord, audit?: AuditMessage): number {
    const before = { affiliate: credit.touch?.affiliate ?? null };
    return this.ctx.storage.transactionSync(() => {
      if (this.store.findFact(fact.id) !== null) return 0;
      if (audit !== undefined) this.outbox.put([{ to: "audit", entry: { ...audit.entry, before } }]);
      const changed = this.apply(isErasedKey(this.name) ? anonymizeFact(fact) : fact, holder);
      if (fact.event.type === "credit") this.store.writeSetting(`${CHANGED}${fact.id}`, String(changed));
      return changed;
    });
  }

  #findDisputed(dispute: Dispute): { found: Found; event: ConversionEvent; refusal: DisputeRefusal | null } | null {
    const { conversion, now } = dispute;
    const found = this.#findDecided(conversion);
    if (found === null) return null;
    const { record, about, subscription, terms } = found;
    const began_at = this.store.beganAt(subscription === null ? { conversion } : { subscription });
    const event = rulingOf(dispute, about, disputeScope(conversion, subscription, terms));
    return { found, event, refusal: refuseDispute(terms, began_at ?? record.occurred_at, now) };
  }

  /** A conversion that the merchant decides about, and one of its events; null if it isn't known, or waits for its sale. */
  #findDecided(id: string): Found | null {
    const record = this.store.findConversion(id);
    const [fact] = this.store.factsOfConversions([id]);
    if (record === null || fact === undefined || record.status === "waiting") return null;
    const { event: about } = fact;
    const { occurred_at } = record;
    const subscription = record.subscription === null ? null : qualifyId(about.namespace, record.subscription);
    const terms = this.store.findTerms(record.terms_version);
    const { plans } = this.store.checkpointBefore(Number.MAX_SAFE_INTEGER).state;
    return { id, occurred_at, subscription, terms, plans, record, about };
  }
}
