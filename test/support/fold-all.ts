/**
 * The canonical fold: all facts of a customer at once, from the beginning, with plain maps. The Customer object folds
 * incrementally with its tables and must give the same result for any order of facts.
 */
import type { Conversion } from "../../src/customers/conversion.ts";
import { readRuling } from "../../src/customers/disputes/ruling.ts";
import { type Fact, inCanonicalOrder, type OwnKind } from "../../src/customers/fact.ts";
import { beforeAnyFact, foldFact, isFolded, type TermsOf } from "../../src/customers/fold.ts";
import { type CustomerKnowledge, gatherKnowledge } from "../../src/customers/knowledge.ts";
import { settleConversion, waitForSale } from "../../src/customers/payments/settle.ts";
import { indexTouches } from "./index-touches.ts";

/** The conversions of all facts, in no particular order. */
export function foldAll(facts: readonly Fact[], termsOf: TermsOf): Conversion[] {
  const ordered = inCanonicalOrder(facts);
  const known = gatherKnowledge(ordered, customerKnowledgeOf(ordered));
  const made = new Map<string, Conversion>();
  let state = beforeAnyFact;
  for (const fact of ordered.filter(isFolded)) {
    const step = foldFact(state, fact, known, termsOf);
    state = step.state;
    if (step.made !== null) made.set(step.made.id, step.made);
  }
  const byConversion = Map.groupBy(ordered, (fact) => fact.conversion_id);
  return [...byConversion].flatMap(([id, own]) => {
    if (id === null) return [];
    const conversion = made.get(id);
    const settled = conversion === undefined ? waitForSale(id, own) : settleConversion(conversion, own);
    return settled === null ? [] : [settled];
  });
}

function customerKnowledgeOf(facts: readonly Fact[]): CustomerKnowledge {
  const standings = new Map(
    facts.flatMap((fact) => fact.standings).map((standing) => [`${standing.affiliate_id}@${standing.since}`, standing]),
  );
  const inOrder = [...standings.values()].sort((a, b) => a.since - b.since);
  const own = new Map<number, OwnKind>();
  for (const { affiliate_id, by } of facts.flatMap((fact) => fact.own)) {
    const known = own.get(affiliate_id);
    // A sponsor is the weakest mark.
    const isStronger = known === "sponsor" || (by !== "sponsor" && known !== undefined && by < known);
    if (known === undefined || isStronger) own.set(affiliate_id, by);
  }
  const touches = facts
    .filter(({ event }) => event.type !== "dispute" && event.type !== "credit")
    .flatMap((fact) => fact.touches.filter(({ source }) => source !== "manual"));
  return {
    touches: indexTouches(touches),
    approvals: Map.groupBy(inOrder, (standing) => standing.affiliate_id),
    own,
    rulings: facts
      .flatMap((fact) => {
        const ruled = readRuling(fact);
        return ruled === null ? [] : [{ ...ruled, id: fact.id }];
      })
      .sort((a, b) => a.ruling.ruled_at - b.ruling.ruled_at || (a.id < b.id ? -1 : 1)),
  };
}
