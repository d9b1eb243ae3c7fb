/** The merchant's own decision about who gets the credit for a conversion, and the event that it is stored as. */
import type { ProgramTerms } from "../../programs/terms.ts";
import type { ConversionEvent, DecisionScope } from "../../webhooks/conversion-event.ts";
import { bindingScope } from "../disputes/ruling.ts";
import type { Fact } from "../fact.ts";
import { type Plans, rootOf } from "../payments/count-payments.ts";
import { type CreditCommand, commandEventOf } from "./command-event.ts";
import type { CreditPreview } from "./credit-preview.ts";
import { conversionScope } from "./find-rulings.ts";

/** The command to credit another affiliate, or nobody. */
export interface Decision extends CreditCommand {
  /** Username; null for nobody. */
  affiliate: string | null;
  covers: DecisionScope;
  reason: string;
  /** Null for none. */
  internal_note: string | null;
}

/** The result of a decision: how many conversions it changed, or why it is refused. */
export type DecisionResult = { ok: true; changed: number } | { ok: false; error: DecisionRefusal | "decision_reused" };

/** Why a decision is refused, as a stable code. */
export type DecisionRefusal = "conversion_unknown" | "own_purchase" | "nothing_follows";

/** What a decision would change, or why it would be refused. */
export type PreviewedDecision = ({ ok: true } & CreditPreview) | { ok: false; error: DecisionRefusal };

/** The conversion that a decision is about. */
export interface DecidedConversion {
  id: string;
  occurred_at: number;
  /** The subscription's id, unique within the program; null for none. */
  subscription: string | null;
  terms: ProgramTerms;
  /** The customer's plans as known now. */
  plans: Plans;
}

/**
 * What a decision applies to: the conversion alone, or what is bound together with it, from the subscription on that a series of
 * plan changes began with. Null for later conversions where the terms bind nothing: each is decided by itself.
 */
export function decisionScope(covers: DecisionScope, decided: DecidedConversion): string | null {
  const bound = covers === "conversion" ? null : bindingScope(decided.subscription, decided.terms);
  if (bound !== null) return rootOf(decided.plans, bound);
  return covers === "future" ? null : conversionScope(decided.id);
}

/** Creates the event for a decision about an existing event. Null if there is nothing that it could apply to. */
export function decisionEventOf(
  decision: Decision,
  about: ConversionEvent,
  decided: DecidedConversion,
): ConversionEvent | null {
  const { affiliate, covers, conversion, reason, internal_note } = decision;
  const scope = decisionScope(covers, decided);
  if (scope === null) return null;
  return {
    ...commandEventOf(decision, "credit", about),
    decision: {
      ...{ affiliate, covers, conversion, scope, reason },
      ...(covers === "future" && { after: decided.occurred_at }),
      ...(internal_note !== null && { internal_note }),
    },
  };
}

/** Whether a fact repeats this command. Notes aren't compared, because an erasure removes them. */
export function isSameDecision({ event: { decision } }: Pick<Fact, "event">, repeated: Decision): boolean {
  const { affiliate, covers, reason } = repeated;
  return decision?.affiliate === affiliate && decision.covers === covers && decision.reason === reason;
}
