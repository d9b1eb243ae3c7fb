/** Outcomes of events, and the outcome of the delivery that carried them. */
import type { Problem } from "../../lib/problem.ts";
import type { Outcome } from "../provider.ts";
import type { Closing } from "./delivery-store.ts";

/** The result of handling one event of a delivery. */
export interface EventResult {
  outcome: Outcome;
  /** The customer identifiers that the event recorded: other deliveries may be waiting for them. */
  identifiers: string[];
  /** The customer identifiers that the event needs; any one of them is enough. */
  waits_for: string[];
  /** When the event stops waiting, in milliseconds since the epoch; null where it doesn't. */
  waits_until: number | null;
  /** What is wrong with the event although it is recorded, as a sentence. */
  note?: string | null;
  /** The key of the event's customer where its object has nothing left to relay. */
  relayed: string | null;
  /** The event's customer was erased: the delivery keeps neither its request nor its event id. */
  is_erased?: true;
}

/** The fields of an outcome without a conversion. */
export const NO_CONVERSION = { conversion: null, attributed_to: null, problem: null } as const;

/** The outcomes that decide for the whole delivery, in this order: unfinished ones, then refusals. */
const DECISIVE = ["spooled", "waiting", "refused"] as const;

/** A refusal as an outcome. */
export function refuse(problem: Problem): Outcome {
  return { ...NO_CONVERSION, status: "refused", reason: problem.code, problem };
}

/** An outcome that needs no further attempt, as the log stores it. */
export function closingOf({ problem, ...outcome }: Outcome): Closing {
  return { ...outcome, detail: problem?.message ?? null, waits_for: [], next_at: null, relayed: [] };
}

/**
 * The outcome of a delivery with several events: the first that is spooled, else waiting, else refused; else that of the
 * recorded conversion, of any conversion, or of the first event. Throws for a delivery without events.
 */
export function combineOutcomes(outcomes: readonly Outcome[]): Outcome {
  const decisive = DECISIVE.map((status) => outcomes.find((outcome) => outcome.status === status)).find(Boolean);
  const conversions = outcomes.filter(({ conversion }) => conversion !== null);
  const combined = decisive ?? conversions.find(({ status }) => status === "recorded") ?? conversions[0] ?? outcomes[0];
  if (combined === undefined) throw new Error("a delivery without events has no outcome");
  return combined;
}
