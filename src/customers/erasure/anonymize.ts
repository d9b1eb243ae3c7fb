/** What remains of a customer's facts when its identity is erased: everything that credits and amounts depend on. */
import type { ConversionEvent } from "../../webhooks/conversion-event.ts";
import type { Fact } from "../fact.ts";

/**
 * The event without what identifies its customer: ids, hashes, the click token, which contains the visitor's id, and the notes
 * that only merchants read, which may name the customer.
 */
export function withoutIdentity(event: ConversionEvent): ConversionEvent {
  const { payer_hash: _, named, decision, ...rest } = event;
  return {
    ...rest,
    customer: { id: null, email_hash: null },
    click: null,
    ...(named !== undefined && { named: withoutNote(named) }),
    ...(decision !== undefined && { decision: withoutNote(decision) }),
  };
}

function withoutNote<Noted extends { internal_note?: string }>(noted: Noted): Omit<Noted, "internal_note"> {
  const { internal_note: _, ...rest } = noted;
  return rest;
}

/**
 * The fact without its customer's identity. Which affiliates were found to be the customer stays, and so do the touches, so that
 * folding gives the same credits.
 */
export function anonymizeFact(fact: Fact): Fact {
  return { ...fact, event: withoutIdentity(fact.event), marks: [] };
}

/** Anonymized facts sort before any later one, whose id begins with its endpoint's id. */
const FIRST = "+";
const PLACE_DIGITS = 9;

/**
 * Anonymizes the facts of one customer, in the order of their ids, and replaces the ids: events' ids may contain a customer's id
 * or email hash. The order stays, because it decides between facts of the same time. `erased_ids` are those of `hashEventId`.
 */
export function anonymizeFacts(facts: readonly Fact[], erased_ids: readonly string[]): Fact[] {
  const idAt = (place: number) => `${FIRST}${String(place).padStart(PLACE_DIGITS, "0")}:${erased_ids[place]}`;
  const ids = new Map(facts.map((fact, place) => [fact.id, idAt(place)]));
  return facts.map((fact, place) => {
    const id = idAt(place);
    const touches = fact.touches.map((touch) =>
      // Coupons' and referrals' touches are named after their fact.
      touch.click_id.endsWith(`:${fact.id}`)
        ? { ...touch, click_id: `${touch.click_id.slice(0, -fact.id.length)}${id}` }
        : touch,
    );
    const { event, ...anonymous } = anonymizeFact(fact);
    const settles = event.settles === undefined ? {} : { settles: renameMaker(event.settles, ids) };
    return { ...anonymous, id, touches, event: { ...event, ...settles, id } };
  });
}

/** A settlement names the sale of a payment without an id after its fact; see `nameConversion`. */
function renameMaker(settles: string, ids: ReadonlyMap<string, string>): string {
  const [, type = "", maker = ""] = /^(sale|trial):(.*)$/s.exec(settles) ?? [];
  const id = ids.get(maker);
  return id === undefined ? settles : `${type}:${id}`;
}

/** The erased id of the event in an anonymized fact's id. */
export function erasedIdOf(factId: string): string {
  return factId.slice(FIRST.length + PLACE_DIGITS + 1);
}
