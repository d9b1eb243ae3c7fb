/**
 * Applies the parts of a conversion that don't depend on the credit: refunds, when the merchant received the money, and details
 * from other events for the same payment.
 */
import type { Conversion } from "../conversion.ts";
import { type Fact, inCanonicalOrder, timeOfFact } from "../fact.ts";
import { isMaker } from "../knowledge.ts";
import { addUpReversals, isWon, type Reversal, readReversal } from "./reversals.ts";

/** Completes a folded conversion with its own facts. */
export function settleConversion(made: Conversion, facts: readonly Fact[]): Conversion {
  const ordered = inCanonicalOrder(facts);
  const gross = ordered.find((fact) => isMaker(fact) && fact.event.gross !== null)?.event.gross ?? null;
  const settlements = ordered.filter(({ event }) => event.type === "settlement").map(timeOfFact);
  const sale = {
    ...made,
    ...(settlements.length > 0 && { settled_at: Math.min(...settlements) }),
    gross,
    status: "recorded" as Conversion["status"],
    refunded: 0,
    refunded_at: null,
    notes: [],
  };
  const parts = collectReversals(ordered);
  if (parts.length === 0) return sale;
  const settled = { ...sale, ...addUpReversals(parts, sale) };
  return { ...settled, status: settled.refunded > 0 ? "refunded" : "recorded" };
}

function collectReversals(ordered: readonly Fact[]): Reversal[] {
  const parts = new Map<string, Reversal>();
  for (const fact of ordered) {
    if (!["refund", "chargeback", "chargeback_won"].includes(fact.event.type)) continue;
    const { name, part } = readReversal(fact);
    // A repeated refund counts once. A chargeback that was won reverses nothing.
    if (isWon(part) || !parts.has(name)) parts.set(name, part);
  }
  return [...parts.values()];
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
