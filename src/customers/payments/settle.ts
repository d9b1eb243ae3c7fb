/**
 * Applies the parts of a conversion that don't depend on the credit: refunds, when the merchant received the money, and details
 * from other events for the same payment.
 */
import type { Conversion } from "../conversion.ts";
import { type Fact, inCanonicalOrder, timeOfFact } from "../fact.ts";
import { isMaker } from "../knowledge.ts";
import { addUpReversals, collectReversals, findLatestState } from "./reversals.ts";

/** Completes a folded conversion with its own facts. */
export function settleConversion(made: Conversion, facts: readonly Fact[]): Conversion {
  // What an earlier settling stored is decided again.
  const { commissionable: _, ...folded } = made;
  const ordered = inCanonicalOrder(facts);
  const gross = ordered.find((fact) => isMaker(fact) && fact.event.gross !== null)?.event.gross ?? null;
  const settlements = ordered.filter(({ event }) => event.type === "settlement").map(timeOfFact);
  const isPaying = isCommissionable(ordered);
  const sale = {
    ...folded,
    ...(!isPaying && { commissionable: false as const }),
    ...(settlements.length > 0 && { settled_at: Math.min(...settlements) }),
    gross,
    status: "recorded" as Conversion["status"],
    refunded: 0,
    refunded_at: null,
    notes: isPaying ? [] : ["The merchant pays no commission on this sale."],
  };
  const parts = collectReversals(ordered);
  if (parts.length === 0) return sale;
  const sum = addUpReversals(parts, sale);
  const settled = { ...sale, ...sum, notes: [...sale.notes, ...sum.notes] };
  return { ...settled, status: settled.refunded > 0 ? "refunded" : "recorded" };
}

/** Whether the merchant pays a commission: as the latest state of the whole payment says, or else any of its events. */
function isCommissionable(facts: readonly Fact[]): boolean {
  const makers = facts.filter(isMaker);
  const latest = findLatestState(makers);
  return (latest === undefined ? makers : [latest]).every(({ event }) => event.commissionable !== false);
}

/** A placeholder for a sale of which only a refund or chargeback has arrived, or null if there is none. */
export function waitForSale(id: string, facts: readonly Fact[]): Conversion | null {
  const fact = inCanonicalOrder(facts).find(({ event }) => event.type !== "touch" && event.type !== "settlement");
  if (fact === undefined) return null;
  return {
    id,
    type: "sale",
    status: "waiting",
    occurred_at: timeOfFact(fact),
    amount: null,
    gross: null,
    currency: fact.event.currency,
    refunded: 0,
    refunded_at: null,
    payment: fact.event.payment,
    product: null,
    subscription: null,
    interval: null,
    country: null,
    platform: null,
    payment_number: null,
    first_paid_at: null,
    credit: { touch: null, reason: "waiting_for_sale", considered: [], unlisted: 0, binding: null, ruling: null },
    token_fault: null,
    terms_version: fact.terms_version,
    test: fact.event.test,
    notes: ["A refund has arrived before its sale and waits for it."],
  };
}
